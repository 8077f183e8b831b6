"""Slips for access on paper, eight to a sheet."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from institutions import pdf, qr
from institutions.activation import grouped
from institutions.templatetags.conduct import localdate

TEMPLATE = Path(__file__).parent / "typst" / "access_slips.typ"


def slips_pdf(slips, *, address, address_of, at, demonstration):
    """The PDF in the page's language. address is typed by hand, address_of(token) is what a QR code holds."""
    inputs = {
        "language": get_language(),
        "address": address.split("://", 1)[-1].rstrip("/"),
        "words": {
            "title": _("Slip for access"),
            "account": _("Staff number to log in with"),
            "code": _("Code"),
            "until": _("Use it on or before"),
            "how": _("Scan the QR code, or open this address and type both:"),
            "note": _("Works once, for you alone. Destroy this paper afterwards."),
        },
        "slips": [_slip(slip, address_of(slip.token)) for slip in slips],
        "demonstration": "yes" if demonstration else "",
    }
    return pdf.render(TEMPLATE, inputs, at=at)


def _slip(slip, address):
    access = slip.access
    return {
        "name": access.person.name,
        "name-latin": access.person.name_latin,
        "institution": access.post.institution.label if access.post else "",
        "account": access.account_name,
        "code": grouped(slip.code),
        "until": localdate(slip.activation.expires_at),
        "qr": str(qr.svg(address)),
    }
