"""The sheet on which people without an account sign by hand."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.forms import STATEMENT_SENTENCES
from conduct_codes.templatetags.conduct_codes import language_label
from institutions import pdf
from institutions.templatetags.conduct import localdate, localnum

TEMPLATE = Path(__file__).parent / "typst" / "paper_sheet.typ"
SPARE_LINES = 5


def paper_sheet_pdf(text, rows, *, unit, at, demonstration):
    """The PDF in the page's language: what is signed, a line for each candidate of rows, and the witness' line."""
    inputs = {
        "language": get_language(),
        "words": _words(text, unit),
        "rows": [_row(place, candidate) for place, candidate in enumerate(rows, start=1)],
        "spare": "-" * SPARE_LINES,
        "demonstration": "yes" if demonstration else "",
    }
    return pdf.render(TEMPLATE, inputs, at=at)


def _words(text, unit):
    edition = text.edition
    return {
        "heading": _("Signatures under the code of conduct, on paper"),
        "title": text.words["title"],
        "edition": _("Edition %(number)s") % {"number": localnum(edition.number)},
        "facts": [
            (_("Institution"), unit.label),
            (_("In force from"), localdate(edition.in_force_from)),
            (_("Language of the text"), str(language_label(text.language))),
        ],
        "hash-label": _("Fingerprint of the text (SHA-256)"),
        "hash": text.sha256,
        "declares": _("Whoever signs here declares:"),
        "statements": [str(sentence) for _slug, sentence in STATEMENT_SENTENCES],
        "headings": ["", _("Name"), _("Staff number"), _("Signature"), _("Date")],
        "note": _("Read the code first, or have it read to you. Each person signs for themselves, before the witness."),
        "witness": _("Name of the witness"),
        "function": _("Function of the witness"),
        "signature": _("Signature of the witness"),
        "date": _("Date"),
    }


def _row(place, candidate):
    post = candidate.post
    return {
        "number": localnum(place),
        "name": candidate.person.name,
        "name-latin": candidate.person.name_latin,
        "post": f"{post.position.label}, {post.institution.label}",
        "staff-number": post.staff_number.number if post.staff_number else "",
    }
