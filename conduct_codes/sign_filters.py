"""Reads from an address which of the people who have not signed are meant."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.rules import UNSIGNED
from conduct_codes.sign_figures import Law, codes_that_bind
from conduct_codes.unsigned import NO_ACCOUNT, Unsigned, Wanted
from institutions.filters import DayField, UnitFilter
from institutions.models import Post


class UnsignedFilter(UnitFilter):
    """The filters of the list; knows no code, position or institution outside the viewer's scope."""

    code = forms.SlugField(required=False)
    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((state.value, state.label) for state in UNSIGNED)],
        error_messages={"invalid_choice": _("There is no such status. Choose one of those shown.")},
    )
    position = forms.SlugField(label=_("Position"), required=False)
    account = forms.ChoiceField(
        label=_("Account"), required=False, choices=[("", ""), (NO_ACCOUNT, _("Cannot log in yet"))]
    )

    def codes(self):
        """The codes that bind somebody of the viewer's today, that of most people first."""
        if not hasattr(self, "_codes"):
            self._codes = codes_that_bind(Post.objects.visible_to(self.scope).serving_on(self.scope.today))
        return self._codes

    def positions(self):
        """The positions of the chosen code in which the viewer has somebody."""
        if not hasattr(self, "_positions"):
            self._positions = list(Unsigned(self.scope, self.law).positions()) if self.law else []
        return self._positions

    def clean_code(self):
        slug = self.cleaned_data["code"]
        found = next((code for code in self.codes() if code.slug == slug), None)
        if slug and found is None:
            raise forms.ValidationError(_("This code binds nobody in your institutions."))
        return found or next(iter(self.codes()), None)

    def clean(self):
        data = super().clean()
        code, day = data.get("code"), data.get("on")
        self.law = Law(code, day) if code and day else None
        slug = data.get("position")
        self.position_chosen = next((position for position in self.positions() if position.slug == slug), None)
        if slug and self.position_chosen is None:
            self.add_error("position", _("You have nobody in this position whom the code binds."))
        return data

    @property
    def has_law(self):
        """True if an edition of the chosen code was in force on the day; only of a valid form."""
        return self.law is not None and self.law.edition is not None

    def unsigned(self):
        """The list that was asked for; only of a valid form with a law."""
        data = self.cleaned_data
        wanted = Wanted(data["state"], self.unit_chosen, self.position_chosen, data["account"])
        return Unsigned(self.scope, self.law, wanted)


class ReminderFilter(UnsignedFilter):
    """The same for a message: also until which day, and whether with names."""

    until = DayField(
        label=_("Sign until"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-11-23.")},
    )
    names = forms.BooleanField(label=_("With the names of those concerned"), required=False)

    def clean_until(self):
        day = self.cleaned_data["until"]
        if day and day < self.scope.today:
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day

    def kept(self):
        """The other filters as (name, value), for hidden fields beside until and names."""
        names = ("code", "unit", "state", "position", "account", "on")
        return [(name, self.data[name]) for name in names if self.data.get(name)]
