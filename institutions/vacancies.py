"""Units whose last HR clerk has gone: their work waits with the unit above until somebody follows."""

from django.db.models import Exists, Max, OuterRef, Q, Subquery

from institutions.models import Institution, Role


def units_without_clerk(scope):
    """Open institutions of the viewer's that had an HR role and have none today, each with vacant_since; one query."""
    clerks = Role.objects.filter(kind=Role.Kind.HR, institution=OuterRef("pk"), starts_on__lte=scope.today)
    last = clerks.order_by().values("institution").annotate(last=Max("ends_on")).values("last")
    units = Institution.objects.visible_to(scope.acting_as(*scope.names_kinds))
    return (
        units.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=scope.today))
        .filter(Exists(clerks))
        .exclude(Exists(clerks.active_on(scope.today)))
        .annotate(last_day=Subquery(last))
        .order_by("path")
    )
