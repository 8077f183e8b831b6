"""Forms for passkeys, in words an officer uses."""

from allauth.mfa.webauthn import forms
from django.utils.translation import gettext_lazy as _

from conduct_site.accounts import PlainFields


class AddPasskeyForm(PlainFields, forms.AddWebAuthnForm):
    """A name for the passkey, and whether it opens the account by itself."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _("So that you know it again, such as the phone it is on.")
        alone = self.fields["passwordless"]
        alone.label = _("Log in with it alone, without staff number and password")
        alone.help_text = _("The device then asks for finger, face or screen lock each time.")
        alone.initial = True


class RenamePasskeyForm(PlainFields, forms.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].error_messages["required"] = _("Write a name.")
