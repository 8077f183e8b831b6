"""The certificate on paper: drawn on demand from what was frozen at its issue."""

from pathlib import Path

from django.utils import translation

from institutions import pdf, qr
from institutions.khmer import to_khmer_digits
from institutions.templatetags.conduct import localdate

TEMPLATE = Path(__file__).parent / "typst" / "certificate.typ"


def certificate_pdf(certificate, address, *, demonstration):
    """The PDF of a certificate: bilingual, A4 landscape, with the QR of its check address.

    Dated at its issue, so the same certificate and address give the same bytes.
    """
    inputs = {
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "issuer-latin": certificate.issuer_latin,
        "name": certificate.holder,
        "name-latin": certificate.holder_latin,
        "post": f"{certificate.position} · {certificate.institution}",
        "post-latin": f"{certificate.position_latin} · {certificate.institution_latin}",
        "code": certificate.code_name,
        "code-latin": certificate.code_name_latin,
        "edition": to_khmer_digits(str(certificate.edition.number)),
        "edition-latin": str(certificate.edition.number),
        "url": address.split("://", 1)[-1],
        "qr": qr.rows(address),
        "demonstration": "yes" if demonstration else "",
        **_days(certificate),
    }
    return pdf.render(TEMPLATE, inputs, at=certificate.issued_at)


def _days(certificate):
    days = {}
    for language, suffix in (("km", ""), ("en", "-latin")):
        with translation.override(language):
            days[f"issued{suffix}"] = localdate(certificate.issued_on)
            days[f"until{suffix}"] = localdate(certificate.valid_until)
    return days
