"""Marking again after a question was corrected."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import regrading
from courses.actions.learning import hold, save_milestone
from courses.models import AttemptMark
from courses.sheet import facts_of
from institutions.audit import record


def regrade(*, attempts, reason, at, by, advance=None):
    """Mark attempts again by the newest versions of their questions; returns the Regrade that was carried out.

    Each changed attempt gets one more mark, in a transaction of its own; a second run finds nothing to change. Whoever
    now passes for the first time passes today. Nobody loses a day that was set: where no attempt passes any more, the
    certificate is proposed for revocation and stays as it is until somebody decides. advance(done) is told of the
    attempts looked at, and again after every few marks.
    """
    planned = regrading.dry_run(attempts, advance)
    for place, remark in enumerate(planned.remarks):
        _mark_again(remark, reason=reason, at=at, by=by)
        if advance and place % 50 == 0:
            advance(planned.looked_at)
    return planned


@transaction.atomic
def _mark_again(remark, *, reason, at, by):
    enrolment = remark.attempt.enrolment
    hold(enrolment)
    try:
        with transaction.atomic():
            AttemptMark.objects.create(
                attempt=remark.attempt,
                number=remark.number,
                **facts_of(remark.after),
                marked_at=at,
                marked_by=by,
                reason=reason,
            )
    except IntegrityError:
        return  # marked again by somebody else a moment ago
    record(
        verb="courses.regrade",
        subject=f"person:{enrolment.person_id}",
        at=at,
        by=by,
        attempt=remark.attempt.pk,
        right=remark.after.right,
        total=remark.after.total,
        passed=remark.after.passed,
    )
    if remark.after.passed and enrolment.passed_on is None:
        enrolment.passed_on = timezone.localdate(at)
        save_milestone(enrolment, "passed_on", at=at, by=by)
