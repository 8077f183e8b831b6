"""How one logs in here: with a staff number, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as BaseLoginForm
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from institutions.khmer import to_ascii_digits


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the register; nobody makes their own."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_password_change_redirect_url(self, request) -> str:
        return reverse("start")


class LoginForm(BaseLoginForm):
    """Staff number and password, in words an officer uses."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Staff number")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        """A staff number typed with Khmer digits is the same staff number."""
        return to_ascii_digits(super().clean_login())
