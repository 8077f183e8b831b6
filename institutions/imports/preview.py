"""A preview in words: what each row would do, or did, as HR reads it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from institutions.imports.words import label, sentence, shown_value
from institutions.models import ImportRow, Person, RegisterImport
from institutions.models.imports import Verdict
from institutions.people_in import columns as c
from institutions.templatetags.conduct import has_khmer, in_language

Form = RegisterImport.Form

SHAPES = {
    Verdict.ADD: "st-ok",
    Verdict.CHANGE: "st-go",
    Verdict.TRANSFER: "st-due",
    Verdict.LEAVE: "st-end",
    Verdict.DUPLICATE: "st-na",
    Verdict.CONFLICT: "st-late",
    Verdict.ERROR: "st-x",
    Verdict.UNCHANGED: "st-no",
}
OF_EVERY_POST = (c.BASIS, c.STARTS_ON, c.ENDS_ON, c.END_REASON)
SHOWN_FACTS = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE, c.STAFF_NUMBER, c.RANK, *OF_EVERY_POST)
OF_POST = (c.RANK, c.BASIS, c.STARTS_ON, c.END_REASON)
QUOTED = {Verdict.ERROR, Verdict.CONFLICT}
MOST_QUOTED = 60
MOST_TOUCHED = 100
EVERY, TO_LOOK_AT = "all", ""
"""What is shown besides the rows of one verdict: every row, or all but those that change nothing."""


@dataclass(frozen=True)
class Line:
    """One row as the page shows it; a person of another institution is shown by the file's words alone."""

    row: object
    shape: str
    name: str
    number: str
    changes: list
    reasons: list

    @property
    def person(self):
        return None if self.row.is_elsewhere else self.row.person

    @property
    def is_in_doubt(self):
        """True where the file may mean somebody else than the row of the register that it met."""
        return self.row.verdict == Verdict.CONFLICT and bool(self.name)


@dataclass(frozen=True)
class Reason:
    """Why a row is judged as it is, and what stands in the cell that is wrong, if it is one cell."""

    sentence: str
    said: str = ""

    def __str__(self):
        return self.sentence


def count_of(register_import, chosen):
    """How many rows a choice of rows shows."""
    counts = register_import.counts
    if chosen in (EVERY, TO_LOOK_AT):
        return sum(counts.values()) - (counts.get(Verdict.UNCHANGED, 0) if chosen == TO_LOOK_AT else 0)
    return counts.get(chosen, 0)


def choice_of(register_import, chosen):
    """The rows that a page opens with: those to look at, or all where nothing would change."""
    return EVERY if chosen == TO_LOOK_AT and not count_of(register_import, TO_LOOK_AT) else chosen


def chosen_rows(rows, chosen):
    """The rows of an import that a choice shows."""
    if chosen == EVERY:
        return rows
    return rows.exclude(verdict=Verdict.UNCHANGED) if chosen == TO_LOOK_AT else rows.filter(verdict=chosen)


def counted(register_import):
    """(verdict in words, number of rows) for each verdict, in the order in which a clerk asks for them."""
    return [(verdict.label, register_import.counts.get(verdict, 0)) for verdict in Verdict]


def chips(register_import, chosen):
    """One chip for the rows to look at, one for each verdict that a row has, one for all rows."""
    counts = register_import.counts
    to_look_at, every = (count_of(register_import, choice) for choice in (TO_LOOK_AT, EVERY))
    first = {"value": None, "label": _("To look at"), "count": to_look_at, "current": chosen == TO_LOOK_AT}
    last = {"value": EVERY, "label": _("All rows"), "count": every, "current": chosen == EVERY}
    by_verdict = [
        {
            "value": verdict.value,
            "label": verdict.label,
            "shape": SHAPES[verdict],
            "count": counts[verdict],
            "current": chosen == verdict,
        }
        for verdict in Verdict
        if counts.get(verdict) or chosen == verdict
    ]
    return [first] * bool(to_look_at) + by_verdict + [last]


def line(row, register_import):
    """What the page says of a row."""
    values = row.said.get("values", {})
    cells = {key: cell for (_heading, key), cell in zip(register_import.headings, row.cells, strict=False) if key}
    return Line(
        row,
        SHAPES[row.verdict],
        values.get(c.NAME) or values.get(c.NAME_LATIN) or cells.get(c.NAME) or cells.get(c.NAME_LATIN, ""),
        values.get(c.STAFF_NUMBER) or cells.get(c.STAFF_NUMBER, ""),
        _changes(row),
        [_reason(row, reason, cells) for reason in row.reasons],
    )


def _reason(row, reason, cells):
    """A reason, with the cell that it is about where its sentence does not quote the cell already."""
    _key, column, facts = reason
    said = cells.get(column, "") if row.verdict in QUOTED and "said" not in facts else ""
    return Reason(sentence(reason), said if len(said) <= MOST_QUOTED else said[:MOST_QUOTED] + "…")


