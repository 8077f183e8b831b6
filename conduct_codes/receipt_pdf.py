"""The receipt of a signature on paper: one page in both languages, with the way to its public check."""

from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from conduct_codes.receipts import grouped
from conduct_codes.rules import STATEMENTS
from conduct_codes.templatetags.conduct_codes import language_label, statement_sentence
from institutions import pdf, qr
from institutions.templatetags.conduct import localdate, localnum, localtime

TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"


def receipt_pdf(sign_off, *, address, demonstration):
    """The PDF of a receipt, dated when it was signed; address is that of its public check, for the QR code."""
    khmer, english = (_words(sign_off, language) for language in ("km", "en"))
    inputs = {
        "khmer": khmer,
        "english": english,
        "number": grouped(sign_off.receipt),
        "hash": sign_off.edition_text.sha256,
        "address": address.split("://", 1)[-1],
        "qr": qr.rows(address),
        "demonstration": "yes" if demonstration else "",
    }
    return pdf.render(TEMPLATE, inputs, at=sign_off.signed_at)


def _words(sign_off, language):
    with translation.override(language):
        return {
            "title": _("Receipt of a signature"),
            "owner": _name(sign_off.edition.code.owner, language),
            "code": _name(sign_off.edition.code, language),
            "edition": _("Edition %(number)s") % {"number": localnum(sign_off.edition.number)},
            "facts": [[str(label), str(value)] for label, value in _facts(sign_off, language)],
            "confirmed": _("Confirmed"),
            "statements": [str(statement_sentence(slug)) for slug in STATEMENTS if slug in sign_off.statements],
            "hash": _("Fingerprint of the text (SHA-256)"),
            "number": _("Receipt number"),
            "check": _("Scan to check"),
            "register": _("Made by the official register; it needs no handwritten signature."),
        }


def _facts(sign_off, language):
    post = [sign_off.post and sign_off.post.position, sign_off.institution]
    yield _("Name"), _name(sign_off.person, language)
    if sign_off.post and sign_off.post.staff_number:
        yield _("Staff number"), sign_off.post.staff_number.number
    yield _("Post on that day"), ", ".join(_name(thing, language) for thing in post if thing)
    yield _("Day and time"), localtime(sign_off.signed_at)
    yield _("Way of signing"), sign_off.get_method_display()
    yield _("Text that was shown"), language_label(sign_off.edition_text.language)
    yield _("In force from"), localdate(sign_off.edition.in_force_from)


def _name(thing, language):
    names = (thing.name, thing.name_latin) if language == "km" else (thing.name_latin, thing.name)
    return names[0] or names[1]
