"""The roll of a session as a workbook: written to be filled in, and read back row by row."""

import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from courses.seating import with_posts
from institutions.khmer import comparison_key
from institutions.uploads import read_workbook, text_of
from institutions.workbooks import Column, write_workbook

ROWS_ALLOWED = 1000
# What a clerk writes into the column; anything else is asked about, never guessed.
PRESENT = {comparison_key(word) for word in ("x", "1", "yes", "y", "present", "✓", "មាន", "បាទ", "ចាស", "មក", "វត្តមាន")}
ABSENT = {comparison_key(word) for word in ("0", "no", "n", "absent", "-", "គ្មាន", "អត់", "អវត្តមាន")}


@dataclass
class Reading:
    """What an uploaded roll says: seat ids present and absent, rows left empty, and what is wrong by row number."""

    present: list = field(default_factory=list)
    absent: list = field(default_factory=list)
    empty: int = 0
    errors: list = field(default_factory=list)


def write_roll(session, *, day, language, demonstration):
    """The bytes of the roll: one row a place, with an empty column for who was there."""
    columns = [
        Column(key="place", heading=_("Place no."), width=12),
        Column(key="number", heading=_("Staff number"), width=16),
        Column(key="name", heading=_("Name"), width=28),
        Column(key="name_latin", heading=_("Name in Latin letters"), width=28),
        Column(key="institution", heading=_("Institution"), width=40),
        Column(key="present", heading=_("Present"), width=14),
    ]
    seats = session.seats.with_presence().select_related("person").order_by("person__name", "pk")
    rows = [_row(seat, post) for seat, post in with_posts(list(seats), day)]
    target = io.BytesIO()
    write_workbook(
        target,
        columns=columns,
        rows=rows,
        title=_("Roll of the session"),
        sheet_title=_("Roll"),
        notes=[(_("How to fill it in"), _("Write x for who was there and 0 for who was not. Leave the first column."))],
        demonstration=demonstration,
        language=language,
    )
    return target.getvalue()


def _row(seat, post):
    said = {True: "x", False: "0", None: ""}[seat.present]
    number = post.staff_number.number if post and post.staff_number else ""
    institution = post.institution.label if post else ""
    return (seat.token, number, seat.person.name, seat.person.name_latin, institution, said)


def read_roll(session, content):
    """Read an uploaded roll. Raises UploadRefused for a file that is no usable workbook."""
    rows = read_workbook(content, max_rows=ROWS_ALLOWED)
    seats = dict(session.seats.values_list("token", "pk"))
    reading, seen = Reading(), set()
    for row in rows[1:]:
        cells = (*row.cells, None, None, None, None, None, None)
        token, mark = text_of(cells[0]), comparison_key(text_of(cells[5]))
        seat = seats.get(token)
        if seat is None:
            reading.errors.append((row.line, _("The place number is not one of this session.")))
        elif seat in seen:
            reading.errors.append((row.line, _("This place stands in the file twice.")))
        elif mark in PRESENT:
            reading.present.append(seat)
        elif mark in ABSENT:
            reading.absent.append(seat)
        elif mark:
            reading.errors.append((row.line, _("Write x for present or 0 for absent, nothing else.")))
        else:
            reading.empty += 1
        seen.add(seat)
    if len(rows) < 2:
        reading.errors.append((1, _("The file has no rows. Download the roll and fill it in.")))
    return reading
