"""Work of this app that a person can watch."""

from datetime import date

from django.utils import timezone
from django.utils.translation import ngettext

from conduct_codes.actions import ASK_JOB, READ_AGAIN_JOB, AskingRefused, ask_bound_people, ask_to_read_again
from conduct_codes.models import Code, Edition
from institutions.models import Person
from institutions.scope import Scope
from institutions.templatetags.conduct import write_number
from jobs import registry

A_BATCH = 300


def ask_for_signatures(job, progress):
    """Ask everyone whom the edition binds as the register stood at its adoption; later posts ask for themselves."""
    edition = Edition.objects.select_related("code__sector").get(pk=job.params["edition"])
    day = timezone.localdate(job.created_at)
    return ask_bound_people(edition=edition, day=day, progress=progress)


def ask_many_to_read_again(job, progress):
    """Ask those of the chosen people whom the owner of the job sees by name; who was asked is not asked twice."""
    scope = Scope.for_user(job.owner, timezone.localdate(job.created_at))
    chosen, code = job.params["people"], Code.objects.get(slug=job.params["code"])
    facts = {"reason": job.params["reason"], "due_on": date.fromisoformat(job.params["due_on"])}
    for start in range(0, len(chosen), A_BATCH):
        people = Person.objects.visible_to(scope).filter(pk__in=chosen[start : start + A_BATCH])
        done = min(start + A_BATCH, len(chosen))
        with progress.step(done, len(chosen)):
            ids = list(people.values_list("pk", flat=True))
            _ask_batch(people=ids, code=code, at=job.created_at, by=job.owner, **facts)
    count = len(chosen)
    asked = ngettext("%(count)s person is asked to read again.", "%(count)s people are asked to read again.", count)
    return registry.Outcome(message=asked % {"count": write_number(count)})


def _ask_batch(**facts):
    try:
        ask_to_read_again(**facts)
    except AskingRefused as refusal:
        raise registry.JobRefused(str(refusal)) from refusal


def register():
    registry.register(ASK_JOB, ask_for_signatures)
    registry.register(READ_AGAIN_JOB, ask_many_to_read_again)
