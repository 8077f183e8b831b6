"""Tries, waits, time and overrides as the actions hold them, whatever page or client asks."""

import datetime
import random

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from courses.actions import (
    LearningRefused,
    TimeIsUp,
    close_overdue,
    finish_attempt,
    grant_override,
    save_answer,
    start_attempt,
)
from courses.models import Attempt, AttemptOverride, Enrolment, LateAnswer, Quiz
from institutions.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

AT = factories.moment()


def after(**span):
    return AT + datetime.timedelta(**span)


@pytest.fixture
def trained(learner):
    return learner.finish_lessons()


def limit(learner, **limits):
    Quiz.objects.filter(course=learner.enrolment.course_id).update(**limits)


def start(learner, at=AT, seed=1):
    return start_attempt(enrolment=Enrolment.objects.get(pk=learner.enrolment.pk), at=at, rng=random.Random(seed))


def attempt_of(learner, at=AT, right=False):
    attempt = start(learner, at)
    for question in attempt.questions.all():
        save_answer(attempt=attempt, position=question.position, answer="a" if right else "b", at=at)
    return finish_attempt(attempt=attempt, at=at, by=learner.user)


def give(learner, at=AT, **facts):
    boss = AttemptOverride.objects.order_by("pk").values_list("granted_by", flat=True).first()
    by = factories.make_user() if boss is None else type(learner.user).objects.get(pk=boss)
    return grant_override(enrolment=learner.enrolment, reason="ហេតុផល", at=at, by=by, **facts)


def test_no_more_tries_than_allowed(trained):
    limit(trained, attempts_allowed=2)
    attempt_of(trained)
    attempt_of(trained)
    with pytest.raises(LearningRefused):
        start(trained)
    assert Attempt.objects.count() == 2


def test_next_try_waits_until_the_delay_is_over(trained):
    limit(trained, delay_hours=24)
    attempt_of(trained)
    with pytest.raises(LearningRefused):
        start(trained, after(hours=23, minutes=59))
    assert start(trained, after(hours=24)).number == 2


def test_passed_on_the_second_try_dates_the_pass_by_it_and_the_best_counts(trained):
    attempt_of(trained)
    attempt_of(trained, at=after(days=2), right=True)
    enrolment = Enrolment.objects.get(pk=trained.enrolment.pk)
    assert enrolment.passed_on == factories.TODAY + datetime.timedelta(days=2)
    with pytest.raises(LearningRefused):
        start(trained, after(days=3))


