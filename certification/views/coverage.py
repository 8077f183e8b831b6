"""The ministry's page: one number, four figures, one map, and a table behind each picture."""

from itertools import pairwise

from django.shortcuts import render
from django.utils.translation import gettext as _

from certification import tilemap
from certification.coverage import Figures, coverage_of
from institutions.drilldown import day_of, institution_of, only_institution, parent_of
from institutions.models import Area, Institution, Person, Role, Sector
from institutions.permissions import role_required
from institutions.scope import TOTALS
from institutions.templatetags.conduct import write_number

MOST_MISSING = 6


@role_required(*sorted(TOTALS))
def coverage(request, code=None):
    """The figures of an institution, or of everything the viewer may count, on a day."""
    scope, day = request.scope, day_of(request)
    institution = institution_of(scope, code) if code else only_institution(scope)
    found = coverage_of(scope, day, institution=institution)
    areas = list(Area.objects.provinces())
    drawn = tilemap.tiles(areas, found.by_province)
    children = child_rows(found.by_child)
    return render(
        request,
        "certification/coverage.html",
        {
            "institution": institution,
            "parent": parent_of(scope, institution),
            "day": day,
            "is_past": day < request.today,
            "total": found.total,
            "children": children,
            "most_missing": sorted(children, key=lambda row: -row["figures"].missing)[:MOST_MISSING],
            "provinces": province_rows(areas, found.by_province),
            "sexes": sex_rows(found.by_sex),
            "sectors": sector_rows(found.by_sector),
            "tiles": drawn,
            "view_box": tilemap.view_box(drawn),
            "map_legend": map_legend(),
            "names_allowed": scope.has(Role.Kind.HR, Role.Kind.REGISTRAR),
        },
    )


def map_legend():
    """The steps of colour in words."""
    cuts = [write_number(round(cut * 100)) for cut in tilemap.CUT_POINTS]
    between = [_("%(low)s to under %(high)s%%") % {"low": low, "high": high} for low, high in pairwise(cuts)]
    words = [_("under %(cut)s%%") % {"cut": cuts[0]}, *between, _("%(cut)s%% and more") % {"cut": cuts[-1]}]
    return list(enumerate(words))


def child_rows(by_child):
    """One row an institution of the level below, by name, and one for the people of the level itself."""
    institutions = Institution.objects.filter(path__in=[path for path in by_child if path])
    rows = [
        {"name": child.label, "code": child.code, "figures": by_child[child.path]}
        for child in sorted(institutions, key=lambda child: child.label)
    ]
    if "" in by_child:
        rows.append({"name": _("This institution itself"), "code": "", "figures": by_child[""]})
    return rows


def province_rows(areas, by_province):
    rows = [
        {"name": area.label, "code": area.code, "figures": by_province[area.code]}
        for area in areas
        if area.code in by_province
    ]
    if "" in by_province:
        rows.append({"name": _("National level"), "code": "", "figures": by_province[""]})
    return rows


def sex_rows(by_sex):
    return [{"name": sex.label, "code": sex.value, "figures": by_sex.get(sex.value, Figures())} for sex in Person.Sex]


def sector_rows(by_sector):
    sectors = Sector.objects.filter(pk__in=by_sector)
    return [{"name": sector.label, "code": sector.slug, "figures": by_sector[sector.pk]} for sector in sectors]
