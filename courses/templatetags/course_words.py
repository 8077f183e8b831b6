"""Words kept in several languages, lesson text and option letters as the page shows them."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from courses.models.catalogue import in_language, language_of
from institutions.templatetags.conduct import localnum

register = template.Library()

LISTS = re.compile(r"<(ul|ol)(?=[ >])")
NOTES = re.compile(r"<(/?)blockquote(?=[ >])")


@register.filter
def page_words(texts) -> str:
    """The words in the page's language; marked with their own language where that one is missing."""
    language = language_of(texts)
    if language == get_language():
        return in_language(texts)
    return format_html('<span lang="{}">{}</span>', language, in_language(texts))


@register.filter
def page_text(texts) -> str:
    """The same words without markup, for a title or an attribute."""
    return in_language(texts)


@register.filter
def lesson_html(block) -> str:
    """The rich text of a lesson in the stylesheet's terms: its lists, and its quotations as boxed notes."""
    html = LISTS.sub(r'<\1 class="list"', block.render())
    return mark_safe(NOTES.sub(lambda tag: "</p" if tag.group(1) else '<p class="alert"', html))


@register.filter
def file_size(size) -> str:
    """The size of a file for somebody on a paid link: whole kilobytes, or megabytes with one decimal."""
    if size < 1_000_000:
        return _("%(size)s KB") % {"size": localnum(max(round(size / 1000), 1))}
    return _("%(size)s MB") % {"size": localnum(size / 1_000_000, 1)}


@register.filter
def option_letter(place) -> str:
    """The letter before an answer, in the alphabet of the page."""
    letters = pgettext("letters before the answers of a question, in order", "A B C D E F G H").split()
    return letters[place - 1] if 0 < place <= len(letters) else str(place)
