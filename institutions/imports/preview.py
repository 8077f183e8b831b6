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
OF_EVERY_POST = (c.BASIS, c.STARTS_ON, c.ENDS_ON, c.END_REASON)
SHOWN_FACTS = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE, c.STAFF_NUMBER, c.RANK, *OF_EVERY_POST)
OF_POST = (c.RANK, c.BASIS, c.STARTS_ON, c.END_REASON)
MOST_TOUCHED = 100


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


def chips(register_import, chosen):
    """One chip for all rows, one for each verdict that a row has."""
    counts = register_import.counts
    rows = [{"value": None, "label": _("All rows"), "count": sum(counts.values()), "current": not chosen}]
    return rows + [
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
        [sentence(reason) for reason in row.reasons],
    )


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
