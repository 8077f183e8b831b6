"""Plain words beside the articles of a text of law, where they explain just these words."""

from django import template

from conduct_codes.models import CodePage
from conduct_codes.plain_words import plain_words_for

register = template.Library()


@register.simple_tag
def plain_words_beside(text):
    """Article key → plain words for a frozen text, from the published page in its language; one query."""
    pages = CodePage.objects.live().filter(code=text.edition.code_id, locale__language_code=text.language)
    return plain_words_for(text.words, pages.first())


@register.simple_tag
def plain_words_of_draft(page, words):
    """Article key → plain words for the words of a page that is no law."""
    return plain_words_for(words, page)


@register.filter
def of_key(mapping, key):
    """The value of a mapping for the key; nothing where there is none."""
    return mapping.get(key, "") if mapping else ""
