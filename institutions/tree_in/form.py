"""The form of the workbook: its sheets, their columns, and what each may be called."""

from dataclasses import dataclass
from typing import Literal

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from institutions.khmer import comparison_key
from institutions.models import Institution

LANGUAGES = ("km", "en")
YES, NO = _("Yes"), _("No")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A column: its key, its heading, what a cell of it is, and how long a text may be."""

    key: str
    heading: object
    kind: Literal["text", "code", "area", "date", "kind", "yes", "number", "list", "phone"] = "text"
    most: int = 200
    required: bool = False
    aliases: tuple = ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A sheet: its key, its title, its columns; `names` are the keys that together name a row."""

    key: str
    title: object
    fields: tuple
    names: tuple = ("code",)

    def field(self, key):
        return next(field for field in self.fields if field.key == key)

    def heading(self, key):
        return str(self.field(key).heading)


NAME = Field(key="name", heading=_("Name in Khmer"), required=True, aliases=("name", "name_km", "khmer name", "ឈ្មោះ"))
LATIN = Field(
    key="name_latin",
    heading=_("Name in Latin letters"),
    required=True,
    aliases=("name_en", "latin name", "english name"),
)

AREAS = Form(
    key="areas",
    title=_("Areas"),
    fields=(
        Field(
            key="code", heading=_("Area code"), kind="area", most=6, required=True, aliases=("area", "gazetteer code")
        ),
        NAME,
        LATIN,
        Field(key="valid_from", heading=_("Valid from"), kind="date"),
        Field(key="valid_to", heading=_("Valid to"), kind="date"),
    ),
)
SECTORS = Form(
    key="sectors",
    title=_("Sectors"),
    fields=(
        Field(key="code", heading=_("Sector code"), kind="code", most=50, required=True, aliases=("sector", "slug")),
        NAME,
        LATIN,
        Field(key="order", heading=_("Place in lists"), kind="number", most=3),
    ),
)
POSITIONS = Form(
    key="positions",
    title=_("Positions"),
    names=("sector", "code"),
    fields=(
        Field(key="sector", heading=_("Sector code"), kind="code", most=50, required=True, aliases=("sector",)),
        Field(
            key="code", heading=_("Position code"), kind="code", most=50, required=True, aliases=("position", "slug")
        ),
        NAME,
        LATIN,
        Field(
            key="contact_with_children",
            heading=_("Works directly with children"),
            kind="yes",
            aliases=("contact with children",),
        ),
        Field(key="aliases", heading=_("Also called"), kind="list", most=1000, aliases=("other names",)),
    ),
)
INSTITUTIONS = Form(
    key="institutions",
    title=_("Institutions"),
    fields=(
        Field(
            key="code",
            heading=_("Institution code"),
            kind="code",
            most=60,
            required=True,
            aliases=("institution", "id"),
        ),
        NAME,
        LATIN,
        Field(key="kind", heading=_("Kind"), kind="kind", required=True, aliases=("type",)),
        Field(key="parent", heading=_("Code of the institution above"), kind="code", most=60, aliases=("parent code",)),
        Field(key="area", heading=_("Area code"), kind="area", most=6, aliases=("gazetteer code",)),
        Field(key="hr_unit", heading=_("HR unit in Khmer"), aliases=("hr unit",)),
        Field(key="hr_unit_latin", heading=_("HR unit in Latin letters"), aliases=("hr unit latin",)),
        Field(
            key="hr_phone",
            heading=_("Telephone of the HR unit"),
            kind="phone",
            most=40,
            aliases=("hr phone", "phone", "telephone"),
        ),
        Field(key="hr_hours", heading=_("Office hours in Khmer"), most=120, aliases=("hr hours", "hours")),
        Field(key="hr_hours_latin", heading=_("Office hours in Latin letters"), most=120, aliases=("hr hours latin",)),
        Field(key="opened_on", heading=_("Open since"), kind="date", aliases=("opened", "open from")),
        Field(key="closed_on", heading=_("Closed from"), kind="date", aliases=("closed",)),
        Field(key="successor", heading=_("Code of the successor"), kind="code", most=60, aliases=("successor code",)),
    ),
)
FORMS = (AREAS, SECTORS, POSITIONS, INSTITUTIONS)


def called_so(text):
    """The comparison key of a heading or a title, whatever stands between its words."""
    return comparison_key(str(text).replace("_", " ").replace("*", " ").replace("-", " "))


def in_each_language(words):
    """A translatable text in every language of the form."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(str(words))
    return found


def form_called(title):
    """The form whose title (or key) this is, else None."""
    wanted = called_so(title)
    for form in FORMS:
        if wanted in {called_so(name) for name in (form.key, *in_each_language(form.title))}:
            return form
    return None


def names_of(form):
    """Heading as compared → key, for a form; the same words never name two of its columns."""
    names = {}
    for field in form.fields:
        for name in (*in_each_language(field.heading), field.key, *field.aliases):
            names.setdefault(called_so(name), field.key)
    return names


def kinds_by_name():
    """What a cell may say for a kind, as compared → the kind."""
    names = {called_so(kind.value): kind.value for kind in Institution.Kind}
    for kind in Institution.Kind:
        names |= {called_so(name): kind.value for name in in_each_language(kind.label)}
    return names
