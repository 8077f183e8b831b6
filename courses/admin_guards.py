"""What the Wagtail admin must not do here: delete the words of a course that people take or have taken."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page

from courses.models import Course, CoursePage, Enrolment


def taken_courses_around(pages):
    """Courses with an enrolment whose page is one of these pages, stands above one, or below one."""
    found = CoursePage.objects.none()
    for page in pages:
        found |= CoursePage.objects.descendant_of(page, inclusive=True) | CoursePage.objects.ancestor_of(page)
    taken = Enrolment.objects.values("course")
    return Course.objects.filter(pages__in=found, pk__in=taken).distinct()


def _refuse(request, pages):
    """Back to the explorer with a sentence, if one of the pages must stay."""
    courses = taken_courses_around(pages)
    if not courses:
        return None
    names = ", ".join(course.name_latin for course in courses)
    messages.error(
        request,
        _("This page cannot be deleted: it belongs to a course that people take (%(names)s). Unpublish it instead.")
        % {"names": names},
    )
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


def keep_taken_page(request, page):
    """before_delete_page: the words of a course that people take stay."""
    return _refuse(request, [page])


def keep_taken_pages(request, action_type, objects, action_class_instance):
    """before_bulk_action: the same for many pages at once."""
    if action_type == "delete" and all(isinstance(page, Page) for page in objects):
        return _refuse(request, list(objects))
    return None
