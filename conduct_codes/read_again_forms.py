"""Whom to ask to read again, why, and by when."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.forms import DayField
from conduct_codes.sign_filters import UnsignedFilter

EVERYBODY, TICKED = "everybody", "ticked"
MOST_DIGITS = 18


class ReaderFilter(UnsignedFilter):
    """Which people are listed: a code that binds them today, a place, a position."""

    def clean_on(self):
        return self.scope.today

    def kept(self):
        """Code, place and position as (name, value), for hidden fields."""
        chosen = {
            "code": self.law and self.law.code.slug,
            "unit": self.unit_chosen and self.unit_chosen.code,
            "position": self.position_chosen and self.position_chosen.slug,
        }
        return [(name, value) for name, value in chosen.items() if value]


class ReadAgainForm(forms.Form):
    """Everybody of the list or the ticked ones, the reason that they read, the day by which they sign."""

    whom = forms.ChoiceField(
        label=_("Whom do you ask?"),
        choices=[(TICKED, _("Those whom I tick below")), (EVERYBODY, _("Everybody who fits the filters"))],
        error_messages={"required": _("Choose whom you ask.")},
    )
    reason = forms.CharField(
        label=_("Why are they to read it again?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Each of them reads the reason on the page to sign. Write nothing about a child or a case."),
        error_messages={"required": _("Say why they are to read it again. Each of them reads the reason.")},
    )
    due_on = DayField(
        label=_("To be signed by"),
        error_messages={"required": _("Choose the day by which they sign."), "invalid": _("This is not a day.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, today, **kwargs):
        super().__init__(data, **kwargs)
        self.today = today
        self.ticked = _numbers(data.getlist("people")) if data else set()

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day

    def clean_token(self):
        return self.cleaned_data["token"] or uuid.uuid4()

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("whom") == TICKED and not self.ticked:
            self.add_error("whom", _("Tick at least one person, or choose everybody who fits the filters."))
        return cleaned

    def named(self):
        """Ids of the ticked people; None where everybody of the list is asked. Only of a valid form."""
        return sorted(self.ticked) if self.cleaned_data["whom"] == TICKED else None


def _numbers(values):
    return {int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS}
