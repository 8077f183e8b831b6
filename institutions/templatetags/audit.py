"""What was done, in the words of the page's language."""

from django import template

from institutions.audit import words_of

register = template.Library()


@register.filter
def audit_words(verb):
    """The verb of an audit entry as an auditor reads it."""
    return words_of(verb)
