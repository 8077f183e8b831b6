"""How a course is taken: its order, which lessons are required, how long they take at least, what comes first."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses import rules
from courses.models import Course, PrerequisiteCourse, PrerequisiteSet
from institutions.audit import record


class CourseRulesRefused(Exception):
    """The rules cannot be kept; str() says why."""


@transaction.atomic
def set_course_rules(*, course, is_ordered, lessons, sets, at, by):
    """Set how the course is taken from now on; whoever is enrolled already keeps what held on their first day.

    lessons: {lesson id: (is required, minimum minutes or None)}; sets: [(how many or None for all, [courses])].
    Refused where a course would have to be completed before itself, on whatever way round.
    """
    held = Course.objects.select_for_update().get(pk=course.pk)
    asked = {}
    for row in PrerequisiteCourse.objects.exclude(group__course=held).select_related("group"):
        asked.setdefault(row.group.course_id, set()).add(row.course_id)
    asked[held.pk] = {each.pk for _need, courses in sets for each in courses}
    if rules.leads_back(asked, held.pk):
        raise CourseRulesRefused(_("One of these courses asks for this one first. Nobody could begin either."))
    held.is_ordered = is_ordered
    held.save(update_fields=["is_ordered"])
    for lesson in held.lessons.all():
        lesson.is_required, lesson.min_minutes = lessons[lesson.pk]
        lesson.save(update_fields=["is_required", "min_minutes"])
    held.prerequisite_sets.all().delete()
    for need, courses in sets:
        group = PrerequisiteSet.objects.create(course=held, need=need)
        PrerequisiteCourse.objects.bulk_create(PrerequisiteCourse(group=group, course=each) for each in courses)
    record(verb="courses.set_rules", subject=f"course:{held.pk}", at=at, by=by)
    return held