def test_limits_of_an_open_attempt_stay_as_they_were(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    limit(trained, minutes_allowed=5, pass_percent=100)
    attempt.refresh_from_db()
    assert attempt.due_at == after(minutes=20)
    assert attempt.pass_percent == 60


def test_answers_count_until_the_grace_is_over_and_late_ones_are_kept_apart(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    save_answer(attempt=attempt, position=1, answer="a", at=after(minutes=20, seconds=30))
    with pytest.raises(TimeIsUp):
        save_answer(attempt=attempt, position=1, answer="b", at=after(minutes=20, seconds=31))
    assert attempt.questions.get(position=1).answer == "a"
    late = LateAnswer.objects.get()
    assert (late.answer, late.came_at) == ("b", after(minutes=20, seconds=31))
    with pytest.raises(DatabaseError), transaction.atomic():
        LateAnswer.objects.update(answer="a")


def test_hand_in_after_the_grace_is_recorded_as_late_and_loses_nothing(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    for position in (1, 2):
        save_answer(attempt=attempt, position=position, answer="a", at=after(minutes=19))
    with pytest.raises(LearningRefused):
        finish_attempt(attempt=attempt, at=after(minutes=19), by=trained.user)
    mark = finish_attempt(attempt=attempt, at=after(hours=3), by=trained.user)
    attempt.refresh_from_db()
    assert (mark.right, mark.total, mark.passed) == (2, 3, True)
    assert attempt.was_late
    assert attempt.ended_at == after(minutes=20)
    assert finish_attempt(attempt=attempt, at=after(hours=4), by=trained.user) == mark


def test_hand_in_within_the_grace_is_not_late(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    finish_attempt(attempt=attempt, at=after(minutes=20, seconds=20), by=trained.user)
    attempt.refresh_from_db()
    assert not attempt.was_late


def test_what_is_over_is_handed_in_by_the_clock_once(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    assert close_overdue(at=after(minutes=20, seconds=30)) == 0
    assert close_overdue(at=after(minutes=21)) == 1
    assert close_overdue(at=after(minutes=22)) == 0
    attempt.refresh_from_db()
    assert attempt.was_late
    assert attempt.marks.get().right == 0


def test_start_after_the_time_was_over_hands_the_old_attempt_in_and_its_wait_counts_from_its_end(trained):
    limit(trained, minutes_allowed=20, delay_hours=1)
    start(trained)
    following = start(trained, after(hours=2))
    assert following.number == 2
    assert Attempt.objects.get(number=1).was_late


def test_override_opens_tries_and_is_logged_with_its_place_but_never_changed(trained):
    limit(trained, attempts_allowed=1)
    attempt_of(trained)
    override = give(trained, extra_attempts=1, institution=trained.world["school"])
    assert start(trained).number == 2
    entry = AuditEntry.objects.get(verb="courses.grant_override")
    assert entry.subject == f"person:{trained.person.pk}"
    assert entry.institution == trained.world["school"]
    assert override.reason not in str(entry.facts)
    with pytest.raises(DatabaseError), transaction.atomic():
        AttemptOverride.objects.update(extra_attempts=9)


def test_override_without_delay_lets_the_next_try_begin(trained):
    limit(trained, delay_hours=24)
    attempt_of(trained)
    give(trained, no_delay=True)
    assert start(trained).number == 2


def test_more_minutes_also_lengthen_the_try_that_is_open(trained):
    limit(trained, minutes_allowed=20)
    attempt = start(trained)
    give(trained, extra_minutes=15)
    attempt.refresh_from_db()
    assert attempt.due_at == after(minutes=35)


def test_another_last_day_moves_the_open_period_and_is_logged(trained):
    period = trained.person.periods.get()
    later = period.due_on + datetime.timedelta(days=30)
    give(trained, due_on=later)
    period.refresh_from_db()
    assert period.due_on == later
    assert AuditEntry.objects.get(verb="certification.move_due").facts["after"] == later.isoformat()
    give(trained, due_on=later - datetime.timedelta(days=10))
    period.refresh_from_db()
    assert period.due_on == later


def test_override_gives_something_and_has_a_reason(trained):
    with pytest.raises(IntegrityError), transaction.atomic():
        give(trained)
    facts = {"enrolment": trained.enrolment, "extra_attempts": 1, "granted_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        AttemptOverride.objects.create(reason="", granted_by=factories.make_user(), **facts)


def test_nothing_is_given_after_passing(trained):
    attempt_of(trained, right=True)
    with pytest.raises(LearningRefused):
        give(trained, extra_attempts=1)


def test_who_has_used_up_their_tries_is_found_until_more_are_open_or_the_quiz_is_passed(trained):
    limit(trained, attempts_allowed=1)
    assert not Enrolment.objects.with_tries_used_up().exists()
    attempt_of(trained)
    found = Enrolment.objects.with_tries_used_up().get()
    assert (found.pk, found.tries, found.allowed) == (trained.enrolment.pk, 1, 1)
    give(trained, extra_attempts=1)
    assert not Enrolment.objects.with_tries_used_up().exists()
    attempt_of(trained)
    assert Enrolment.objects.with_tries_used_up().exists()
    give(trained, extra_attempts=1)
    attempt_of(trained, right=True)
    assert not Enrolment.objects.with_tries_used_up().exists()
