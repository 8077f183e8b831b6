"""Which texts a review approved."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, TaskState, WorkflowState

NOT_DECIDED = {TaskState.STATUS_SKIPPED, TaskState.STATUS_CANCELLED}


def approved_revisions(page_ids):
    """Page id → ids of the revisions that a finished review approved at every one of its tasks; one query.

    A text that was changed between two tasks of a review was seen by nobody as a whole, and is not among them.
    """
    states = TaskState.objects.filter(
        workflow_state__status=WorkflowState.STATUS_APPROVED,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id__in=[str(page_id) for page_id in page_ids],
    ).exclude(status__in=NOT_DECIDED)
    reviews = {}
    for page_id, *fact in states.values_list(
        "workflow_state__object_id", "workflow_state", "task", "status", "revision"
    ):
        review, task, status, revision = fact
        page_id, tasks, approved = reviews.setdefault(review, (int(page_id), set(), {}))
        tasks.add(task)
        if status == TaskState.STATUS_APPROVED:
            approved.setdefault(revision, set()).add(task)
    found = {}
    for page_id, tasks, approved in reviews.values():
        found.setdefault(page_id, set()).update(revision for revision, done in approved.items() if done == tasks)
    return found