def _changes(row):
    """(label, value before or None, new value) of each fact that the row writes; all of them for a new post."""
    if row.verdict == Verdict.UNCHANGED or row.is_elsewhere:
        return []
    before = _before(row)
    return [
        (label(key), shown_value(key, before[key]) if key in before else None, shown_value(key, value))
        for key, value in ((key, row.facts[key]) for key in SHOWN_FACTS if key in row.facts)
        if row.verdict in (Verdict.CHANGE, Verdict.LEAVE) or key in OF_EVERY_POST or key in before
    ]


def _before(row):
    """What the facts of a change were: as the register has them until it is applied, as they were kept afterwards."""
    if row.done:
        of_post = {key: value for key, value in row.done.get("post_before", {}).items() if key in OF_POST}
        ended = row.done.get("post_ended", ())
        if row.verdict == Verdict.LEAVE and len(ended) > 2:  # imports once kept the day alone
            of_post[c.END_REASON] = ended[2]
        return _said_before(row.done.get("person_before", {}) | of_post)
    found = {}
    if row.person_id:
        found = {key: getattr(row.person, key) for key in (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE)}
    if row.post_id and row.verdict in (Verdict.CHANGE, Verdict.LEAVE):
        found |= {key: getattr(row.post, key) for key in OF_POST}
    return _said_before(found)


def _said_before(found):
    """Without the reason of an end where there was none: nothing is struck out then."""
    return {key: value for key, value in found.items() if value or key != c.END_REASON}


def touched(undo, scope):
    """Whose acts forbid an undo, by name where the viewer may see it, with the sentences."""
    by_person = {}
    for each in undo.touched:
        by_person.setdefault(each.person_id, []).append(each.reason)
    some = dict(list(by_person.items())[:MOST_TOUCHED])
    people = Person.objects.visible_to(scope).in_bulk(some)
    return [(people.get(pk), list(dict.fromkeys(map(str, reasons)))) for pk, reasons in some.items()]


# --- one person, entered on a page ----------------------------------------------------------------------------------

ANSWERS = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE, c.INSTITUTION, c.POSITION, c.BASIS, c.STAFF_NUMBER)
ANSWERS += (c.RANK, c.STARTS_ON, c.ENDS_ON, c.END_REASON)
AS_TYPED = {c.NAME, c.NAME_LATIN, c.STAFF_NUMBER, c.RANK}
PAGES = {
    Form.NEW: "institutions:person_new",
    Form.POST: "institutions:post_new",
    Form.CHANGE: "institutions:post_change",
    Form.END: "institutions:post_end",
    Form.PERSON: "institutions:person_facts",
}


@dataclass(frozen=True)
class EnteredByHand:
    """What a page said, as an answer a line, and what becomes of the person's other posts."""

    line: Line
    person: object
    answers: list
    """(label, what stood there before or "", what is said, its language where that is not the page's)."""
    ends: object
    """The post that ends where this one begins."""
    beside: list


def entered(rows, register_import):
    """What an import of one person says, of its rows in their order."""
    found, *beside = rows
    values, before = found.said.get("values", {}), _before(found)
    said = {key: values[key] for key in ANSWERS if key in values}
    said |= {c.INSTITUTION: found.institution, c.POSITION: found.position} if found.position_id else {}
    answers = [
        (
            _("Institution") if key == c.INSTITUTION else c.BY_KEY[key].heading,
            shown_value(key, before[key]) if key in found.facts and before.get(key) else "",
            in_language(value) if key in (c.INSTITUTION, c.POSITION) else shown_value(key, value),
            ("km" if has_khmer(value) else "en") if key in AS_TYPED else "",
        )
        for key, value in ((key, said[key]) for key in ANSWERS if key in said)
    ]
    shown = line(found, register_import)
    is_known = register_import.form != Form.NEW or "person_made" in found.done
    ends = found.post if found.verdict == Verdict.TRANSFER and not found.is_elsewhere else None
    return EnteredByHand(shown, shown.person if is_known else None, answers, ends, beside)


def page_to_change(register_import, row, user):
    """The address on which whoever entered a person changes the answers; None for others, and once it is applied."""
    if register_import.by_id != user.pk or register_import.state != RegisterImport.State.JUDGED:
        return None
    about = {Form.NEW: [], Form.POST: [row.person_id], Form.PERSON: [row.person_id]}
    address = reverse(PAGES[register_import.form], args=about.get(register_import.form, [row.post_id]))
    return f"{address}?{urlencode({'import': register_import.pk})}"


def name_people(imports):
    """Give each import of one person the name that the page said, in one query."""
    pages = [one.pk for one in imports if one.form]
    rows = ImportRow.objects.filter(register_import__in=pages, place=0).select_related("person")
    names = {row.register_import_id: row for row in rows}
    for one in imports:
        if row := names.get(one.pk):
            is_shown = row.person and not row.is_elsewhere
            one.person_name = row.person.label if is_shown else row.said["values"].get(c.NAME, "")
