"""The attendance sheet of a session on paper."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions import pdf, qr
from institutions.templatetags.conduct import localnum, localtime

TEMPLATE = Path(__file__).parent / "typst" / "attendance.typ"
SPARE_LINES = 5


def attendance_pdf(session, rows, *, address, at, demonstration):
    """The PDF in the page's language. rows are (seat, post) by name; address(seat) is what its QR code holds."""
    inputs = {
        "language": get_language(),
        "words": _words(session),
        "rows": [_row(place, seat, post, address(seat)) for place, (seat, post) in enumerate(rows, start=1)],
        "spare": "-" * SPARE_LINES,
        "demonstration": "yes" if demonstration else "",
    }
    return pdf.render(TEMPLATE, inputs, at=at)


def _words(session):
    return {
        "title": _("Attendance sheet"),
        "course": session.course.label,
        "facts": [
            (_("Day and time"), localtime(session.begins_at)),
            (_("Place"), session.place),
            (_("Trainer"), session.trainer.label),
            (_("Organised by"), session.institution.label),
        ],
        "headings": ["", _("Name"), _("Staff number"), _("QR code"), _("Signature")],
        "note": _("The trainer scans the code or ticks the roll. Each person signs for themselves."),
        "signed-by": _("Signature of the trainer"),
        "date": _("Date"),
    }


def _row(place, seat, post, address):
    return {
        "number": localnum(place),
        "name": seat.person.name,
        "name-latin": seat.person.name_latin,
        "institution": post.institution.label if post else "",
        "staff-number": post.staff_number.number if post and post.staff_number else "",
        "qr": str(qr.svg(address)),
    }
