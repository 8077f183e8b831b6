"""Answers that were given without a link: each is judged once, and sending it again changes nothing."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.actions.learning import LearningRefused
from courses.models import Attempt, OfflineAnswer
from courses.offline_answers import read_answer
from courses.offline_rules import Verdict, verdict_on


@transaction.atomic
def take_offline_answers(*, attempt, copy, given, at):
    """Judge the answers of a saved copy in their order and keep those that are taken; returns the judged answers.

    given: a list of courses.offline_answers.Given. One that was judged before keeps its verdict. Refused for an attempt
    with a time limit, of which no copy is ever given out.
    """
    held = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if held.due_at is not None:
        raise LearningRefused(_("This quiz has a time limit, so it can only be taken with internet."))
    ids = {each.client_id for each in given}
    judged = {row.client_id: row for row in held.offline_answers.filter(client_id__in=ids)}
    drawn = {question.position: question for question in held.questions.select_related("version")}
    for each in given:
        if each.client_id not in judged:
            judged[each.client_id] = _judge(held, drawn.get(each.position), copy, each, at)
    return [judged[each.client_id] for each in given]


def _judge(attempt, question, copy, given, at):
    answer = read_answer(question, given.fields) if question else None
    verdict = verdict_on(
        is_closed=attempt.closed_at is not None,
        is_possible=answer is not None,
        answered_elsewhere_at=_answered_elsewhere_at(question, copy),
        saved_at=copy.saved_at,
    )
    if verdict == Verdict.TAKEN:
        question.answer, question.answered_at = answer, at
        question.save(update_fields=["answer", "answered_at"])
    return OfflineAnswer.objects.create(
        attempt=attempt,
        client_id=given.client_id,
        copy_id=copy.copy_id,
        position=given.position,
        answer="" if answer is None else answer,
        given_at=given.given_at,
        came_at=at,
        verdict=verdict,
    )


def _answered_elsewhere_at(question, copy):
    """When the answer that stands was given, unless it came from this very copy."""
    if question is None or question.answered_at is None:
        return None
    own = OfflineAnswer.objects.filter(
        attempt=question.attempt_id,
        position=question.position,
        copy_id=copy.copy_id,
        verdict=Verdict.TAKEN,
        came_at=question.answered_at,
    )
    return None if own.exists() else question.answered_at
