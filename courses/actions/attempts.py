"""Attempts: drawn, answered and marked by the server."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import rules
from courses.actions.learning import AttemptClosed, LearningRefused, hold, note_trained, save_milestone
from courses.models import Attempt, AttemptMark, AttemptQuestion, Question, Quiz
from courses.models.catalogue import latest_versions
from institutions.audit import record


@transaction.atomic
def start_attempt(*, enrolment, at, rng, by=None):
    """The person's open attempt at the quiz, drawn now if there is none.

    rng is a random.Random (random.SystemRandom() at the edge). Refused before every lesson is completed and after
    the quiz is passed.
    """
    hold(enrolment)
    current = Attempt.objects.open().filter(enrolment=enrolment).first()
    if current:
        return current
    note_trained(enrolment, at=at, by=by)
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
    hold(enrolment)
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
        save_milestone(enrolment, "passed_on", at=at, by=by)
    return mark
