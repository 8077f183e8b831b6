"""Wagtail's review, held to our rules on every route: button, modal, bulk action, shell, or a direct call.

Wagtail decides by saving rows (TaskState, WorkflowState, Revision), so the rules stand where these rows are saved.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_save, pre_save
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, TaskState, WorkflowState

from conduct_codes.actions.reviewing import ReviewRefused, check_decision, keep_decision
from conduct_codes.models import CodePage, CoordinatingReviewState, CoordinatingReviewTask, Edition, ReviewDecision
from conduct_codes.separation import words_sha256

DECISIONS = {
    TaskState.STATUS_APPROVED: ReviewDecision.Decision.APPROVED,
    TaskState.STATUS_REJECTED: ReviewDecision.Decision.RETURNED,
}


def check_before_decision(sender, instance, raw=False, **kwargs):
    """A passage of our review ends only by a decision that is allowed, and is never skipped or copied."""
    instance.decision_to_keep = None
    if raw or not _is_ours(instance.task):
        return
    waiting = TaskState.objects.filter(pk=instance.pk).select_related("revision").first()
    before = waiting and waiting.status
    if instance.status in (before, TaskState.STATUS_IN_PROGRESS, TaskState.STATUS_CANCELLED):
        return
    if before != TaskState.STATUS_IN_PROGRESS or instance.status not in DECISIONS:
        raise ReviewRefused(_("A review is passed only by a decision on the text that waits in it."))
    decision = DECISIONS[instance.status]
    instance.revision = waiting.revision
    check_decision(
        task=instance.task,
        revision=waiting.revision,
        decision=decision,
        reason=instance.comment,
        by=instance.finished_by,
    )
    instance.decision_to_keep = decision


def keep_after_decision(sender, instance, raw=False, **kwargs):
    """The decision that was just allowed goes on record in the same transaction."""
    decision, instance.decision_to_keep = getattr(instance, "decision_to_keep", None), None
    if decision:
        at = getattr(instance, "decided_at", None) or instance.finished_at
        keep_decision(
            revision=instance.revision, decision=decision, reason=instance.comment, at=at, by=instance.finished_by
        )


def check_before_finish(sender, instance, raw=False, **kwargs):
    """A review with our task in it does not end approved before our task approved the newest words of the page."""
    if raw or instance.status != WorkflowState.STATUS_APPROVED:
        return
    before = WorkflowState.objects.filter(pk=instance.pk).values_list("status", flat=True).first()
    if before == WorkflowState.STATUS_APPROVED or not _holds_our_task(instance):
        return
    latest = instance.content_object.get_latest_revision()
    if latest is None or not ReviewDecision.objects.approvals().of_revision(latest).exists():
        raise ReviewRefused(_("The coordinating ministry has not approved this text."))


def follow_new_words(sender, instance, created, raw=False, **kwargs):
    """What waits for review is always the newest revision: the reviewer decides on what the editor shows."""
    if created and not raw and _is_code(instance):
        ours = CoordinatingReviewTask.objects.values("pk")
        TaskState.objects.filter(
            task__in=ours,
            status=TaskState.STATUS_IN_PROGRESS,
            workflow_state__base_content_type=instance.base_content_type,
            workflow_state__object_id=instance.object_id,
        ).update(revision=instance)


def keep_reviewed_words(sender, instance, raw=False, **kwargs):
    """A revision that somebody decided on or adopted keeps its words, though autosave may overwrite revisions."""
    if raw or not instance.pk or not _is_code(instance):
        return
    fields = kwargs.get("update_fields")
    if fields and "content" not in fields:
        return
    reviewed = ReviewDecision.objects.of_revision(instance).exists()
    if not (reviewed or Edition.objects.filter(revision=instance.pk).exists()):
        return
    kept = Revision.objects.filter(pk=instance.pk).values_list("content", flat=True).first()
    if kept is not None and words_sha256(kept) != words_sha256(instance.content):
        raise PermissionDenied(_("This version was reviewed and stays as it is. Reload the page, then change it."))


def _is_ours(task):
    return task.content_type_id == ContentType.objects.get_for_model(CoordinatingReviewTask).pk


def _is_code(revision):
    return revision.content_type_id == ContentType.objects.get_for_model(CodePage).pk


def _holds_our_task(workflow_state):
    if workflow_state.base_content_type != ContentType.objects.get_for_model(Page):
        return False
    ours = CoordinatingReviewTask.objects.all()
    return (
        ours.filter(workflow_tasks__workflow=workflow_state.workflow).exists()
        or ours.filter(task_states__workflow_state=workflow_state).exists()
    )


def connect():
    for model in (TaskState, CoordinatingReviewState):
        pre_save.connect(check_before_decision, sender=model, dispatch_uid=f"conduct_codes.check.{model.__name__}")
        post_save.connect(keep_after_decision, sender=model, dispatch_uid=f"conduct_codes.keep.{model.__name__}")
    pre_save.connect(check_before_finish, sender=WorkflowState, dispatch_uid="conduct_codes.check_before_finish")
    pre_save.connect(keep_reviewed_words, sender=Revision, dispatch_uid="conduct_codes.keep_reviewed_words")
    post_save.connect(follow_new_words, sender=Revision, dispatch_uid="conduct_codes.follow_new_words")
