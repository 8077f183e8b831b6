"""The actions of actions.py for many learners at once: the same rows, in a few statements.

Each action takes at most a few hundred rows and is one transaction; whoever has more calls it batch by batch.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import attempt_rules, rules
from courses.actions import MILESTONES, LearningRefused, NotOpenYet
from courses.actions.learning import ask_what_comes_first
from courses.answers import is_possible
from courses.drawing import Pressing
from courses.models import (
    Attempt,
    AttemptMark,
    AttemptOverride,
    AttemptQuestion,
    Course,
    CourseRetirement,
    Enrolment,
    Lesson,
    LessonProgress,
    Question,
    Quiz,
)
from courses.models.catalogue import latest_versions
from courses.sheet import facts_of, mark_sheet
from courses.signals import LearningMoved, course_completed, many_learning_moved
from courses.terms import terms_of
from institutions.audit import record_many
from institutions.bulk import save_fields
from institutions.many_rows import insert_rows
from institutions.models import Person


@dataclass(frozen=True, kw_only=True)
class Place:
    """One call of enrol."""

    person: Person
    course: Course
    day: date
    not_completed_before: date | None = None


@transaction.atomic
def enrol_many(places):
    """The enrolments under which people take courses now, as enrol would give them one by one, in the same order."""
    places = list(places)
    people = {place.person.pk for place in places}
    latest = {}
    for enrolment in Enrolment.objects.filter(person__in=people).order_by("cycle"):
        latest[enrolment.person_id, enrolment.course_id] = enrolment
    terms = terms_of(place.course for place in places)
    retired = dict(CourseRetirement.objects.filter(course__in=terms).values_list("course", "retired_on"))
    new, given = [], []
    for place in places:
        key = place.person.pk, place.course.pk
        current = latest.get(key)
        if not current or not _serves(current, place.not_completed_before):
            if place.course.pk in retired and retired[place.course.pk] <= place.day:
                raise LearningRefused(_("This course is taught no more."))
            latest[key] = Enrolment(
                person=place.person,
                course=place.course,
                cycle=current.cycle + 1 if current else 1,
                enrolled_on=place.day,
                **terms[place.course.pk],
            )
            new.append(latest[key])
        given.append(latest[key])
    insert_rows(new)
    return given


def _serves(enrolment, not_completed_before):
    if enrolment.completed_on is None or not_completed_before is None:
        return True
    return enrolment.completed_on >= not_completed_before


@dataclass(frozen=True, kw_only=True)
class LessonRead:
    """One call of open_lesson and, where completed_at is set, one of complete_lesson."""

    enrolment: Enrolment
    lesson: Lesson
    opened_at: datetime
    completed_at: datetime | None = None
    by: object = None


@transaction.atomic
def read_lessons(reads):
    """Note lessons as opened and completed, as open_lesson and complete_lesson would one by one, in this order."""
    reads = list(reads)
    learning = _Learning(read.enrolment for read in reads)
    progress = defaultdict(dict)
    for row in LessonProgress.objects.filter(enrolment__in=learning.enrolments):
        progress[row.enrolment_id][row.lesson_id] = row
    new, changed = [], []
    for read in reads:
        enrolment, rows = learning.enrolments[read.enrolment.pk], progress[read.enrolment.pk]
        if read.lesson.pk not in enrolment.lesson_ids:
            raise LearningRefused(_("This lesson is not part of your course."))
        done = {lesson for lesson, each in rows.items() if each.completed_at}
        row = rows.get(read.lesson.pk)
        if row is None:
            _ask_whether_open(enrolment, read.lesson.pk, done)
            row = rows[read.lesson.pk] = LessonProgress(
                enrolment=enrolment, lesson=read.lesson, opened_at=read.opened_at, seen_at=read.opened_at
            )
            new.append(row)
        if enrolment.started_on is None:
            learning.reach(enrolment, "started_on", read.opened_at, read.by)
        if read.completed_at and row.completed_at is None:
            row.completed_at = read.completed_at
            row.seconds = rules.seconds_read(row.opened_at, read.completed_at)
            done.add(read.lesson.pk)
            if row.pk:
                changed.append(row)
        if read.completed_at and enrolment.trained_on is None and done.issuperset(enrolment.required_ids):
            learning.reach(enrolment, "trained_on", read.completed_at, read.by)
    LessonProgress.objects.bulk_create(new)
    save_fields(changed, ["completed_at", "seconds"])
    learning.save()


def _ask_whether_open(enrolment, lesson_id, done):
    ask_what_comes_first(enrolment)
    in_order = enrolment.is_ordered and not enrolment.trained_on
    if in_order and rules.opens_after(enrolment.lesson_ids, done, lesson_id, optional=enrolment.optional_ids):
        raise NotOpenYet(_("This lesson opens when the ones before it are done."))


class _Learning:
    """Enrolments as they stand, the milestones they reach, and the news of it."""

    def __init__(self, enrolments):
        wanted = {enrolment.pk for enrolment in enrolments}
        rows = Enrolment.objects.select_for_update(of=("self",)).select_related("person")
        self.enrolments = {row.pk: row for row in rows.filter(pk__in=wanted)}
        self.moved = {}

    def reach(self, enrolment, milestone, at, by):
        setattr(enrolment, milestone, timezone.localdate(at))
        completed = False
        if enrolment.trained_on and enrolment.passed_on and enrolment.completed_on is None:
            enrolment.completed_on = timezone.localdate(at)
            completed = True
        earlier = self.moved.get(enrolment.pk)
        self.moved[enrolment.pk] = (enrolment, at, by, completed or (earlier is not None and earlier[3]))

    def save(self):
        moved = list(self.moved.values())
        save_fields([enrolment for enrolment, *_rest in moved], MILESTONES)
        many_learning_moved.send(Enrolment, moves=[LearningMoved(*facts) for *facts, _completed in moved])
        for enrolment, at, by, completed in moved:
            if completed:
                course_completed.send(Enrolment, enrolment=enrolment, at=at, by=by)


@dataclass(frozen=True, kw_only=True)
class QuizTaken:
    """One whole attempt: start_attempt, one save_answer a question, finish_attempt.

    answer takes a drawn AttemptQuestion and returns its answer (as courses.answers has it) and the moment of it.
    """

    enrolment: Enrolment
    opened_at: datetime
    closed_at: datetime
    rng: Random
    answer: Callable[[AttemptQuestion], tuple[str | list | dict, datetime]]
    by: object = None


@transaction.atomic
def take_quizzes(tries):
    """Draw, answer and mark attempts, as the single actions would one by one; at most one for each enrolment.

    Refused where the person could not take the quiz now. Returns the marks in the same order.
    """
    tries = list(tries)
    learning = _Learning(each.enrolment for each in tries)
    if len(learning.enrolments) != len(tries):
        raise ValueError("at most one attempt for each enrolment")
    pressing = Pressing()
    banks = {course: _Bank(course, pressing) for course in {row.course_id for row in learning.enrolments.values()}}
    attempts = _opened(tries, learning.enrolments, banks)
    marks, questions, entries = [], [], []
    for each, attempt in zip(tries, attempts, strict=True):
        enrolment = attempt.enrolment
        drawn, result = banks[enrolment.course_id].answered(attempt, each)
        questions += drawn
        marks.append(
            AttemptMark(
                attempt=attempt,
                **facts_of(result),
                marked_at=each.closed_at,
                marked_by=None,
            )
        )
        entries.append(_entry(attempt, each, result))
        if result.passed:
            learning.reach(enrolment, "passed_on", each.closed_at, each.by)
    AttemptQuestion.objects.bulk_create(questions)
    AttemptMark.objects.bulk_create(marks)
    record_many(entries)
    learning.save()
    return marks


def _opened(tries, enrolments, banks):
    """An attempt for each try, closed as it will be; refused where the person could not take the quiz now."""
    earlier, overrides = _attempts_so_far(enrolments), _overrides_of(enrolments)
    attempts = []
    for each in tries:
        enrolment = enrolments[each.enrolment.pk]
        ask_what_comes_first(enrolment)
        if enrolment.trained_on is None:
            raise LearningRefused(_("The quiz opens when you have finished every lesson."))
        if enrolment.passed_on is not None:
            raise LearningRefused(_("You have already passed this quiz."))
        quiz = banks[enrolment.course_id].quiz
        if quiz is None:
            raise LearningRefused(_("This quiz has no questions yet. Tell your HR unit."))
        closed = earlier[enrolment.pk]
        limits = attempt_rules.with_overrides(quiz.limits, overrides[enrolment.pk])
        ended_at = closed[-1].ended_at if closed else None
        if not attempt_rules.next_try(limits, tries=len(closed), ended_at=ended_at, at=each.opened_at).may_start:
            raise LearningRefused(_("It is too early for the next try. This page says when it opens."))
        due_at = attempt_rules.due_at(limits, each.opened_at)
        attempts.append(
            Attempt(
                enrolment=enrolment,
                number=len(closed) + 1,
                opened_at=each.opened_at,
                closed_at=each.closed_at,
                pass_percent=quiz.pass_percent,
                due_at=due_at,
                was_late=attempt_rules.is_over(due_at, each.closed_at),
            )
        )
    return Attempt.objects.bulk_create(attempts)


def _attempts_so_far(enrolments):
    """Enrolment id → its attempts in order; refused where one is open still."""
    earlier = defaultdict(list)
    for attempt in Attempt.objects.filter(enrolment__in=enrolments).order_by("number"):
        if attempt.closed_at is None:
            raise LearningRefused(_("Finish the attempt that is open first."))
        earlier[attempt.enrolment_id].append(attempt)
    return earlier


def _overrides_of(enrolments):
    """Enrolment id → what its person was given beyond the limits."""
    overrides = defaultdict(list)
    for override in AttemptOverride.objects.filter(enrolment__in=enrolments):
        overrides[override.enrolment_id].append(override)
    return overrides


def _entry(attempt, each, result):
    return {
        "verb": "courses.finish_attempt",
        "subject": f"person:{attempt.enrolment.person_id}",
        "at": each.closed_at,
        "by": each.by,
        "attempt": attempt.pk,
        "passed": result.passed,
    }


class _Bank:
    """The quiz of a course and its questions, read once, from which many attempts are drawn."""

    def __init__(self, course_id, pressing):
        self.quiz = Quiz.objects.filter(course=course_id).first()
        self._pressing = pressing
        self._questions = list(Question.objects.of_course(course_id).tied().complete().order_by("pk"))
        self._versions = {version.question_id: version for version in latest_versions(self._questions)}

    def answered(self, attempt, each):
        """The attempt's questions, drawn as start_attempt draws, with their answers; and the mark."""
        rows = self._drawn(attempt, each)
        for row in rows:
            row.answer, row.answered_at = each.answer(row)
            if not is_possible(row.version, row.answer):
                raise LearningRefused(_("Choose one of the answers."))
        answers = [(row.answer, row.version) for row in rows]
        return rows, mark_sheet(answers, pass_percent=attempt.pass_percent)

    def _drawn(self, attempt, each):
        day = timezone.localdate(each.opened_at)
        first = self._pressing.on(day)
        drawn = rules.draw(self._subjects_on(day), self.quiz.draw, each.rng, first=first) if self.quiz else []
        if not drawn:
            raise LearningRefused(_("This quiz has no questions yet. Tell your HR unit."))
        rows = []
        for position, question_id in enumerate(drawn, start=1):
            version = self._versions[question_id]
            order = version.shuffled_ids()
            each.rng.shuffle(order)
            rows.append(AttemptQuestion(attempt=attempt, position=position, version=version, option_order=order))
        return rows

    def _subjects_on(self, day):
        """(question id, what it is about) of each question that drawable_on(day) holds."""
        return [
            (question.pk, str(question.article_key or question.topic))
            for question in self._questions
            if question.retired_on is None or question.retired_on > day
        ]
