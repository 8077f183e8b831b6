"""One door for the append-only record of what was done and seen."""

from django.utils.translation import gettext_lazy as _

from institutions.many_rows import insert_rows
from institutions.models import AuditEntry

_words = {}


def name_verbs(words):
    """Say in words what verbs mean; each app names its own in ready(). words: verb → translatable text."""
    _words.update(words)


def words_of(verb):
    """What an auditor reads for a verb; the verb itself where no app has named it."""
    return _words.get(verb, verb)


def verb_choices():
    """Every named verb as a choice, by its words, after a choice of all of them."""
    named = sorted(((verb, str(words)) for verb, words in _words.items()), key=lambda choice: choice[1])
    return [("", _("Everything")), *named]


def record(*, verb, subject, at, by, institution=None, **facts):
    """Add one audit entry. subject is a neutral reference such as "person:12"; facts hold no names."""
    return AuditEntry.objects.create(verb=verb, subject=subject, at=at, actor=by, institution=institution, facts=facts)


def record_many(entries):
    """Add audit entries, each given as the arguments of record()."""
    insert_rows(
        AuditEntry(
            verb=entry.pop("verb"),
            subject=entry.pop("subject"),
            at=entry.pop("at"),
            actor=entry.pop("by"),
            institution=entry.pop("institution", None),
            facts=entry,
        )
        for entry in map(dict, entries)
    )
