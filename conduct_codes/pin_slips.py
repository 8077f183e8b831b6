"""One slip for each person with the personal code for shared devices, to be cut and handed over."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions import pdf
from institutions.templatetags.conduct import localtime

TEMPLATE = Path(__file__).parent / "typst" / "pin_slips.typ"


def pin_slips_pdf(slips, *, at, demonstration):
    """The PDF in the page's language. slips are (issued code, post)."""
    inputs = {
        "language": get_language(),
        "words": {
            "title": _("Personal codes"),
            "heading": _("Your personal code"),
            "number": _("Staff number"),
            "issued": _("Issued on %(moment)s. Any earlier code is void.") % {"moment": localtime(at)},
            "use": _("With your staff number and these six digits you sign the code of conduct on a shared device."),
            "keep": _("Tell nobody, write them nowhere else. Five wrong tries lock the code; HR then gives another."),
        },
        "slips": [_slip(issued, post) for issued, post in slips],
        "demonstration": "yes" if demonstration else "",
    }
    return pdf.render(TEMPLATE, inputs, at=at)


def _slip(issued, post):
    return {
        "name": issued.person.name,
        "name-latin": issued.person.name_latin,
        "institution": post.institution.label,
        "staff-number": post.staff_number.number if post.staff_number else "–",
        "digits": f"{issued.digits[:3]} {issued.digits[3:]}",
    }
