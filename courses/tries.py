"""Where a learner stands with the tries at a quiz, and what to read before the next one."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from courses import attempt_rules
from courses.models import Attempt, AttemptOverride, Quiz
from courses.sheet import is_right
from courses.words import lesson_titles


class Tries:
    """The limits of one enrolment and what is left of them at a moment; three queries at most."""

    def __init__(self, enrolment, at, quiz=None):
        self.enrolment, self.at = enrolment, at
        self.quiz = quiz or Quiz.objects.filter(course=enrolment.course_id).first()

    @cached_property
    def limits(self):
        limits = self.quiz.limits if self.quiz else attempt_rules.Limits()
        return attempt_rules.with_overrides(limits, self.enrolment.overrides.all())

    @cached_property
    def next(self):
        """What follows after the closed tries; asked only while the quiz is not passed."""
        closed = list(self.enrolment.attempts.closed().order_by("number"))
        last = closed[-1].ended_at if closed else None
        return attempt_rules.next_try(self.limits, tries=len(closed), ended_at=last, at=self.at)


def next_tries(enrolments, at):
    """Enrolment id → what follows after its closed tries, for enrolments with course and quiz read; two queries."""
    closed, overrides = defaultdict(list), defaultdict(list)
    for attempt in Attempt.objects.closed().filter(enrolment__in=enrolments).order_by("number"):
        closed[attempt.enrolment_id].append(attempt)
    for override in AttemptOverride.objects.filter(enrolment__in=enrolments):
        overrides[override.enrolment_id].append(override)
    return {
        enrolment.pk: attempt_rules.next_try(
            attempt_rules.with_overrides(enrolment.course.quiz.limits, overrides[enrolment.pk]),
            tries=len(closed[enrolment.pk]),
            ended_at=closed[enrolment.pk][-1].ended_at if closed[enrolment.pk] else None,
            at=at,
        )
        for enrolment in enrolments
    }


@dataclass(frozen=True)
class ReadAgain:
    """A lesson of the enrolment that treats what was answered wrongly."""

    slug: str
    title: dict


def to_read_again(enrolment, attempt):
    """The lessons that treat what was wrong in a closed attempt, in the order of the course; three queries."""
    drawn = attempt.questions.select_related("version__question")
    wrong = {row.version.question.lesson_id for row in drawn if not is_right(row)}
    lessons = [lesson for lesson in enrolment.lessons() if lesson.pk in wrong]
    titles = lesson_titles([lesson.pk for lesson in lessons])
    return [ReadAgain(lesson.slug, titles[lesson.pk]) for lesson in lessons if lesson.pk in titles]


class Clock:
    """The time of an open attempt as its pages show it: when it ends and what is left."""

    def __init__(self, due_at, at):
        self.due_at = due_at
        self.seconds = max(int((due_at - at).total_seconds()), 0)

    @property
    def minutes(self):
        return -(-self.seconds // 60)

    @classmethod
    def of(cls, attempt, at):
        """The clock of an attempt, or None where it has no time limit."""
        return cls(attempt.due_at, at) if attempt.due_at else None
