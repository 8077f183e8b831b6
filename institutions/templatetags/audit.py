"""What was done, in the words of the page's language."""

from django import template

from institutions.audit import words_of
from institutions.audit_words import fact_words, subject_words

register = template.Library()


@register.filter
def audit_words(verb):
    """The verb of an audit entry as an auditor reads it."""
    return words_of(verb)


@register.filter
def audit_subject(entry):
    """What an entry is about: (kind of thing in words, its number or code)."""
    return subject_words(entry.subject)


@register.filter
def audit_facts(entry):
    """The facts of an entry in words: (label, value, whether the value is a code)."""
    return fact_words(entry.facts)
