"""Who signed a code: one sentence, bars and a table behind each, by institution, position, edition, method, language.

Totals only; whoever may see names goes on from here to the list of those who have not signed.
"""

from django.conf import settings
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from conduct_codes.models import SignOff
from conduct_codes.permissions import can_see_who_signed
from conduct_codes.rules import SignState
from conduct_codes.sign_figures import Law, chosen_code, codes_that_bind, figures_of
from conduct_codes.templatetags.conduct_codes import language_label
from conduct_codes.templatetags.signatures import edition_label
from institutions.drilldown import day_of, institution_of, only_institution, parent_of
from institutions.models import Institution, Person, Position, Post
from institutions.permissions import role_required
from institutions.scope import TOTALS

ALWAYS_SHOWN = (SignState.SIGNED, SignState.OVERDUE, SignState.ASKED)


@role_required(*sorted(TOTALS))
def sign_figures(request, unit=None):
    """The signatures under a code, of an institution or of everything that the viewer may count, on a day."""
    scope, day = request.scope, day_of(request)
    institution = institution_of(scope, unit) if unit else only_institution(scope)
    codes = codes_that_bind(Post.objects.countable_by(scope).serving_on(day))
    code = chosen_code(codes, request.GET.get("code"))
    context = {
        "institution": institution,
        "parent": parent_of(scope, institution),
        "day": day,
        "is_past": day < request.today,
        "codes": codes,
        "code": code,
        "names_allowed": can_see_who_signed(scope),
    }
    if code:
        law = Law(code, day)
        query = {"code": code.slug, **({"on": day.isoformat()} if day < request.today else {})}
        context |= {"law": law, "query": urlencode(query)}
        context |= rows_of(figures_of(scope, law, institution=institution))
    return render(request, "conduct_codes/sign_figures.html", context)


def rows_of(found):
    """The figures as the page shows them: each cut as rows with a name."""
    total = found.total
    methods = [{"label": method.label, "count": total.methods[method.value]} for method in SignOff.Method]
    editions = [
        {"label": edition_label(edition), "edition": edition, "count": total.editions[edition.pk]}
        for edition in found.law.chain
    ]
    languages = [
        {"label": language_label(language), "count": total.languages[language]}
        for language, _name in settings.WAGTAIL_CONTENT_LANGUAGES
    ]
    return {
        "total": total,
        "states": [
            {"state": state, "label": state.label, "count": total.states[state]}
            for state in SignState
            if total.states[state] or state in ALWAYS_SHOWN
        ],
        "methods": methods,
        "editions": editions,
        "languages": languages,
        "groups": [methods, editions, languages],
        "children": child_rows(found.by_child),
        "positions": position_rows(found.by_position),
        "sexes": [{"name": sex.label, "tally": found.by_sex[sex.value]} for sex in Person.Sex],
    }


def child_rows(by_child):
    """One row an institution of the level below, by name, and one for the people of the level itself."""
    below = Institution.objects.filter(path__in=[path for path in by_child if path])
    rows = [{"name": child.label, "unit": child.code, "tally": by_child[child.path]} for child in below]
    rows.sort(key=lambda row: row["name"])
    if "" in by_child:
        rows.append({"name": _("This institution itself"), "unit": "", "tally": by_child[""]})
    return rows


def position_rows(by_position):
    """One row a position, that of most people first."""
    positions = Position.objects.in_bulk(list(by_position))
    rows = [
        {"name": positions[pk].label, "position": positions[pk].slug, "tally": tally}
        for pk, tally in by_position.items()
    ]
    return sorted(rows, key=lambda row: (-row["tally"].people, row["name"]))
