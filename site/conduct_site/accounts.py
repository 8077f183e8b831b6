"""How one logs in here: with a staff number, never by signing up."""

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from institutions.khmer import to_ascii_digits


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the register; nobody makes their own."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("start")


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


class ReauthenticateForm(PlainFields, forms.ReauthenticateForm):
    """The password once more."""
