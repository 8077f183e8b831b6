"""The requests of other systems as a registrar sees them: which stand still, why, and the jobs that do them."""

from dataclasses import dataclass

from django.db.models import Q

from institutions.imports.answers import Progress, message_of, progress_of
from institutions.models import PeopleChanges
from institutions.models.imports import APPLICABLE, REFUSED
from institutions.tree_permissions import can_see_tree, institutions_seen, owns_platform
from jobs.models import Job


def jobs_seen(scope):
    """Jobs that the viewer may watch, stop and resume: their own, and those of systems of institutions they keep.

    The platform owner also sees what the site does by itself.
    """
    own = Job.objects.visible_to(scope.user)
    if not can_see_tree(scope):
        return own
    of_systems = PeopleChanges.objects.kept_by(institutions_seen(scope)).filter(job__isnull=False).values("job")
    seen = Q(pk__in=own.values("pk")) | Q(pk__in=of_systems)
    return Job.objects.filter(seen | Q(owner__isnull=True) if owns_platform(scope) else seen)


def requests_failed(scope):
    """Requests of the viewer's systems that failed and can go on."""
    found = PeopleChanges.objects.failed()
    return found.kept_by(institutions_seen(scope)) if can_see_tree(scope) else found.none()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One request with where it stands, why, and how many rows got which verdict."""

    changes: PeopleChanges
    progress: Progress
    message: str
    applied: int
    refused: int


def line_of(changes):
    def count(verdicts):
        return sum(changes.counts.get(verdict, 0) for verdict in verdicts)

    return Line(
        changes=changes,
        progress=progress_of(changes),
        message=message_of(changes),
        applied=0 if changes.is_dry_run else count(APPLICABLE),
        refused=count(REFUSED),
    )
