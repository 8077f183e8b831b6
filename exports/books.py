"""The two workbooks: what stands on each sheet, and on the last one why."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.coverage import Figures, coverage_of
from certification.people import Selection, tops_of
from exports import rosters
from exports.filters_in_words import in_words
from exports.indicators import INDICATORS, PEOPLE, SEVERAL, STEPS
from institutions.models import Area, Institution, Person, Sector
from institutions.workbooks import Column, Sheet, write_workbook

SHARE = "0.0%"


def write_roster(target, *, scope, chosen, at, by, language, advance=None):
    """Write the roster of the people whom the filters choose, and return the number of lines."""
    with translation.override(language):
        return write_workbook(
            target,
            columns=rosters.columns(),
            rows=rosters.rows(Selection(scope, chosen), advance),
            title=_("Roster"),
            sheet_title=_("Roster"),
            notes=[
                *made(at, by, chosen.on, tops_of(scope)),
                (),
                (_("Filters used"),),
                *in_words(chosen),
                (),
                *rosters.notes(),
                (),
                (_("Several requirements"), str(SEVERAL)),
                (_("Not in this file"), _("Nothing about discipline, and no post outside these institutions.")),
            ],
            demonstration=settings.CONDUCT_DEMO,
            language=language,
        )


def write_coverage(target, *, scope, institution, on, at, by, language):
    """Write the coverage figures of one institution, or of all that the viewer counts: one sheet for each cut."""
    found = coverage_of(scope, on, institution=institution)
    with translation.override(language):
        cuts = [
            Sheet(title=_("Institutions"), columns=_columns(_("Institution code")), rows=_by_child(found.by_child)),
            Sheet(title=_("Provinces"), columns=_columns(_("Area code")), rows=_by_province(found.by_province)),
            Sheet(title=_("Sex"), columns=_columns(_("Code")), rows=_by_sex(found.by_sex)),
            Sheet(title=_("Sectors"), columns=_columns(_("Code")), rows=_by_sector(found.by_sector)),
        ]
        write_workbook(
            target,
            columns=_columns(_("Institution code")),
            rows=[_total_row(institution, found.total)],
            further=cuts,
            title=_("Coverage figures"),
            sheet_title=_("Total"),
            notes=[
                *made(at, by, on, [institution] if institution else []),
                (),
                (_("Figures"),),
                *((str(figure.name), str(figure.definition)) for figure in INDICATORS),
                (_("Several requirements"), str(SEVERAL)),
                (
                    _("Several posts"),
                    _("Who has two posts counts once in the total and once in each line where a post lies."),
                ),
            ],
            demonstration=settings.CONDUCT_DEMO,
            language=language,
        )
    return 1 + sum(len(cut.rows) for cut in cuts)


def made(at, by, on, institutions):
    """Of whom, of which day, when and by whom: the first lines of every last sheet."""
    return [
        *((_("Institution"), f"{institution.name} · {institution.name_latin}") for institution in institutions),
        (_("As of the day"), on),
        (_("Made at"), at),
        (_("Made by"), by.username if by else _("A command of the operator")),
    ]


def _columns(code):
    shares = [
        Column(key=f"{step.key}_share", heading=f"{step.name} %", kind="decimal", width=12, number_format=SHARE)
        for step in STEPS
    ]
    return [
        Column(key="code", heading=code, width=18),
        Column(key="name", heading=_("Name"), width=36),
        Column(key="name_latin", heading=_("Name in Latin letters"), width=36),
        Column(key=PEOPLE.key, heading=str(PEOPLE.name), kind="integer", width=11),
        *(Column(key=step.key, heading=str(step.name), kind="integer", width=11) for step in STEPS),
        *shares,
    ]


def _row(code, name, name_latin, figures):
    counts = [getattr(figures, indicator.key) for indicator in INDICATORS]
    return (code, name, name_latin, *counts, *(figures.share(step.key) for step in STEPS))


def in_both(text):
    """A word of ours in Khmer and in English, as names are in two scripts."""
    with translation.override("km"):
        official = str(text)
    with translation.override("en"):
        return official, str(text)


def _total_row(institution, total):
    if institution:
        return _row(institution.code, institution.name, institution.name_latin, total)
    return _row("", *in_both(gettext_lazy("All that you may see")), total)


def _by_child(figures):
    """One row an institution of the level below, in the order of the tree, then the level itself."""
    below = Institution.objects.filter(path__in=[path for path in figures if path]).order_by("path")
    rows = [_row(child.code, child.name, child.name_latin, figures[child.path]) for child in below]
    if "" in figures:
        rows.append(_row("", *in_both(gettext_lazy("This institution itself")), figures[""]))
    return rows


def _by_province(figures):
    areas = Area.objects.provinces().filter(code__in=[code for code in figures if code])
    rows = [_row(area.code, area.name, area.name_latin, figures[area.code]) for area in areas]
    if "" in figures:
        rows.append(_row("", *in_both(gettext_lazy("National level")), figures[""]))
    return rows


def _by_sex(figures):
    return [_row(sex.value, *in_both(Person.Sex(sex).label), figures.get(sex.value, Figures())) for sex in Person.Sex]


def _by_sector(figures):
    sectors = Sector.objects.filter(pk__in=list(figures))
    return [_row(sector.slug, sector.name, sector.name_latin, figures[sector.pk]) for sector in sectors]
