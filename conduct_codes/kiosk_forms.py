from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.actions.kiosks import MOST_HOURS
from conduct_codes.pin_rules import DIGITS
from conduct_codes.place_forms import PlaceForm
from institutions.khmer import to_ascii_digits

FIRST_HOURS = 4


class KioskForm(PlaceForm):
    """Where a shared device stands, for which code and how long."""

    hours = forms.CharField(label=_("Open for how many hours?"), max_length=2)

    def clean_hours(self):
        typed = to_ascii_digits(self.cleaned_data["hours"]).strip()
        if not typed.isascii() or not typed.isdigit() or not 1 <= int(typed) <= MOST_HOURS:
            raise forms.ValidationError(_("A shared device is open for one hour to twelve."))
        return int(typed)


def is_six_digits(typed):
    """True for six digits in either script, blanks around them allowed."""
    digits = to_ascii_digits(typed).strip()
    return len(digits) == DIGITS and digits.isascii() and digits.isdigit()
