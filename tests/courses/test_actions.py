import datetime
import random

import pytest
from django.db import IntegrityError, transaction

from courses.actions import (
    AttemptClosed,
    LearningRefused,
    complete_lesson,
    enrol,
    finish_attempt,
    open_lesson,
    save_answer,
    start_attempt,
)
from courses.models import Attempt, AttemptMark, Enrolment, Lesson, Question, QuestionVersion
from courses.signals import course_completed, learning_moved
from institutions.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

AT = factories.moment()


@pytest.fixture
def news():
    """The signals of courses as they come in."""
    heard = []

    def listen(sender, signal, enrolment, **kwargs):
        name = "moved" if signal is learning_moved else "completed"
        heard.append((name, enrolment.trained_on is not None, enrolment.passed_on is not None))

    learning_moved.connect(listen)
    course_completed.connect(listen)
    yield heard
    learning_moved.disconnect(listen)
    course_completed.disconnect(listen)


def start(learner, seed=1):
    return start_attempt(enrolment=learner.enrolment, at=AT, rng=random.Random(seed))


def answer_all(attempt, option="a"):
    for question in attempt.questions.all():
        save_answer(attempt=attempt, position=question.position, answer=option, at=AT)


def test_lessons_completed_one_by_one_train_the_person_at_the_last(learner, news):
    first, second = learner.enrolment.lessons()
    complete_lesson(enrolment=learner.enrolment, lesson=second, at=AT, by=learner.user)
    assert learner.enrolment.started_on == factories.TODAY
    assert learner.enrolment.trained_on is None
    later = factories.moment(factories.TODAY + datetime.timedelta(days=3))
    complete_lesson(enrolment=learner.enrolment, lesson=first, at=later, by=learner.user)
    kept = Enrolment.objects.get(pk=learner.enrolment.pk)
    assert kept.trained_on == factories.TODAY + datetime.timedelta(days=3)
    assert kept.completed_on is None
    assert news == [("moved", False, False), ("moved", True, False)]


def test_lesson_completed_twice_keeps_its_first_moment(learner, news):
    lesson = learner.enrolment.lessons()[0]
    first = complete_lesson(enrolment=learner.enrolment, lesson=lesson, at=AT, by=learner.user)
    again = complete_lesson(
        enrolment=learner.enrolment, lesson=lesson, at=AT + datetime.timedelta(days=1), by=learner.user
    )
    assert (again.pk, again.completed_at) == (first.pk, AT)
    assert news == [("moved", False, False)]


def test_stale_enrolment_does_not_train_a_second_time(learner, news):
    stale = Enrolment.objects.get(pk=learner.enrolment.pk)
    learner.finish_lessons()
    later = AT + datetime.timedelta(days=9)
    complete_lesson(enrolment=stale, lesson=stale.lessons()[0], at=later, by=learner.user)
    assert Enrolment.objects.get(pk=stale.pk).trained_on == factories.TODAY
    assert len(news) == 2


def test_lesson_of_another_course_is_refused_and_leaves_nothing(learner):
    other = factories.make_course()
    with pytest.raises(LearningRefused):
        open_lesson(enrolment=learner.enrolment, lesson=other.lessons.first(), at=AT, by=learner.user)
    assert not learner.enrolment.progress.exists()


def test_lesson_added_later_is_not_asked_of_who_began_before(learner):
    Lesson.objects.create(course=learner.world["course"], slug="later", order=9)
    learner.finish_lessons()
    assert learner.enrolment.trained_on == factories.TODAY


def test_failing_receiver_takes_the_lesson_back(learner):
    def refuse(sender, **kwargs):
        raise RuntimeError("no")

    learning_moved.connect(refuse)
    try:
        with pytest.raises(RuntimeError), transaction.atomic():
            complete_lesson(enrolment=learner.enrolment, lesson=learner.enrolment.lessons()[0], at=AT, by=learner.user)
    finally:
        learning_moved.disconnect(refuse)
    assert not learner.enrolment.progress.exists()
    assert Enrolment.objects.get(pk=learner.enrolment.pk).started_on is None


def test_quiz_is_refused_before_the_last_lesson(learner):
    with pytest.raises(LearningRefused):
        start(learner)
    assert not Attempt.objects.exists()


def test_quiz_without_questions_is_refused_with_words(learner):
    learner.finish_lessons()
    Question.objects.update(retired_on=factories.TODAY)
    with pytest.raises(LearningRefused):
        start(learner)
    assert not Attempt.objects.exists()


def test_course_without_lessons_is_its_quiz_alone(learner):
    Enrolment.objects.filter(pk=learner.enrolment.pk).update(lesson_ids=[])
    learner.enrolment.refresh_from_db()
    attempt = start(learner)
    answer_all(attempt)
    finish_attempt(attempt=attempt, at=AT, by=learner.user)
    assert Enrolment.objects.get(pk=learner.enrolment.pk).completed_on == factories.TODAY


