"""Attempts: drawn, answered and marked by the server."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import attempt_rules, rules
from courses.actions.learning import (
    AttemptClosed,
    LearningRefused,
    TimeIsUp,
    ask_what_comes_first,
    hold,
    note_trained,
    save_milestone,
)
from courses.answers import is_possible
from courses.drawing import Pressing
from courses.models import Attempt, AttemptMark, AttemptQuestion, LateAnswer, Question
from courses.models.catalogue import latest_versions
from courses.sheet import facts_of, mark_sheet
from courses.tries import Tries
from institutions.audit import record


@transaction.atomic
def start_attempt(*, enrolment, at, rng, by=None):
    """The person's open attempt at the quiz, drawn now if there is none.

    rng is a random.Random (random.SystemRandom() at the edge). Refused before every required lesson is completed,
    while another course comes first, after the quiz is passed, when no try is left and while the wait for the next one
    lasts. An open attempt whose time is over is handed in first.
    """
    hold(enrolment)
    current = Attempt.objects.open().filter(enrolment=enrolment).first()
    if current and not current.is_over_at(at):
        return current
    if current:
        finish_attempt(attempt=current, at=at, by=by)
        hold(enrolment)
    ask_what_comes_first(enrolment)
    note_trained(enrolment, at=at, by=by)
    if enrolment.trained_on is None:
        raise LearningRefused(_("The quiz opens when you have finished every lesson."))
    if enrolment.passed_on is not None:
        raise LearningRefused(_("You have already passed this quiz."))
    tries = Tries(enrolment, at)
    if tries.next.is_used_up:
        raise LearningRefused(_("All your tries are used. Your trainer has been told and can open more."))
    if tries.next.waits_until:
        raise LearningRefused(_("It is too early for the next try. This page says when it opens."))
    return _draw_attempt(enrolment, tries, at, rng)


def _draw_attempt(enrolment, tries, at, rng):
    quiz = tries.quiz
    questions = Question.objects.drawable_on(timezone.localdate(at)).of_course(enrolment.course_id).order_by("pk")
    subjects = [
        (pk, str(article_key or topic))
        for pk, article_key, topic in questions.values_list("pk", "article_key", "topic")
    ]
    first = Pressing().on(timezone.localdate(at))
    drawn = rules.draw(subjects, quiz.draw, rng, first=first) if quiz else []
    if not drawn:
        raise LearningRefused(_("This quiz has no questions yet. Tell your HR unit."))
    versions = {version.question_id: version for version in latest_versions(drawn)}
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        number=enrolment.attempts.count() + 1,
        opened_at=at,
        pass_percent=quiz.pass_percent,
        due_at=attempt_rules.due_at(tries.limits, at),
    )
    rows = []
    for position, question_id in enumerate(drawn, start=1):
        order = versions[question_id].shuffled_ids()
        rng.shuffle(order)
        rows.append(
            AttemptQuestion(attempt=attempt, position=position, version=versions[question_id], option_order=order)
        )
    AttemptQuestion.objects.bulk_create(rows)
    return attempt


def save_answer(*, attempt, position, answer, at):
    """Keep an answer (as courses.answers has it) while the attempt is open; one that was not offered is refused.

    Raises AttemptClosed once the attempt is handed in, and TimeIsUp once its time and grace are over: such an answer
    is kept as late and counts for nothing.
    """
    question = _keep_answer(attempt, position, answer, at)
    if question is None:
        raise TimeIsUp(_("The time is over. This answer came too late to count; what you saved before counts."))
    return question


@transaction.atomic
def _keep_answer(attempt, position, answer, at):
    """The question with its answer, or None if it came late and was kept as that."""
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.closed_at is not None:
        raise AttemptClosed(_("This attempt has been handed in; its answers can no longer change."))
    question = held.questions.select_related("version").filter(position=position).first()
    if question is None or not is_possible(question.version, answer):
        raise LearningRefused(_("Choose one of the answers."))
    if held.is_over_at(at):
        LateAnswer.objects.create(question=question, answer=answer, came_at=at)
        return None
    question.answer = answer
    question.answered_at = at
    question.save(update_fields=["answer", "answered_at"])
    return question


@transaction.atomic
def finish_attempt(*, attempt, at, by):
    """Close the attempt and mark it, once; a second call returns the mark of the first.

    Refused while a question has no answer, unless its time is over: then what was saved counts, and the attempt is
    noted as late if the grace is over too.
    """
    enrolment = attempt.enrolment
    hold(enrolment)
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.closed_at is not None:
        return held.marks.order_by("number").last()
    questions = list(held.questions.select_related("version").order_by("position"))
    gap = rules.next_unanswered([question.is_answered for question in questions])
    if gap is not None and not attempt_rules.may_leave_gaps(held.due_at, at):
        raise LearningRefused(_("Answer every question before you hand in."))
    result = mark_sheet([(question.answer, question.version) for question in questions], pass_percent=held.pass_percent)
    held.closed_at = at
    held.was_late = held.is_over_at(at)
    held.save(update_fields=["closed_at", "was_late"])
    mark = AttemptMark.objects.create(attempt=held, **facts_of(result), marked_at=at, marked_by=None)
    subject = f"person:{enrolment.person_id}"
    record(verb="courses.finish_attempt", subject=subject, at=at, by=by, attempt=held.pk, passed=result.passed)
    if result.passed and enrolment.passed_on is None:
        enrolment.passed_on = timezone.localdate(at)
        save_milestone(enrolment, "passed_on", at=at, by=by)
    return mark


def close_overdue(*, at):
    """Hand in every open attempt whose time and grace are over, each in its own transaction; returns how many."""
    overdue = list(Attempt.objects.over_at(at).select_related("enrolment__person").order_by("pk")[:500])
    for attempt in overdue:
        finish_attempt(attempt=attempt, at=at, by=None)
    return len(overdue)
