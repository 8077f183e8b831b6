"""What input about access is usable."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from institutions.actions import tidy_staff_number
from institutions.activation import tidy_code
from institutions.filters import UnitFilter

MOST_SLIPS = 200
_SALT = "institutions.access"


class WithoutAccessFilter(UnitFilter):
    """Reads from an address of which institution the people without access are listed."""

    field_order = ["unit", "unit_name"]

    def __init__(self, data, *, scope):
        super().__init__(data, scope=scope)
        del self.fields["on"]


class SlipsForm(forms.Form):
    """Whom slips are for, and when the clerk was shown them; the moment is signed, so that nobody sets it back."""

    people = forms.TypedMultipleChoiceField(coerce=int, required=True)
    seen = forms.CharField()
    ends_second_step = forms.BooleanField(
        label=_("The phone with the second step is lost too: end the second step"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        typed = self.data.getlist("people") if self.is_bound else []
        self.fields["people"].choices = [(pk, pk) for pk in typed if pk.isascii() and pk.isdigit() and len(pk) < 16]

    def clean_people(self):
        people = self.cleaned_data["people"]
        if len(people) > MOST_SLIPS:
            raise forms.ValidationError(_("Too many people at once. Choose a smaller institution."))
        return people

    def clean_seen(self):
        seen = self.moment_of(self.cleaned_data["seen"])
        if seen is None:
            raise forms.ValidationError(_("Open the page again."))
        return seen

    @staticmethod
    def moment_of(seen):
        """The moment that seen_at() wrote down; None where it was not written here."""
        try:
            return parse_datetime(signing.loads(seen, salt=_SALT))
        except signing.BadSignature:
            return None

    @staticmethod
    def seen_at(at):
        """What the field `seen` holds on a page shown at this moment."""
        return signing.dumps(at.isoformat(), salt=_SALT)


class ActivationForm(forms.Form):
    """Staff number and code of a slip; behind its QR code the token stands for the code."""

    account = forms.CharField(
        label=_("Staff number"),
        max_length=60,
        help_text=_("As it stands on the slip. Khmer and Latin digits are both accepted."),
        error_messages={"required": _("Write the staff number that stands on the slip.")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "username", "spellcheck": "false"}
        ),
    )
    code = forms.CharField(
        label=_("Code on the slip"),
        max_length=40,
        required=False,
        help_text=_("Twelve signs in three groups. Capitals or not, with or without hyphens."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "one-time-code", "spellcheck": "false"}
        ),
    )
    token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def clean_account(self):
        return tidy_staff_number(self.cleaned_data["account"])

    def clean(self):
        data = super().clean()
        if data.get("token"):
            self.secret = data["token"]
            return data
        typed = data.get("code", "")
        self.secret = tidy_code(typed)
        if not typed:
            self.add_error("code", _("Write the code that stands on the slip."))
        elif not self.secret:
            self.add_error("code", _("A sign of this code is wrong or missing. Compare it with the slip."))
        return data


class NewPasswordForm(forms.Form):
    """The password that a person chooses, twice."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        help_text=_(
            "At least twelve characters; fifteen for an account with a role and without a second step. A short sentence"
            " that only you know is easy to remember and hard to guess."
        ),
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=200,
        error_messages={"required": _("Type the password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self):
        password = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password

    def clean(self):
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))
        return data
