"""Opening the section of a code in the Wagtail admin to the people who write and review it."""

from django.contrib.auth.models import Permission
from django.db import transaction
from wagtail.models import GroupPagePermission, Workflow, WorkflowPage, WorkflowTask

from conduct_codes.models import CodePage, CoordinatingReviewTask
from institutions.audit import record
from institutions.models import Role
from institutions.words_rights import role_group

READ_LISTS = [("conduct_codes", "view_topic"), ("conduct_codes", "view_regime")]


@transaction.atomic
def open_section(*, code, at, by=None, reviewed_by=None):
    """Give the owner's editors the right to edit the pages of the code, and reviewers the review of them.

    reviewed_by is the coordinating institution whose reviewers decide; the owner itself where there is none. Editors
    change words and submit them; reviewers decide on what is submitted and publish, which has no legal effect. Nobody
    gets a right to add, move or delete. Safe to run again, as after a translation was added.
    """
    editors = role_group(Role.Kind.EDITOR, code.owner)
    reviewers = role_group(Role.Kind.REVIEWER, reviewed_by or code.owner)
    for group in (editors, reviewers):
        group.permissions.add(*(_permission(*name) for name in [("wagtailadmin", "access_admin"), *READ_LISTS]))
    workflow = _review_of(code, reviewers)
    change, publish = _permission("wagtailcore", "change_page"), _permission("wagtailcore", "publish_page")
    for page in CodePage.objects.filter(code=code):
        GroupPagePermission.objects.get_or_create(group=editors, page=page.page_ptr, permission=change)
        # Wagtail publishes what was approved in the name of whoever approved it, and asks for that person's right.
        GroupPagePermission.objects.get_or_create(group=reviewers, page=page.page_ptr, permission=publish)
        WorkflowPage.objects.update_or_create(page=page.page_ptr, defaults={"workflow": workflow})
    record(verb="conduct_codes.open_section", subject=f"code:{code.slug}", at=at, by=by, institution=code.owner)


def _permission(app_label, codename):
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _review_of(code, reviewers):
    """The review that every text of the code passes: one approval by a reviewer of the coordinating institution."""
    name = f"Review · {code.slug}"
    task = CoordinatingReviewTask.objects.get_or_create(name=name)[0]
    task.groups.set([reviewers])
    workflow = Workflow.objects.get_or_create(name=name)[0]
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    return workflow
