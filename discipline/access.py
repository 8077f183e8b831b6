"""Who looked at a case: the entries that every view of it left."""

from discipline.actions import VIEW, subject_of
from institutions.models import AuditEntry


def viewings_of(case):
    """The audit entries of views of the case, newest first, with who looked."""
    return AuditEntry.objects.filter(subject=subject_of(case), verb=VIEW).select_related("actor__person")
