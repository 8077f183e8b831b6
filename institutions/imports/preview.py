"""A preview in words: what each row would do, or did, as HR reads it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from institutions.imports.words import label, sentence, shown_value
from institutions.models import Person
from institutions.models.imports import Verdict
from institutions.people_in import columns as c

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
SHOWN_FACTS = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE, c.STAFF_NUMBER, c.RANK, c.STARTS_ON, c.ENDS_ON)
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
        if row.verdict in (Verdict.CHANGE, Verdict.LEAVE) or key in (c.STARTS_ON, c.ENDS_ON) or key in before
    ]


def _before(row):
    """What the facts of a change were: as the register has them until it is applied, as they were kept afterwards."""
    if row.done:
        return row.done.get("person_before", {}) | {
            key: value for key, value in row.done.get("post_before", {}).items() if key in (c.RANK, c.STARTS_ON)
        }
    found = {}
    if row.person_id:
        found = {key: getattr(row.person, key) for key in (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE)}
    if row.post_id and row.verdict in (Verdict.CHANGE, Verdict.LEAVE):
        found |= {c.RANK: row.post.rank, c.STARTS_ON: row.post.starts_on}
    return found


def touched(undo, scope):
    """Whose acts forbid an undo, by name where the viewer may see it, with the sentences."""
    by_person = {}
    for each in undo.touched:
        by_person.setdefault(each.person_id, []).append(each.reason)
    some = dict(list(by_person.items())[:MOST_TOUCHED])
    people = Person.objects.visible_to(scope).in_bulk(some)
    return [(people.get(pk), list(dict.fromkeys(map(str, reasons)))) for pk, reasons in some.items()]
