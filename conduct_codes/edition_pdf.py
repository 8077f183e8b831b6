"""An edition on paper: one frozen text with its instrument, its hash and the way to its permanent address."""

from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conduct_codes.templatetags.conduct_codes import kind_label, language_label, repetition_label, seriousness_label
from institutions import pdf, qr
from institutions.templatetags.conduct import localdate, localnum

TEMPLATE = Path(__file__).parent / "typst" / "edition.typ"


def edition_pdf(text, *, address, demonstration):
    """The PDF of a frozen text in its own language, dated when it was frozen: the same text gives the same bytes.

    address is the permanent address of the edition, for the QR code.
    """
    with translation.override(text.language):
        inputs = {
            "language": text.language,
            "words": _words(text, address),
            "articles": [_article(article) for article in text.words["articles"]],
            "preamble": text.words["preamble"],
            "qr": str(qr.svg(address)),
            "demonstration": "yes" if demonstration else "",
        }
    return pdf.render(TEMPLATE, inputs, at=text.frozen_at)


def _words(text, address):
    edition = text.edition
    status = _("authoritative") if text.is_authoritative else _("unofficial translation")
    return {
        "title": text.words["title"],
        "owner": edition.code.owner.label,
        "edition": _("Edition %(number)s") % {"number": localnum(edition.number)},
        "facts": [
            (_("Instrument"), f"{edition.instrument_label} {edition.instrument_number}"),
            (_("Signed by"), edition.signatory_label),
            (_("Adopted on"), localdate(edition.adopted_on)),
            (_("In force from"), localdate(edition.in_force_from)),
            (_("Language of the text"), f"{language_label(text.language)} ({status})"),
        ],
        "hash-label": _("Fingerprint of the text (SHA-256)"),
        "hash": text.sha256,
        "address": address.split("://", 1)[-1],
        "measures": _("Stipulated measures"),
        "unconfirmed": _("To be confirmed by the legal office."),
        "illustrative": _("Illustrative text written for this demonstration, not yet read by a native reviewer."),
    }


def _article(article):
    return {
        "number": _("Article %(number)s.") % {"number": localnum(article["number"])},
        "heading": article["heading"],
        "kind": str(kind_label(article["kind"])),
        "prohibits": article["kind"] == "prohibition",
        "paragraphs": [part for part in article["text"].split("\n") if part.strip()],
        "basis": _("Legal basis:") + " " + article["legal_basis"] if article["legal_basis"] else "",
        "measures": [_measure(row) for row in article["measures"]],
    }


def _measure(row):
    parts = [f"{seriousness_label(row['seriousness'])}, {repetition_label(row['repetition'])}: {row['name']}."]
    decided = _("Decided by:") + " " + row["authority"]
    if row["council"]:
        decided += ", " + _("after the opinion of the disciplinary council")
    parts.append(f"{decided}.")
    if row["appeal_days"]:
        days = row["appeal_days"]
        sentence = ngettext("Appeal within %(shown)s day.", "Appeal within %(shown)s days.", days)
        parts.append(sentence % {"shown": localnum(days)})
    return " ".join(parts)
