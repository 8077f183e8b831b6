"""Two requests at the same moment. SQLite has one writer, so these say something only on PostgreSQL."""

import datetime
import random
import threading

import pytest
from django.db import connection, connections, transaction

from courses.actions import (
    AttemptClosed,
    LearningRefused,
    close_overdue,
    complete_lesson,
    finish_attempt,
    grant_override,
    open_lesson,
    regrade,
    save_answer,
    start_attempt,
)
from courses.models import Attempt, AttemptMark, Enrolment, QuestionVersion, Quiz
from courses.regrading import outdated_attempts
from courses.signals import course_completed
from institutions import frozen
from tests import factories
from tests.racing import at_once

from .conftest import make_learner

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to lose"),
]
AT = factories.moment()


@pytest.fixture
def learner(transactional_db):
    assert not frozen.missing_triggers()
    yield make_learner()
    # The flush at the end of the test truncates, which append-only tables refuse; it puts the triggers back itself.
    frozen.remove_triggers()


def fresh(learner):
    return Enrolment.objects.get(pk=learner.enrolment.pk)


def answered_attempt(learner):
    attempt = start_attempt(enrolment=learner.enrolment, at=AT, rng=random.Random(1))
    for question in attempt.questions.all():
        save_answer(attempt=attempt, position=question.position, answer="a", at=AT)
    return attempt


def test_starts_at_once_open_one_attempt(learner):
    learner.finish_lessons()
    opened = at_once(lambda place: start_attempt(enrolment=fresh(learner), at=AT, rng=random.Random(place)))
    assert {attempt.pk for attempt in opened} == {Attempt.objects.get().pk}
    assert Attempt.objects.get().questions.count() == 3


def test_hand_ins_at_once_give_one_mark_and_one_completion(learner):
    learner.finish_lessons()
    attempt = answered_attempt(learner)
    completed = []

    def listen(sender, **kwargs):
        completed.append(1)

    course_completed.connect(listen)
    try:
        marks = at_once(
            lambda place: finish_attempt(attempt=Attempt.objects.get(pk=attempt.pk), at=AT, by=learner.user)
        )
    finally:
        course_completed.disconnect(listen)
    assert {mark.pk for mark in marks} == {AttemptMark.objects.get().pk}
    assert completed == [1]


def before_commit(first, second):
    """Run second in another thread while the transaction of first is finished but not yet committed."""
    result = []

    def run():
        result.append(second())
        connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(timeout=0.5)
    thread.join(timeout=30)
    return result


def test_last_two_lessons_at_once_train_the_person(learner):
    lessons = learner.enrolment.lessons()
    for lesson in lessons:
        open_lesson(enrolment=learner.enrolment, lesson=lesson, at=AT, by=learner.user)

    def finish(place):
        return lambda: complete_lesson(enrolment=fresh(learner), lesson=lessons[place], at=AT, by=learner.user)

    assert before_commit(finish(0), finish(1))
    assert fresh(learner).trained_on == factories.TODAY


def test_answer_that_comes_during_the_hand_in_is_refused(learner):
    learner.finish_lessons()
    attempt = answered_attempt(learner)

    def answer():
        try:
            save_answer(attempt=attempt, position=1, answer="b", at=AT)
        except AttemptClosed:
            return "refused"

    assert before_commit(lambda: finish_attempt(attempt=attempt, at=AT, by=learner.user), answer) == ["refused"]
    assert attempt.questions.get(position=1).answer == "a"


def test_start_that_comes_during_a_passing_hand_in_is_refused(learner):
    learner.finish_lessons()
    attempt = answered_attempt(learner)
    stale = fresh(learner)

    def start():
        try:
            return start_attempt(enrolment=stale, at=AT, rng=random.Random(2))
        except LearningRefused:
            return "refused"

    assert before_commit(lambda: finish_attempt(attempt=attempt, at=AT, by=learner.user), start) == ["refused"]
    assert not Attempt.objects.open().exists()


def limited_attempt(learner, **limits):
    Quiz.objects.filter(course=learner.enrolment.course_id).update(**limits)
    learner.finish_lessons()
    return answered_attempt(learner)


def test_clock_and_learner_hand_in_at_once_give_one_mark(learner):
    attempt = limited_attempt(learner, minutes_allowed=20)
    late = AT + datetime.timedelta(minutes=21)

    def hand_in(place):
        if place % 2:
            return close_overdue(at=late)
        return finish_attempt(attempt=Attempt.objects.get(pk=attempt.pk), at=late, by=learner.user).pk

    results = at_once(hand_in)
    assert not [result for result in results if isinstance(result, Exception)]
    assert AttemptMark.objects.count() == 1
    assert Attempt.objects.get().was_late


def test_starts_at_once_never_exceed_the_tries_allowed(learner):
    attempt = limited_attempt(learner, attempts_allowed=1)
    attempt.questions.update(answer="b")
    finish_attempt(attempt=attempt, at=AT, by=learner.user)
    results = at_once(lambda place: start_attempt(enrolment=fresh(learner), at=AT, rng=random.Random(place)))
    assert all(isinstance(result, LearningRefused) for result in results)
    assert Attempt.objects.count() == 1


def test_override_and_starts_at_once_open_one_attempt_at_most(learner):
    attempt = limited_attempt(learner, attempts_allowed=1)
    attempt.questions.update(answer="b")
    finish_attempt(attempt=attempt, at=AT, by=learner.user)
    trainer = factories.make_user()

    def work(place):
        if place == 0:
            return grant_override(enrolment=fresh(learner), extra_attempts=1, reason="r", at=AT, by=trainer)
        return start_attempt(enrolment=fresh(learner), at=AT, rng=random.Random(place))

    at_once(work)
    assert Attempt.objects.count() <= 2
    assert Attempt.objects.open().count() <= 1
    assert start_attempt(enrolment=fresh(learner), at=AT, rng=random.Random(9)).number == 2


def test_regrades_at_once_add_one_mark(learner):
    attempt = limited_attempt(learner)
    finish_attempt(attempt=attempt, at=AT, by=learner.user)
    for version in list(QuestionVersion.objects.all()):
        QuestionVersion.objects.create(
            question=version.question, number=2, stem=version.stem, options=version.options, key=["b"], written_at=AT
        )
    course = learner.enrolment.course_id
    at_once(lambda place: regrade(attempts=outdated_attempts(course), reason="key", at=AT, by=None), times=4)
    assert AttemptMark.objects.count() == 2
