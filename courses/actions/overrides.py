"""What one person is given beyond the limits of a quiz."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.actions.learning import LearningRefused, hold
from courses.models import Attempt, AttemptOverride
from courses.signals import override_granted
from institutions.audit import record


@transaction.atomic
def grant_override(
    *, enrolment, reason, at, by, extra_attempts=0, extra_minutes=0, no_delay=False, due_on=None, institution=None
):
    """Give a person more tries, more minutes, no wait or another last day under an enrolment, for a written reason.

    More minutes also lengthen an attempt that is open. Refused once the quiz is passed. institution is where the
    person serves for the one who grants it; the record of access names it.
    """
    hold(enrolment)
    if enrolment.passed_on is not None:
        raise LearningRefused(_("This person has passed the quiz meanwhile. Nothing was changed."))
    override = AttemptOverride.objects.create(
        enrolment=enrolment,
        extra_attempts=extra_attempts,
        extra_minutes=extra_minutes,
        no_delay=no_delay,
        due_on=due_on,
        reason=reason,
        granted_at=at,
        granted_by=by,
    )
    current = Attempt.objects.open().filter(enrolment=enrolment, due_at__isnull=False).first()
    if current and extra_minutes:
        current.due_at += timedelta(minutes=extra_minutes)
        current.save(update_fields=["due_at"])
    record(
        verb="courses.grant_override",
        subject=f"person:{enrolment.person_id}",
        at=at,
        by=by,
        institution=institution,
        override=override.pk,
        extra_attempts=extra_attempts,
        extra_minutes=extra_minutes,
        no_delay=no_delay,
        due_on=due_on.isoformat() if due_on else None,
    )
    override_granted.send(AttemptOverride, override=override, at=at, by=by)
    return override
