"""Everything that changes what a person has learned."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import rules
from courses.models import (
    Attempt,
    AttemptMark,
    AttemptQuestion,
    Enrolment,
    Lesson,
    LessonProgress,
    Question,
)
from courses.models.catalogue import latest_versions
from courses.signals import course_completed, learning_moved
from institutions.audit import record


class LearningRefused(Exception):
    """The step cannot be taken now; str() says what to do first."""


def enrol(*, person, course, day, not_completed_before=None):
    """The enrolment under which the person takes the course now.

    An open one is continued; one completed on or after not_completed_before still serves (None: any completed one
    does); else a new cycle begins with today's list of lessons.
    """
    latest = Enrolment.objects.filter(person=person, course=course).order_by("-cycle").first()
    if latest and latest.completed_on is None:
        return latest
    if latest and (not_completed_before is None or latest.completed_on >= not_completed_before):
        return latest
    return Enrolment.objects.get_or_create(
        person=person,
        course=course,
        cycle=latest.cycle + 1 if latest else 1,
        defaults={
            "lesson_ids": list(Lesson.objects.filter(course=course).order_by("order").values_list("pk", flat=True)),
            "enrolled_on": day,
        },
    )[0]


@transaction.atomic
def open_lesson(*, enrolment, lesson, at, by):
    """Note that the lesson was opened; the first lesson starts the enrolment."""
    _require_own_lesson(enrolment, lesson)
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"opened_at": at}
    )
    if enrolment.started_on is None:
        enrolment.started_on = timezone.localdate(at)
        enrolment.save(update_fields=["started_on"])
        learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    return progress


@transaction.atomic
def complete_lesson(*, enrolment, lesson, at, by):
    """Note that the lesson is done; the last one makes the person trained in the course. Safe to repeat."""
    progress = open_lesson(enrolment=enrolment, lesson=lesson, at=at, by=by)
    if progress.completed_at is None:
        progress.completed_at = at
        progress.save(update_fields=["completed_at"])
    if enrolment.trained_on is None and not remaining_lessons(enrolment):
        enrolment.trained_on = timezone.localdate(at)
        _save_milestone(enrolment, "trained_on", at=at, by=by)
    return progress


def remaining_lessons(enrolment):
    """Ids of the enrolment's lessons that are not completed, in order."""
    done = set(enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True))
    return [lesson_id for lesson_id in enrolment.lesson_ids if lesson_id not in done]


def _require_own_lesson(enrolment, lesson):
    if lesson.pk not in enrolment.lesson_ids:
        raise LearningRefused(_("This lesson is not part of your course."))


def _save_milestone(enrolment, field, *, at, by):
    fields = [field]
    complete = enrolment.trained_on and enrolment.passed_on and enrolment.completed_on is None
    if complete:
        enrolment.completed_on = timezone.localdate(at)
        fields.append("completed_on")
    enrolment.save(update_fields=fields)
    learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    if complete:
        course_completed.send(Enrolment, enrolment=enrolment, at=at, by=by)


def start_attempt(*, enrolment, at, rng):
    """The person's open attempt at the quiz, drawn now if there is none.

    rng is a random.Random (random.SystemRandom() at the edge). Refused before every lesson is completed and after
    the course is completed.
    """
    current = Attempt.objects.open().filter(enrolment=enrolment).first()
    if current:
        return current
    if enrolment.trained_on is None:
        raise LearningRefused(_("The quiz opens when you have finished every lesson."))
    if enrolment.passed_on is not None:
        raise LearningRefused(_("You have already passed this quiz."))
    try:
        with transaction.atomic():
            return _draw_attempt(enrolment, at, rng)
    except IntegrityError:
        return Attempt.objects.open().get(enrolment=enrolment)


def _draw_attempt(enrolment, at, rng):
    questions = Question.objects.drawable_on(timezone.localdate(at)).filter(bank__course=enrolment.course_id)
    subjects = [
        (pk, str(article_key or topic)) for pk, article_key, topic in
        questions.order_by("pk").values_list("pk", "article_key", "topic")
    ]
    quiz = enrolment.course.quiz
    drawn = rules.draw(subjects, quiz.draw, rng)
    if not drawn:
        raise LearningRefused(_("This quiz has no questions yet. Tell your HR unit."))
    versions = {version.question_id: version for version in latest_versions(drawn)}
    attempt = Attempt.objects.create(
        enrolment=enrolment, number=enrolment.attempts.count() + 1, opened_at=at
    )
    rows = []
    for position, question_id in enumerate(drawn, start=1):
        order = versions[question_id].option_ids()
        rng.shuffle(order)
        rows.append(
            AttemptQuestion(
                attempt=attempt, position=position, version=versions[question_id], option_order=order
            )
        )
    AttemptQuestion.objects.bulk_create(rows)
    return attempt


def save_answer(*, attempt, position, option_id, at):
    """Keep an answer while the attempt is open; an option that was not offered is refused."""
    with transaction.atomic():
        held = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if held.closed_at is not None:
            raise LearningRefused(_("This attempt has been handed in; its answers can no longer change."))
        question = held.questions.filter(position=position).first()
        if question is None or option_id not in question.option_order:
            raise LearningRefused(_("Choose one of the answers."))
        question.answer = option_id
        question.answered_at = at
        question.save(update_fields=["answer", "answered_at"])
        return question


def finish_attempt(*, attempt, at, by):
    """Close the attempt and mark it, once; a second call returns the mark of the first.

    Refused while a question has no answer.
    """
    with transaction.atomic():
        held = Attempt.objects.select_for_update(of=("self",)).select_related("enrolment__course__quiz").get(pk=attempt.pk)
        if held.closed_at is not None:
            return held.marks.order_by("number").last()
        questions = list(held.questions.select_related("version"))
        missing = rules.next_unanswered([question.answer for question in questions])
        if missing is not None:
            raise LearningRefused(_("Question %(number)s has no answer yet.") % {"number": missing})
        quiz = held.enrolment.course.quiz
        result = rules.mark(
            [(question.answer, question.version.key) for question in questions], pass_percent=quiz.pass_percent
        )
        held.closed_at = at
        held.save(update_fields=["closed_at"])
        mark = AttemptMark.objects.create(
            attempt=held, right=result.right, total=result.total, passed=result.passed, marked_at=at, marked_by=None
        )
        record(verb="courses.finish_attempt", subject=f"person:{held.enrolment.person_id}", at=at, by=by,
               attempt=held.pk, passed=result.passed)
        if result.passed and held.enrolment.passed_on is None:
            held.enrolment.passed_on = timezone.localdate(at)
            _save_milestone(held.enrolment, "passed_on", at=at, by=by)
        return mark
