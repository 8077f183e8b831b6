"""Filters that lists of people share: a day, and an institution of the viewer's by code or by name."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.khmer import to_ascii_digits
from institutions.models import Institution

_DAY_FIRST = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
UNITS_IN_A_LIST = 200
UNITS_TO_CHOOSE_FROM = 20


class DayField(forms.DateField):
    """A day written as 2026-11-23 or 23/11/2026, in the digits of either language."""

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        text = to_ascii_digits(value).strip()
        return super().to_python("-".join(reversed(text.split("/"))) if _DAY_FIRST.fullmatch(text) else text)


class UnitFilter(forms.Form):
    """Reads an institution and a day from an address; knows no institution outside those whose people are seen by name.

    unit_chosen is the institution or None; units_found holds those that fit where a typed name fits several.
    """

    unit = forms.CharField(label=_("Institution"), required=False, max_length=60)
    unit_name = forms.CharField(label=_("Name or code of the institution"), required=False, max_length=100)
    on = DayField(
        label=_("As of the day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-11-23.")},
    )

    def __init__(self, data, *, scope):
        self.scope = scope.acting_as(*scope.names_kinds)
        self.units_found, self.unit_chosen = [], None
        super().__init__(data)

    def units(self):
        """The viewer's institutions, in the order of the tree; None where there are too many for a list."""
        if not hasattr(self, "_units"):
            some = Institution.objects.visible_to(self.scope).open_on(self.scope.today).order_by("path")
            rows = list(some[: UNITS_IN_A_LIST + 1])
            self._units = rows if len(rows) <= UNITS_IN_A_LIST else None
        return self._units

    def clean_on(self):
        day = self.cleaned_data["on"] or self.scope.today
        if day > self.scope.today:
            raise forms.ValidationError(_("Choose today or a day that has been."))
        return day

    def clean_unit(self):
        code = self.cleaned_data["unit"]
        if code:
            self.unit_chosen = Institution.objects.visible_to(self.scope).filter(code=code).first()
            if self.unit_chosen is None:
                raise forms.ValidationError(_("No institution of yours has this code."))
        return code

    def clean(self):
        typed = self.cleaned_data.get("unit_name", "").strip()
        if typed and not self.cleaned_data.get("unit"):
            self._find_unit(typed)
        return self.cleaned_data

    def _find_unit(self, typed):
        """One institution of that name or code is chosen; several are offered."""
        found = list(
            Institution.objects.visible_to(self.scope).called(typed).order_by("path")[: UNITS_TO_CHOOSE_FROM + 1]
        )
        if len(found) == 1:
            self.unit_chosen, self.cleaned_data["unit"] = found[0], found[0].code
        elif found:
            self.units_found = found[:UNITS_TO_CHOOSE_FROM]
            self.add_error("unit_name", _("Several institutions fit. Choose one of them, or write more of the name."))
        else:
            self.add_error("unit_name", _("No institution of yours has this name or code."))
