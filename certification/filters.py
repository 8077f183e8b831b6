"""Which people a list or a roster shows: what was chosen, and the form that reads it from an address."""

from dataclasses import asdict, dataclass, replace
from datetime import date

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from certification.rules import NEEDS_DOING, Status
from institutions.filters import UnitFilter
from institutions.khmer import to_ascii_digits
from institutions.models import Area, Institution, Post, Sector

EVERYBODY = "all"
NO_CONTACT = "none"


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


class PersonFilter(UnitFilter):
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
    area = forms.CharField(label=_("Province or district"), required=False, max_length=6)
    contact = forms.ChoiceField(
        label=_("HR contact"), required=False, choices=[("", ""), (NO_CONTACT, _("Without an HR contact"))]
    )

    def sectors(self):
        """The sectors in which the viewer has somebody."""
        if not hasattr(self, "_sectors"):
            here = Post.objects.visible_to(self.scope).filter(sector=OuterRef("pk"))
            self._sectors = list(Sector.objects.filter(Exists(here)).order_by("order", "slug"))
        return self._sectors

    def areas(self):
        """The provinces and districts in which the viewer has institutions, each province before its districts."""
        if not hasattr(self, "_areas"):
            places = Institution.objects.visible_to(self.scope).filter(area__isnull=False).order_by()
            codes = set(places.values_list("area__code", flat=True).distinct())
            known = {code[:length] for code in codes for length in (2, 4)}
            self._areas = list(Area.objects.filter(code__in=known).order_by("code"))
        return self._areas

    def clean_area(self):
        code = to_ascii_digits(self.cleaned_data["area"])
        self.area_chosen = next((area for area in self.areas() if area.code == code), None)
        if code and self.area_chosen is None:
            raise forms.ValidationError(_("You have no institution in this area."))
        return code

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
