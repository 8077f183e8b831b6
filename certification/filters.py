"""Which people a list or a roster shows: what was chosen, and the form that reads it from an address."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from certification.rules import NEEDS_DOING, Status
from institutions.khmer import to_ascii_digits
from institutions.models import Area, Institution, Post, Sector

EVERYBODY = "all"
NO_CONTACT = "none"
UNITS_IN_A_LIST = 200
UNITS_TO_CHOOSE_FROM = 20


@dataclass(frozen=True)
class Chosen:
    """The filters of a list of people, as plain values: "" where nothing was chosen."""

    on: date
    status: str = ""
    q: str = ""
    sector: str = ""
    unit: str = ""
    area: str = ""
    contact: str = ""

    @property
    def statuses(self):
        """The status words asked for: those that need doing by default; None for everybody."""
        if self.status == EVERYBODY:
            return None
        return (Status(self.status),) if self.status else NEEDS_DOING

    def as_facts(self):
        """The chosen values as JSON can hold them."""
        facts = {name: value for name, value in asdict(self).items() if value}
        return {**facts, "on": self.on.isoformat()}

    @classmethod
    def from_facts(cls, facts):
        """What as_facts() wrote."""
        return cls(**{**facts, "on": date.fromisoformat(facts["on"])})


class DayField(forms.DateField):
    """A day written as 2026-11-23, in the digits of either language."""

    def to_python(self, value):
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)


class PersonFilter(forms.Form):
    """Reads the filters of a list of people; knows no institution or area outside the viewer's scope."""

    q = forms.CharField(label=_("Search by name or staff number"), required=False, max_length=100)
    status = forms.ChoiceField(
        required=False,
        choices=[("", ""), (EVERYBODY, ""), *Status.choices],
        error_messages={"invalid_choice": _("There is no such status. Choose one of those shown.")},
    )
    sector = forms.ModelChoiceField(
        label=_("Sector"),
        required=False,
        queryset=Sector.objects.all(),
        to_field_name="slug",
        error_messages={"invalid_choice": _("There is no such sector.")},
    )
    unit = forms.CharField(label=_("Institution"), required=False, max_length=60)
    unit_name = forms.CharField(label=_("Name or code of the institution"), required=False, max_length=100)
    area = forms.CharField(label=_("Province or district"), required=False, max_length=6)
    contact = forms.ChoiceField(
        label=_("HR contact"), required=False, choices=[("", ""), (NO_CONTACT, _("Without an HR contact"))]
    )
    on = DayField(
        label=_("As of the day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day as year-month-day, such as 2026-11-23.")},
    )

    def __init__(self, data, *, scope):
        self.scope = scope.acting_as(*scope.names_kinds)
        self.units_found = []
        super().__init__(data)

    def sectors(self):
        """The sectors in which the viewer has somebody."""
        if not hasattr(self, "_sectors"):
            here = Post.objects.visible_to(self.scope).filter(sector=OuterRef("pk"))
            self._sectors = list(Sector.objects.filter(Exists(here)).order_by("order", "slug"))
        return self._sectors

    def units(self):
        """The viewer's institutions, in the order of the tree; None where there are too many for a list."""
        if not hasattr(self, "_units"):
            some = Institution.objects.visible_to(self.scope).open_on(self.scope.today).order_by("path")
            rows = list(some[: UNITS_IN_A_LIST + 1])
            self._units = rows if len(rows) <= UNITS_IN_A_LIST else None
        return self._units

    def areas(self):
        """The provinces and districts in which the viewer has institutions, each province before its districts."""
        if not hasattr(self, "_areas"):
            places = Institution.objects.visible_to(self.scope).filter(area__isnull=False).order_by()
            codes = set(places.values_list("area__code", flat=True).distinct())
            known = {code[:length] for code in codes for length in (2, 4)}
            self._areas = list(Area.objects.filter(code__in=known).order_by("code"))
        return self._areas

    def clean_on(self):
        day = self.cleaned_data["on"] or self.scope.today
        if day > self.scope.today:
            raise forms.ValidationError(_("Choose today or a day that has been."))
        return day

    def clean_unit(self):
        code = self.cleaned_data["unit"]
        self.unit_chosen = None
        if code:
            self.unit_chosen = Institution.objects.visible_to(self.scope).filter(code=code).first()
            if self.unit_chosen is None:
                raise forms.ValidationError(_("No institution of yours has this code."))
        return code

    def clean_area(self):
        code = to_ascii_digits(self.cleaned_data["area"])
        self.area_chosen = next((area for area in self.areas() if area.code == code), None)
        if code and self.area_chosen is None:
            raise forms.ValidationError(_("You have no institution in this area."))
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

    @property
    def chosen(self):
        """What was chosen; only of a valid form."""
        data = self.cleaned_data
        return Chosen(
            on=data["on"],
            status=data["status"],
            q=" ".join(data["q"].split()),
            sector=data["sector"].slug if data["sector"] else "",
            unit=data["unit"],
            area=data["area"],
            contact=data["contact"],
        )


def everybody_on(day, **filters):
    """All people on the day, needing something or not."""
    return replace(Chosen(on=day, status=EVERYBODY), **filters)
