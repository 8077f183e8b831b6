"""One door for the append-only record of what was done and seen."""

from institutions.models import AuditEntry


def record(*, verb, subject, at, by, institution=None, **facts):
    """Add one audit entry. subject is a neutral reference such as "person:12"; facts hold no names."""
    return AuditEntry.objects.create(verb=verb, subject=subject, at=at, actor=by, institution=institution, facts=facts)


def record_many(entries):
    """Add audit entries, each given as the arguments of record()."""
    AuditEntry.objects.bulk_create(
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
