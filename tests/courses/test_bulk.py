"""Bulk learning leaves the rows that the single actions leave, and is refused where those are."""

import datetime
from random import Random

import pytest

from courses import actions, bulk
from courses.models import Attempt, Course, Enrolment, Lesson
from institutions.models import Person
from tests import factories
from tests.rows import rows_made

pytestmark = pytest.mark.django_db
DAY = factories.TODAY


def days_on(count, hour=9):
    return factories.moment(DAY + datetime.timedelta(days=count), hour)


def make_learners(count=3):
    """A bound world of one course with two lessons, and the keys of the enrolments of so many people."""
    world = factories.make_bound_world()
    people = [factories.make_post(institution=world["school"]).person for _number in range(count)]
    for person in people:
        factories.give_account(person)
    keys = list(Enrolment.objects.filter(person__in=people).order_by("pk").values_list("pk", flat=True))
    return world, keys


def enrolment_of(key):
    return Enrolment.objects.select_related("person__user", "course").get(pk=key)


def test_places_equal_those_taken_one_by_one():
    world, keys = make_learners(4)
    for key, completed_on in zip(keys[1:3], (DAY, DAY - datetime.timedelta(days=90)), strict=True):
        Enrolment.objects.filter(pk=key).update(trained_on=DAY, passed_on=DAY, completed_on=completed_on)
    other = factories.make_course(lessons=3)
    since = DAY - datetime.timedelta(days=30)
    plan = [
        (enrolment_of(key).person_id, course.pk, before)
        for key in keys
        for course in (world["course"], other, other)
        for before in (since, None)
    ]

    def places():
        for person, course, before in plan:
            yield {
                "person": Person.objects.get(pk=person),
                "course": Course.objects.get(pk=course),
                "day": DAY,
                "not_completed_before": before,
            }

    given = []

    def one_by_one():
        given.append([facts_of(actions.enrol(**facts)) for facts in places()])

    def in_bulk():
        given.append([facts_of(row) for row in bulk.enrol_many(bulk.Place(**facts) for facts in places())])

    def facts_of(enrolment):
        return enrolment.person_id, enrolment.course_id, enrolment.cycle, enrolment.lesson_ids

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert given[0] == given[1]
    assert len(made["courses.Enrolment"]) == 5  # the other course for all, and a new cycle of what is too old


def test_lessons_equal_those_read_one_by_one():
    world, keys = make_learners(4)
    lessons = list(Lesson.objects.filter(course=world["course"]).order_by("order"))
    actions.complete_lesson(enrolment=enrolment_of(keys[3]), lesson=lessons[0], at=days_on(1), by=None)
    plan = [
        (keys[0], lessons[0], days_on(2), days_on(3)),
        (keys[0], lessons[1], days_on(4), days_on(5)),
        (keys[1], lessons[1], days_on(2), None),
        (keys[2], lessons[0], days_on(2), days_on(2, 10)),
        (keys[3], lessons[0], days_on(6), days_on(6)),
        (keys[3], lessons[1], days_on(6), days_on(7)),
    ]

    def one_by_one():
        for key, lesson, opened_at, completed_at in plan:
            enrolment = enrolment_of(key)
            user = enrolment.person.user
            actions.open_lesson(enrolment=enrolment, lesson=lesson, at=opened_at, by=user)
            if completed_at:
                actions.complete_lesson(enrolment=enrolment, lesson=lesson, at=completed_at, by=user)

    def in_bulk():
        bulk.read_lessons(
            bulk.LessonRead(
                enrolment=(enrolment := enrolment_of(key)),
                lesson=lesson,
                opened_at=opened_at,
                completed_at=completed_at,
                by=enrolment.person.user,
            )
            for key, lesson, opened_at, completed_at in plan
        )

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert sum(1 for row in made["courses.Enrolment"] if row["trained_on"]) == 2
    assert len(made["certification.Period"]) == 4


def test_lesson_of_another_course_is_refused():
    _world, keys = make_learners(1)
    lesson = Lesson.objects.filter(course=factories.make_course()).first()
    with pytest.raises(actions.LearningRefused):
        bulk.read_lessons([bulk.LessonRead(enrolment=enrolment_of(keys[0]), lesson=lesson, opened_at=days_on(1))])


def train(keys):
    for key in keys:
        enrolment = enrolment_of(key)
        for lesson in enrolment.lessons():
            actions.complete_lesson(enrolment=enrolment, lesson=lesson, at=days_on(1), by=None)


def answer(right):
    """All right, or all wrong, a minute a question."""

    def choose(row):
        option = "a" if right else "b"
        return option, days_on(2) + datetime.timedelta(minutes=row.position)

    return choose


def taken(key, number, right):
    enrolment = enrolment_of(key)
    return {
        "enrolment": enrolment,
        "opened_at": days_on(2),
        "closed_at": days_on(2, 10),
        "rng": Random(number),
        "answer": answer(right),
        "by": enrolment.person.user,
    }


def test_quizzes_equal_those_taken_one_by_one():
    _world, keys = make_learners(3)
    train(keys)
    first = bulk.QuizTaken(**taken(keys[1], 7, False))
    bulk.take_quizzes([first])
    results = [True, True, False]

    def one_by_one():
        for number, (key, right) in enumerate(zip(keys, results, strict=True)):
            facts = taken(key, number, right)
            enrolment, by = facts["enrolment"], facts["by"]
            attempt = actions.start_attempt(enrolment=enrolment, at=facts["opened_at"], rng=facts["rng"], by=by)
            for row in attempt.questions.order_by("position"):
                option, at = facts["answer"](row)
                actions.save_answer(attempt=attempt, position=row.position, answer=option, at=at)
            actions.finish_attempt(attempt=attempt, at=facts["closed_at"], by=by)

    def in_bulk():
        marks = bulk.take_quizzes(
            bulk.QuizTaken(**taken(key, number, right))
            for number, (key, right) in enumerate(zip(keys, results, strict=True))
        )
        assert [mark.passed for mark in marks] == results

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert sorted(row["number"] for row in made["courses.Attempt"]) == [1, 1, 2]
    assert len(made["courses.AttemptQuestion"]) == 9
    assert {row["completed_on"] for row in made["courses.Enrolment"]} == {DAY + datetime.timedelta(days=2)}


@pytest.mark.parametrize("why", ["lessons missing", "passed already", "attempt open", "option not offered"])
def test_no_quiz_is_taken_if_one_is_refused(why):
    _world, keys = make_learners(2)
    train(keys[:1] if why == "lessons missing" else keys)
    rows = [taken(key, 1, True) for key in keys]
    if why == "passed already":
        bulk.take_quizzes([bulk.QuizTaken(**taken(keys[1], 3, True))])
    elif why == "attempt open":
        actions.start_attempt(enrolment=enrolment_of(keys[1]), at=days_on(2), rng=Random(1))
    elif why == "option not offered":
        rows[1]["answer"] = lambda row: ("z", days_on(2))
    there = Attempt.objects.count()
    with pytest.raises(actions.LearningRefused):
        bulk.take_quizzes([bulk.QuizTaken(**facts) for facts in rows])
    assert Attempt.objects.count() == there


def test_number_of_queries_does_not_depend_on_the_number_of_learners(django_assert_max_num_queries):
    _world, keys = make_learners(6)
    train(keys)
    tries = [bulk.QuizTaken(**taken(key, 1, False)) for key in keys]
    with django_assert_max_num_queries(20):
        bulk.take_quizzes(tries)