def test_draw_takes_the_newest_version_and_only_tied_questions_of_today(learner):
    learner.finish_lessons()
    tied, gone, *_rest = Question.objects.order_by("pk")
    old = tied.versions.get()
    new = QuestionVersion.objects.create(
        question=tied, number=2, stem=old.stem, options=old.options, key=["b"], written_at=AT
    )
    gone.retired_on = factories.TODAY
    gone.save()
    untied = Question.objects.create(bank=tied.bank, competence="report")
    QuestionVersion.objects.create(question=untied, stem=old.stem, options=old.options, key=["a"], written_at=AT)
    drawn = {question.version for question in start(learner).questions.all()}
    assert len(drawn) == 3
    assert new in drawn
    assert not {version.question for version in drawn} & {gone, untied}


def test_second_start_gives_the_open_attempt(learner):
    learner.finish_lessons()
    first = start(learner, seed=1)
    assert start(learner, seed=2) == first
    assert Attempt.objects.count() == 1


def test_second_open_attempt_is_refused_by_the_database(learner):
    learner.finish_lessons()
    start(learner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(enrolment=learner.enrolment, number=2, opened_at=AT)


def test_start_after_passing_is_refused_even_with_a_stale_enrolment(learner):
    learner.finish_lessons()
    stale = Enrolment.objects.get(pk=learner.enrolment.pk)
    factories.learn(learner.enrolment)
    with pytest.raises(LearningRefused):
        start_attempt(enrolment=stale, at=AT, rng=random.Random(1))
    assert Attempt.objects.count() == 1


def test_failed_attempt_leaves_the_next_one_open_to_start(learner):
    learner.finish_lessons()
    attempt = start(learner)
    answer_all(attempt, "b")
    assert not finish_attempt(attempt=attempt, at=AT, by=learner.user).passed
    assert Enrolment.objects.get(pk=learner.enrolment.pk).passed_on is None
    assert start(learner).number == 2


@pytest.mark.parametrize(("position", "option"), [(1, "z"), (1, ""), (9, "a")])
def test_answer_that_was_not_offered_is_refused_and_the_old_one_stays(learner, position, option):
    learner.finish_lessons()
    attempt = start(learner)
    save_answer(attempt=attempt, position=1, answer="b", at=AT)
    with pytest.raises(LearningRefused):
        save_answer(attempt=attempt, position=position, answer=option, at=AT)
    assert attempt.questions.get(position=1).answer == "b"


def test_hand_in_with_a_gap_is_refused_and_the_attempt_stays_open(learner):
    learner.finish_lessons()
    attempt = start(learner)
    save_answer(attempt=attempt, position=1, answer="a", at=AT)
    with pytest.raises(LearningRefused):
        finish_attempt(attempt=attempt, at=AT, by=learner.user)
    assert Attempt.objects.get(pk=attempt.pk).closed_at is None
    assert not AttemptMark.objects.exists()


def test_hand_in_twice_gives_one_mark_one_entry_and_one_piece_of_news(learner, news):
    learner.finish_lessons()
    attempt = start(learner)
    answer_all(attempt)
    first = finish_attempt(attempt=attempt, at=AT, by=learner.user)
    again = finish_attempt(attempt=attempt, at=AT + datetime.timedelta(hours=1), by=learner.user)
    assert again == first
    assert (first.right, first.total, first.passed, first.percent) == (3, 3, True, 100)
    assert AuditEntry.objects.filter(verb="courses.finish_attempt").count() == 1
    assert news[-2:] == [("moved", True, True), ("completed", True, True)]
    assert news.count(("completed", True, True)) == 1


def test_answer_after_hand_in_is_refused_and_changes_nothing(learner):
    learner.finish_lessons()
    attempt = start(learner)
    answer_all(attempt)
    finish_attempt(attempt=attempt, at=AT, by=learner.user)
    with pytest.raises(AttemptClosed):
        save_answer(attempt=attempt, position=1, answer="b", at=AT)
    assert attempt.questions.get(position=1).answer == "a"


def test_percent_of_a_mark_is_never_rounded_up_to_the_pass_mark():
    assert AttemptMark(right=159, points=159, total=200, passed=False).percent == 79
    assert AttemptMark(right=0, points=0, total=0, passed=False).percent == 0


def test_enrol_continues_what_is_open_and_counts_what_is_recent(learner):
    course, person = learner.world["course"], learner.person
    assert enrol(person=person, course=course, day=factories.TODAY) == learner.enrolment
    factories.learn(learner.enrolment)
    assert enrol(person=person, course=course, day=factories.TODAY) == learner.enrolment
    tomorrow = factories.TODAY + datetime.timedelta(days=1)
    new = enrol(person=person, course=course, day=tomorrow, not_completed_before=tomorrow)
    assert (new.cycle, new.completed_on) == (2, None)
    assert enrol(person=person, course=course, day=tomorrow, not_completed_before=tomorrow) == new


def test_passing_the_course_certifies_who_has_signed(learner):
    factories.sign(learner.person)
    factories.learn(learner.enrolment)
    assert learner.person.certificates.count() == 1
