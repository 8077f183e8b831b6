"""Marked words as HTML, and what became of an article or a measure in the words of the page's language."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Edition, SignOff

register = template.Library()

ARTICLE_WORDS = {
    "changed": _("Changed"),
    "added": _("New"),
    "removed": _("Removed"),
    "renumbered": _("Other number"),
}
CODE_WORDS = {
    "changed": _("Worded differently"),
    "added": _("Only in the second code"),
    "removed": _("Only in the first code"),
}
MEASURE_WORDS = {
    "added": _("Measure added"),
    "removed": _("Measure removed"),
    "heavier": _("Heavier than before"),
    "lighter": _("Lighter than before"),
    "changed": _("Measure changed"),
}


@register.filter
def removed(pieces):
    """The words of the old side, those that the new one lacks as deleted."""
    return _html(pieces, "del")


@register.filter
def added(pieces):
    """The words of the new side, those that the old one lacks as inserted."""
    return _html(pieces, "ins")


def _html(pieces, tag):
    opened, closed = mark_safe(f"<{tag}>"), mark_safe(f"</{tag}>")
    return format_html_join(
        "", "{}{}{}", ((opened, piece.text, closed) if piece.marked else ("", piece.text, "") for piece in pieces)
    )


@register.filter
def marked_if(text, tag):
    """The text as inserted or deleted; `tag` is "ins", "del" or nothing."""
    return format_html("<{0}>{1}</{0}>", tag, text) if tag in ("ins", "del") else text


@register.filter
def change_label(kind, of_one_code=True):
    """What became of an article, of one code or between two."""
    return (ARTICLE_WORDS if of_one_code else CODE_WORDS).get(kind, "")


@register.filter
def measure_change_label(kind):
    return MEASURE_WORDS.get(kind, "")


@register.inclusion_tag("conduct_codes/_since_signed.html")
def since_signed(person, edition):
    """That the edition came after the one that the person last signed, with its summary and the way to compare."""
    signed = SignOff.objects.of(person).filter(edition__code=edition.code_id).select_related("edition").first()
    if signed is None or signed.edition.number >= edition.number:
        return {}
    between = Edition.objects.of(edition.code_id).filter(number__gt=signed.edition.number, number__lte=edition.number)
    return {"signed": signed, "edition": edition, "between": between}
