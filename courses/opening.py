"""What stands before a lesson or a quiz: an earlier lesson of the order, or another course."""

from dataclasses import dataclass

from courses import rules
from courses.models import Course, Enrolment


@dataclass(frozen=True)
class MissingSet:
    """So many more of these courses must be completed; each with the person's open enrolment in it, if there is one."""

    more: int
    courses: list

    @property
    def is_all(self):
        return self.more == len(self.courses)


def missing_first(enrolment):
    """What the enrolment asks to be completed first and is not, whenever that was; empty if nothing bars it.

    One completed enrolment of a course serves every other that asks for it. No query where nothing is asked for.
    """
    wanted = {course for each in enrolment.asks_first for course in each["courses"]}
    if not wanted:
        return []
    taken = Enrolment.objects.filter(person=enrolment.person_id, course__in=wanted).order_by("cycle")
    taken = {row.course_id: row for row in taken if row.completed_on is None} | {
        row.course_id: row for row in taken if row.completed_on
    }
    done = {course for course, row in taken.items() if row.completed_on}
    missing = rules.missing_sets(enrolment.asks_first, done)
    names = Course.objects.in_bulk({course for _more, courses in missing for course in courses})
    return [
        MissingSet(more, [(names[pk], taken.get(pk)) for pk in courses if pk in names]) for more, courses in missing
    ]


def lesson_before(enrolment, lesson_id):
    """The id of the lesson that must be done before this one opens, or None; nothing bars a person who is trained."""
    if not enrolment.is_ordered or enrolment.trained_on:
        return None
    done = enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True)
    return rules.opens_after(enrolment.lesson_ids, set(done), lesson_id, optional=enrolment.optional_ids)
