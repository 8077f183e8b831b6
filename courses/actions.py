"""Everything that changes what a person has learned."""

from django.db import transaction
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
    Quiz,
)
from courses.models.catalogue import latest_versions
from courses.signals import course_completed, learning_moved
from institutions.audit import record

MILESTONES = ["started_on", "trained_on", "passed_on", "completed_on"]


class LearningRefused(Exception):
    """The step cannot be taken now; str() says what to do first."""


class AttemptClosed(LearningRefused):
    """The attempt has been handed in meanwhile."""


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
    """Note that the lesson was opened; the first lesson starts the enrolment. Safe to repeat."""
    _hold(enrolment)
    return _open(enrolment, lesson, at=at, by=by)


@transaction.atomic
def complete_lesson(*, enrolment, lesson, at, by):
    """Note that the lesson is done; the last one makes the person trained in the course. Safe to repeat."""
    _hold(enrolment)
    progress = _open(enrolment, lesson, at=at, by=by)
    if progress.completed_at is None:
        progress.completed_at = at
        progress.save(update_fields=["completed_at"])
    _note_trained(enrolment, at=at, by=by)
    return progress


def remaining_lessons(enrolment):
    """Ids of the enrolment's lessons that are not completed, in order."""
    done = set(enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True))
    return [lesson.pk for lesson in enrolment.lessons() if lesson.pk not in done]


def _hold(enrolment):
    """Lock the enrolment and read its days anew: whatever else moves it now waits for this transaction."""
    enrolment.refresh_from_db(fields=MILESTONES, from_queryset=Enrolment.objects.select_for_update())


def _open(enrolment, lesson, *, at, by):
    if lesson.pk not in enrolment.lesson_ids:
        raise LearningRefused(_("This lesson is not part of your course."))
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"opened_at": at}
    )
    if enrolment.started_on is None:
        enrolment.started_on = timezone.localdate(at)
        enrolment.save(update_fields=["started_on"])
        learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    return progress


def _note_trained(enrolment, *, at, by):
    if enrolment.trained_on is None and not remaining_lessons(enrolment):
        enrolment.trained_on = timezone.localdate(at)
        _save_milestone(enrolment, "trained_on", at=at, by=by)


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


@transaction.atomic
def start_attempt(*, enrolment, at, rng, by=None):
    """The person's open attempt at the quiz, drawn now if there is none.

    rng is a random.Random (random.SystemRandom() at the edge). Refused before every lesson is completed and after
    the quiz is passed.
    """
    _hold(enrolment)
    current = Attempt.objects.open().filter(enrolment=enrolment).first()
    if current:
        return current
    _note_trained(enrolment, at=at, by=by)
    if enrolment.trained_on is None:
        raise LearningRefused(_("The quiz opens when you have finished every lesson."))
    if enrolment.passed_on is not None:
        raise LearningRefused(_("You have already passed this quiz."))
    return _draw_attempt(enrolment, at, rng)


def _draw_attempt(enrolment, at, rng):
    quiz = Quiz.objects.filter(course=enrolment.course_id).first()
    questions = Question.objects.drawable_on(timezone.localdate(at)).of_course(enrolment.course_id).order_by("pk")
    subjects = [
        (pk, str(article_key or topic))
        for pk, article_key, topic in questions.values_list("pk", "article_key", "topic")
    ]
    drawn = rules.draw(subjects, quiz.draw, rng) if quiz else []
    if not drawn:
        raise LearningRefused(_("This quiz has no questions yet. Tell your HR unit."))
    versions = {version.question_id: version for version in latest_versions(drawn)}
    attempt = Attempt.objects.create(enrolment=enrolment, number=enrolment.attempts.count() + 1, opened_at=at)
    rows = []
    for position, question_id in enumerate(drawn, start=1):
        order = versions[question_id].option_ids()
        rng.shuffle(order)
        rows.append(
            AttemptQuestion(attempt=attempt, position=position, version=versions[question_id], option_order=order)
        )
    AttemptQuestion.objects.bulk_create(rows)
    return attempt


@transaction.atomic
def save_answer(*, attempt, position, option_id, at):
    """Keep an answer while the attempt is open; an option that was not offered is refused.

    Raises AttemptClosed once the attempt is handed in.
    """
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.closed_at is not None:
        raise AttemptClosed(_("This attempt has been handed in; its answers can no longer change."))
    question = held.questions.filter(position=position).first()
    if question is None or option_id not in question.option_order:
        raise LearningRefused(_("Choose one of the answers."))
    question.answer = option_id
    question.answered_at = at
    question.save(update_fields=["answer", "answered_at"])
    return question


@transaction.atomic
def finish_attempt(*, attempt, at, by):
    """Close the attempt and mark it, once; a second call returns the mark of the first.

    Refused while a question has no answer.
    """
    enrolment = attempt.enrolment
    _hold(enrolment)
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.closed_at is not None:
        return held.marks.order_by("number").last()
    questions = list(held.questions.select_related("version").order_by("position"))
    if rules.next_unanswered([question.answer for question in questions]) is not None:
        raise LearningRefused(_("Answer every question before you hand in."))
    result = rules.mark(
        [(question.answer, question.version.key) for question in questions],
        pass_percent=Quiz.objects.get(course=enrolment.course_id).pass_percent,
    )
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    mark = AttemptMark.objects.create(
        attempt=held, right=result.right, total=result.total, passed=result.passed, marked_at=at, marked_by=None
    )
    subject = f"person:{enrolment.person_id}"
    record(verb="courses.finish_attempt", subject=subject, at=at, by=by, attempt=held.pk, passed=result.passed)
    if result.passed and enrolment.passed_on is None:
        enrolment.passed_on = timezone.localdate(at)
        _save_milestone(enrolment, "passed_on", at=at, by=by)
    return mark
