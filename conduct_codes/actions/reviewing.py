"""Deciding on a text in review. Whatever route a decision takes, it passes the checks here and leaves one record."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import TaskState

from conduct_codes.gaps import gaps_in, in_sentences
from conduct_codes.models import CodePage, CoordinatingReviewTask, ReviewDecision
from conduct_codes.review_forms import NO_REASON
from conduct_codes.separation import in_the_way_of_review, words_sha256
from institutions.audit import record

VERBS = {
    ReviewDecision.Decision.APPROVED: "conduct_codes.approve_text",
    ReviewDecision.Decision.RETURNED: "conduct_codes.return_text",
}


class ReviewRefused(PermissionDenied):
    """The decision cannot be taken; str() says why."""


def check_decision(*, task, revision, decision, reason, by):
    """Refuse a decision by anybody but a reviewer who did not write the text, an approval with gaps, a bare return."""
    task = task.specific
    if not (isinstance(task, CoordinatingReviewTask) and task.is_reviewer(by)):
        raise ReviewRefused(_("Only a reviewer of the coordinating ministry decides on a text in review."))
    stands = in_the_way_of_review(by, revision)
    if stands:
        raise ReviewRefused(stands)
    if decision == ReviewDecision.Decision.RETURNED and not reason.strip():
        raise ReviewRefused(str(NO_REASON))
    if decision == ReviewDecision.Decision.APPROVED:
        gaps = gaps_in(revision.as_object())
        if gaps:
            missing = " ".join(in_sentences(gaps))
            raise ReviewRefused(
                _("Something is missing, so nobody can approve this text: %(gaps)s") % {"gaps": missing}
            )


def keep_decision(*, revision, decision, reason, at, by):
    """The record of a decision that was taken: which words, by whom, when and why."""
    page = CodePage.objects.select_related("code__owner", "locale").get(pk=revision.object_id)
    kept = ReviewDecision.objects.create(
        code=page.code,
        language=page.locale.language_code,
        page=page.pk,
        revision=revision.pk,
        words_sha256=words_sha256(revision.content),
        decision=decision,
        reason=reason.strip(),
        decided_at=at,
        decided_by=by,
    )
    record(verb=VERBS[decision], subject=f"revision:{revision.pk}", at=at, by=by, institution=page.code.owner)
    return kept


@transaction.atomic
def approve_text(*, task_state, words, at, by, remark=""):
    """Approve the text that waits in this task state, if its words still are those that the reviewer read.

    words is the words_sha256 of what was on the page. Raises ReviewRefused where the decision cannot be taken.
    """
    state = _same_text(task_state, words)
    state.approve(user=by, comment=remark, at=at)
    return ReviewDecision.objects.of_revision(state.revision).first()


@transaction.atomic
def return_text(*, task_state, words, reason, at, by):
    """Send the text back to its authors with the reason, if its words still are those that the reviewer read."""
    state = _same_text(task_state, words)
    state.reject(user=by, comment=reason, at=at)
    return ReviewDecision.objects.of_revision(state.revision).first()


def _same_text(task_state, words):
    state = TaskState.objects.select_for_update().get(pk=task_state.pk).specific
    if state.status != TaskState.STATUS_IN_PROGRESS:
        raise ReviewRefused(_("This text does not wait for review any more."))
    if words_sha256(state.revision.content) != words:
        raise ReviewRefused(_("The text was changed since you opened this page. Read it again, then decide."))
    return state
