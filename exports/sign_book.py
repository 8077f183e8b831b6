"""The workbook of signatures under a code: a sheet for each cut, in it every state, way of signing and language."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from conduct_codes.models import SignOff
from conduct_codes.rules import SignState
from conduct_codes.sign_figures import figures_of
from conduct_codes.templatetags.conduct_codes import language_label
from conduct_codes.templatetags.signatures import edition_label
from exports.books import SHARE, in_both, made
from institutions.models import Institution, Person, Position
from institutions.workbooks import Column, Sheet, write_workbook

DEFINITIONS = {
    SignState.SIGNED: gettext_lazy("Signed the edition in force on this day, or another edition that it continues."),
    SignState.ON_PAPER: gettext_lazy("Signed on paper; a second person has not confirmed the sheet yet."),
    SignState.REFUSED: gettext_lazy("Refused to sign, and has not signed since."),
    SignState.OVERDUE: gettext_lazy("Was asked to sign, and the day by which to sign is over."),
    SignState.ASKED: gettext_lazy("Was asked to sign, and still has time."),
    SignState.UNASKED: gettext_lazy("Is bound by the code, and has not been asked yet."),
}


def write_signatures(target, *, scope, institution, law, at, by, language):
    """Write the figures of one institution, or of all that the viewer counts, and return the number of lines."""
    found = figures_of(scope, law, institution=institution)
    with translation.override(language):
        cuts = [
            _sheet(_("Institutions"), _("Institution code"), found, _by_child(found.by_child)),
            _sheet(_("Positions"), _("Code"), found, _by_position(found.by_position)),
            _sheet(_("Sex"), _("Code"), found, _by_sex(found.by_sex)),
        ]
        write_workbook(
            target,
            columns=_columns(_("Institution code"), law),
            rows=[_row(*_all_of(institution), found.total, law)],
            further=cuts,
            title=_("Figures of signatures"),
            sheet_title=_("Total"),
            notes=_notes(at, by, institution, law),
            demonstration=settings.CONDUCT_DEMO,
            language=language,
        )
    return 1 + sum(len(cut.rows) for cut in cuts)


def _notes(at, by, institution, law):
    edition = law.edition
    return [
        *made(at, by, law.day, [institution] if institution else []),
        (_("Code of conduct"), f"{law.code.name} · {law.code.name_latin}"),
        (_("Edition in force"), edition_label(edition) if edition else _("None on this day")),
        (),
        (_("People"), _("People with a post on this day whom the code binds, with an account or without.")),
        *((str(state.label), str(DEFINITIONS[state])) for state in SignState),
        (_("Ways of signing, editions, languages"), _("Of the newest signature of each person who has signed.")),
        (_("Several posts"), _("Who has two posts counts once in the total and once in each line where a post lies.")),
    ]


def _sheet(title, code, found, rows):
    return Sheet(
        title=title,
        columns=_columns(code, found.law),
        rows=[_row(*names, tally, found.law) for names, tally in rows],
    )


def _counts(law):
    """(key, heading, of a tally) of every count, in the order of the columns."""
    signed = pgettext("column of a workbook: signed, by which way", "Signed: %(how)s")
    yield "people", _("People"), lambda tally: tally.people
    for state in SignState:
        yield state.value, str(state.label), lambda tally, state=state: tally.states[state]
    for method in SignOff.Method:
        yield (
            f"method-{method.value}",
            signed % {"how": method.label},
            lambda tally, key=method.value: tally.methods[key],
        )
    for edition in law.chain:
        yield (
            f"edition-{edition.number}",
            signed % {"how": edition_label(edition)},
            lambda tally, key=edition.pk: tally.editions[key],
        )
    for language, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        yield (
            f"language-{language}",
            signed % {"how": language_label(language)},
            lambda tally, key=language: tally.languages[key],
        )
    yield "again", _("Signed, and asked once more"), lambda tally: tally.again


def _columns(code, law):
    return [
        Column(key="code", heading=code, width=18),
        Column(key="name", heading=_("Name"), width=36),
        Column(key="name_latin", heading=_("Name in Latin letters"), width=36),
        *(Column(key=key, heading=heading, kind="integer", width=13) for key, heading, _of in _counts(law)),
        Column(key="share", heading=f"{SignState.SIGNED.label} %", kind="decimal", width=12, number_format=SHARE),
    ]


def _row(code, name, name_latin, tally, law):
    return (code, name, name_latin, *(count(tally) for _key, _heading, count in _counts(law)), tally.share)


def _all_of(institution):
    if institution:
        return institution.code, institution.name, institution.name_latin
    return "", *in_both(gettext_lazy("All that you may see"))


def _by_child(tallies):
    below = Institution.objects.filter(path__in=[path for path in tallies if path]).order_by("path")
    rows = [((child.code, child.name, child.name_latin), tallies[child.path]) for child in below]
    if "" in tallies:
        rows.append((("", *in_both(gettext_lazy("This institution itself"))), tallies[""]))
    return rows


def _by_position(tallies):
    positions = Position.objects.filter(pk__in=list(tallies)).order_by("slug")
    return [((position.slug, position.name, position.name_latin), tallies[position.pk]) for position in positions]


def _by_sex(tallies):
    return [((sex.value, *in_both(Person.Sex(sex).label)), tallies[sex.value]) for sex in Person.Sex]
