"""Where somebody else's signature is taken: an institution of the clerk's and a code that binds people there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.forms import DayField
from conduct_codes.models import Edition
from conduct_codes.sign_figures import codes_that_bind
from institutions.filters import UnitFilter
from institutions.models import Post, Role


class UnitForm(UnitFilter):
    """One institution of the clerk's own; the only one is chosen without asking."""

    def __init__(self, data, *, scope):
        super().__init__(data, scope=scope.acting_as(Role.Kind.HR))

    def clean(self):
        data = super().clean()
        units = self.units() or []
        if self.unit_chosen is None and len(units) == 1:
            self.unit_chosen = units[0]
        if self.unit_chosen is None and not self.errors:
            self.add_error("unit", _("Choose the institution."))
        return data


class PlaceForm(UnitForm):
    """The institution and the code."""

    code = forms.SlugField(label=_("Code of conduct"), required=False)

    def codes(self):
        """The codes that bind somebody of the clerk's, that of most people first."""
        if not hasattr(self, "_codes"):
            self._codes = codes_that_bind(Post.objects.visible_to(self.scope).serving_on(self.scope.today))
        return self._codes

    def clean_code(self):
        slug = self.cleaned_data["code"]
        found = next((code for code in self.codes() if code.slug == slug), None)
        if slug and found is None:
            raise forms.ValidationError(_("This code binds nobody in your institutions."))
        found = found or next(iter(self.codes()), None)
        if found is None:
            raise forms.ValidationError(
                _(
                    "No code of conduct binds anybody in your institutions today. Ask whoever keeps the register to "
                    "enter the posts."
                )
            )
        return found


class SheetPlaceForm(PlaceForm):
    """The institution, the code and the day on which a sheet was signed; edition is what was law on that day."""

    on = DayField(
        label=_("Day on which the sheet was signed"),
        required=False,
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-11-23.")},
    )

    def clean(self):
        data = super().clean()
        self.edition = None
        if data.get("code") and data.get("on"):
            in_force = Edition.objects.in_force_on(data["on"]).of(data["code"])
            self.edition = in_force.select_related("code", "continues").first()
            if self.edition is None:
                self.add_error("on", _("No edition of this code was in force on this day. Choose a later day."))
        return data
