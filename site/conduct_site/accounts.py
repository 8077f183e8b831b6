"""How one logs in here: with a staff number, never by signing up."""

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conduct_site.providers.configured import configured
from institutions.khmer import to_ascii_digits
from institutions.passwords import note_length
from institutions.templatetags.conduct import localnum


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the register; nobody makes their own."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def authenticate(self, request, **credentials):
        """Notes of a password that fits whether it is long enough for a role: later nobody can tell."""
        user = super().authenticate(request, **credentials)
        if user is not None and credentials.get("password"):
            note_length(request, credentials["password"])
        return user

    def get_login_stages(self) -> list[str]:
        """The second step knows here when a ministry's provider has asked for one already."""
        theirs, ours = "allauth.mfa.stages.AuthenticateStage", "conduct_site.second_step.SecondStep"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Other ways to say that it is oneself, in the words of this site."""
        ways = super().get_reauthentication_methods(user)
        ways = [way | {"description": _("Use a passkey")} if "webauthn" in way["id"] else way for way in ways]
        return ways + self._providers_of(user)

    def _providers_of(self, user) -> list[dict]:
        """The providers whose login has opened this account."""
        if not user.is_authenticated or not (providers := configured()):
            return []
        linked = set(user.socialaccount_set.values_list("provider", flat=True))
        return [
            {
                "id": f"provider:{provider.id}",
                "description": _("Log in once more with %(provider)s") % {"provider": provider.label},
                "url": reverse("provider_again", args=[provider.id]),
            }
            for provider in providers
            if provider.id in linked
        ]

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("start")


class SecondStepAdapter(DefaultMFAAdapter):
    """Words for passkeys that an officer understands."""

    def generate_authenticator_name(self, user, kind) -> str:
        number = Authenticator.objects.filter(user=user, type=kind).count() + 1
        return gettext("My passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": localnum(number)}


class PlainFields:
    """A form whose labels stand above the fields, and nothing inside them that vanishes while typing."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LoginForm(PlainFields, forms.LoginForm):
    """Staff number and password, in words an officer uses."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Staff number")
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        """A staff number typed with Khmer digits is the same staff number."""
        return to_ascii_digits(super().clean_login())


class ChangePasswordForm(PlainFields, forms.ChangePasswordForm):
    """The old password once, the new one twice."""

    def save(self) -> None:
        super().save()
        note_length(context.request, self.cleaned_data["password1"])


class ReauthenticateForm(PlainFields, forms.ReauthenticateForm):
    """The password once more."""
