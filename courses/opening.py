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
    return missing_of([enrolment])[enrolment.pk]


def missing_of(enrolments):
    """Enrolment id → what is missing before it, for any number of enrolments in two queries at most."""
    wanted = {course for enrolment in enrolments for each in enrolment.asks_first for course in each["courses"]}
    if not wanted:
        return {enrolment.pk: [] for enrolment in enrolments}
    people = {enrolment.person_id for enrolment in enrolments}
    rows = Enrolment.objects.filter(person__in=people, course__in=wanted).order_by("cycle")
    # A completed enrolment says more than an open one, whichever is newer.
    rows = sorted(rows, key=lambda row: row.completed_on is not None)
    taken = {(row.person_id, row.course_id): row for row in rows}
    names = Course.objects.in_bulk(wanted)
    return {enrolment.pk: _missing(enrolment, taken, names) for enrolment in enrolments}


def _missing(enrolment, taken, names):
    own = {course: row for (person, course), row in taken.items() if person == enrolment.person_id}
    done = {course for course, row in own.items() if row.completed_on}
    return [
        MissingSet(more, [(names[pk], own.get(pk)) for pk in courses if pk in names])
        for more, courses in rules.missing_sets(enrolment.asks_first, done)
    ]


def lesson_before(enrolment, lesson_id):
    """The id of the lesson that must be done before this one opens, or None; nothing bars a person who is trained."""
    if not enrolment.is_ordered or enrolment.trained_on:
        return None
    done = enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True)
    return rules.opens_after(enrolment.lesson_ids, set(done), lesson_id, optional=enrolment.optional_ids)
