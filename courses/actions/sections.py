"""Opening the section of a course in the Wagtail admin to the people who write and review it."""

from django.contrib.auth.models import Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from conduct_codes.models import Code
from courses.models import CoursePage
from institutions.audit import record
from institutions.models import Role
from institutions.words_rights import role_group


@transaction.atomic
def open_course_section(*, course, at, by=None, reviewed_by=None):
    """Give the editors of the code's owner the pages and files of the course to change, and reviewers the review.

    A course for every sector belongs to the platform owner and is left alone. Safe to run again, as after a page was
    added in another language.
    """
    code = Code.objects.filter(sector=course.sector_id).select_related("owner").first() if course.sector_id else None
    if code is None:
        return
    editors = role_group(Role.Kind.EDITOR, code.owner)
    reviewers = role_group(Role.Kind.REVIEWER, reviewed_by or code.owner)
    for group in (editors, reviewers):
        group.permissions.add(_permission("wagtailadmin", "access_admin"))
    workflow = _review_of(course, reviewers)
    change, publish = _permission("wagtailcore", "change_page"), _permission("wagtailcore", "publish_page")
    for page in CoursePage.objects.filter(course=course):
        GroupPagePermission.objects.get_or_create(group=editors, page=page.page_ptr, permission=change)
        GroupPagePermission.objects.get_or_create(group=reviewers, page=page.page_ptr, permission=publish)
        WorkflowPage.objects.update_or_create(page=page.page_ptr, defaults={"workflow": workflow})
    _open_files(code.owner, editors)
    record(verb="courses.open_section", subject=f"course:{course.slug}", at=at, by=by, institution=code.owner)


def _open_files(owner, editors):
    """A collection of the owner's own, in which its editors keep the pictures and files of their lessons."""
    name = f"Courses · {owner.code}"
    collection = Collection.objects.filter(name=name).first() or Collection.get_first_root_node().add_child(name=name)
    for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for verb in ("add", "change", "choose"):
            permission = _permission(app_label, f"{verb}_{model}")
            GroupCollectionPermission.objects.get_or_create(group=editors, collection=collection, permission=permission)


def _permission(app_label, codename):
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _review_of(course, reviewers):
    """What every page of the course passes before learners see it: one approval by a reviewer."""
    name = f"Course review · {course.slug}"
    task = GroupApprovalTask.objects.get_or_create(name=name)[0]
    task.groups.set([reviewers])
    workflow = Workflow.objects.get_or_create(name=name)[0]
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    return workflow
