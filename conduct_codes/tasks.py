"""Work of this app that a person can watch."""

from django.utils import timezone

from conduct_codes.actions import ASK_JOB, ask_bound_people
from conduct_codes.models import Edition
from jobs import registry


def ask_for_signatures(job, progress):
    """Ask everyone whom the edition binds as the register stood at its adoption; later posts ask for themselves."""
    edition = Edition.objects.select_related("code__sector").get(pk=job.params["edition"])
    day = timezone.localdate(job.created_at)
    return ask_bound_people(edition=edition, day=day, progress=progress)


def register():
    registry.register(ASK_JOB, ask_for_signatures)
