"""What an enrolment keeps from its first day: the lessons, their order, which are optional, what must come first."""

from collections import defaultdict

from courses.models import Lesson, PrerequisiteCourse


def terms_of(courses):
    """Course id → the fields of a new enrolment, for any number of courses in two queries."""
    courses = {course.pk: course for course in courses}
    lessons, optional, sets = defaultdict(list), defaultdict(list), defaultdict(dict)
    rows = Lesson.objects.filter(course__in=courses).order_by("order")
    for pk, course, required in rows.values_list("pk", "course", "is_required"):
        lessons[course].append(pk)
        if not required:
            optional[course].append(pk)
    for row in PrerequisiteCourse.objects.of_courses(courses):
        found = sets[row.of_course].setdefault(row.group_id, {"need": row.need, "courses": []})
        found["courses"].append(row.course_id)
    return {
        pk: {
            "lesson_ids": lessons[pk],
            "optional_ids": optional[pk],
            "is_ordered": course.is_ordered,
            "asks_first": list(sets[pk].values()),
        }
        for pk, course in courses.items()
    }
