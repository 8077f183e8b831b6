"""Bulk certification leaves the rows that the single actions leave."""

import datetime
from random import Random

import pytest

from certification import actions, bulk
from certification.models import Certificate, Period, Requirement
from conduct_codes import actions as code_actions
from conduct_codes.bulk import Signature, sign_editions
from conduct_codes.models import SignRequest
from conduct_codes.rules import STATEMENTS
from courses import actions as course_actions
from courses.bulk import LessonRead, QuizTaken, read_lessons, take_quizzes
from courses.models import Enrolment
from institutions.models import Person
from tests import factories
from tests.rows import rows_made

pytestmark = pytest.mark.django_db
DAY = factories.TODAY


def days_on(count, hour=9):
    return factories.moment(DAY + datetime.timedelta(days=count), hour)


def make_people(world, count=3):
    people = [factories.make_post(institution=world["school"]).person for _number in range(count)]
    for person in people:
        factories.give_account(person)
    return [person.pk for person in people]


# --- one person after the other, and all at once --------------------------------------------------------------------


def sign_singly(keys, at):
    for request in SignRequest.objects.filter(person__in=keys, sign_off=None).order_by("pk"):
        text = code_actions.text_to_sign(request, language="km", day=at.date())
        code_actions.sign_edition(
            request=request, text_sha256=text.sha256, statements=list(STATEMENTS), at=at, by=request.person.user
        )


def sign_in_bulk(keys, at):
    requests = SignRequest.objects.filter(person__in=keys, sign_off=None).select_related("person__user", "edition")
    sign_editions(
        [
            Signature(
                request=request,
                text_sha256=code_actions.text_to_sign(request, language="km", day=at.date()).sha256,
                at=at,
                by=request.person.user,
            )
            for request in requests.order_by("pk")
        ]
    )


def open_enrolments(keys):
    rows = Enrolment.objects.open().filter(person__in=keys).select_related("person__user", "course")
    return rows.order_by("course", "pk")


def choose(row):
    return "a", days_on(0)


def learn_singly(keys, at):
    for enrolment in open_enrolments(keys):
        user = enrolment.person.user
        for lesson in enrolment.lessons():
            course_actions.complete_lesson(enrolment=enrolment, lesson=lesson, at=at, by=user)
        attempt = course_actions.start_attempt(enrolment=enrolment, at=at, rng=Random(enrolment.person_id), by=user)
        for row in attempt.questions.order_by("position"):
            option, answered_at = choose(row)
            course_actions.save_answer(attempt=attempt, position=row.position, answer=option, at=answered_at)
        course_actions.finish_attempt(attempt=attempt, at=at, by=user)


def learn_in_bulk(keys, at):
    for course in sorted({enrolment.course_id for enrolment in open_enrolments(keys)}):
        enrolments = list(open_enrolments(keys).filter(course=course))
        read_lessons(
            LessonRead(enrolment=each, lesson=lesson, opened_at=at, completed_at=at, by=each.person.user)
            for each in enrolments
            for lesson in each.lessons()
        )
        take_quizzes(
            QuizTaken(
                enrolment=each,
                opened_at=at,
                closed_at=at,
                rng=Random(each.person_id),
                answer=choose,
                by=each.person.user,
            )
            for each in enrolments
        )


# --- first periods --------------------------------------------------------------------------------------------------


def test_first_periods_equal_those_opened_one_by_one():
    world = factories.make_bound_world()
    people = make_people(world)
    extra = factories.make_requirement(world["code"], [world["course"], factories.make_course()])
    factories.certify(Person.objects.get(pk=people[0]))
    rows = [(people[0], world["requirement"].pk), *((person, extra.pk) for person in people)]

    def facts():
        for person, requirement in rows:
            yield {
                "person": Person.objects.get(pk=person),
                "requirement": Requirement.objects.select_related("code__owner").get(pk=requirement),
                "cycle": 1,
                "day": DAY + datetime.timedelta(days=5),
                "at": days_on(5),
                "by": None,
            }

    def one_by_one():
        for each in facts():
            actions.open_period(**each)

    made = rows_made(lambda: bulk.open_many_periods(bulk.NewPeriod(**each) for each in facts()))
    assert made == rows_made(one_by_one)
    assert len(made["certification.Period"]) == 3  # the first row is there already
    assert "conduct_codes.SignRequest" not in made  # asked for with the posts


def test_first_period_takes_up_what_was_done_and_issues_at_once():
    world = factories.make_bound_world()
    people = make_people(world, 2)
    for key in people:
        factories.certify(Person.objects.get(pk=key))
    extra = factories.make_requirement(world["code"], [world["course"]], expiry_basis="issue")

    def facts():
        for person in people:
            yield {
                "person": Person.objects.get(pk=person),
                "requirement": Requirement.objects.select_related("code__owner").get(pk=extra.pk),
                "cycle": 1,
                "day": DAY + datetime.timedelta(days=9),
                "at": days_on(9),
                "by": None,
            }

    def one_by_one():
        for each in facts():
            actions.open_period(**each)

    made = rows_made(lambda: bulk.open_many_periods(bulk.NewPeriod(**each) for each in facts()))
    assert made == rows_made(one_by_one)
    assert len(made["certification.Certificate"]) == 2


@pytest.mark.parametrize(
    ("rules", "bound"),
    [
        ([(1, "sector", "education"), (1, "contact", "no")], False),
        ([(1, "sector", "education"), (1, "contact", "yes")], True),
        ([(1, "sector", "health"), (2, "position", "teacher")], True),
        ([(1, "position", "judge")], False),
        ([], False),
    ],
)
def test_binding_says_what_the_database_says(rules, bound):
    world = factories.make_bound_world()
    requirement = factories.make_requirement(world["code"])
    requirement.rules.all().delete()
    for group, dimension, value in rules:
        requirement.rules.create(group=group, dimension=dimension, value=value)
    post = factories.make_post(institution=world["school"])
    binding = requirement in bulk.Binding().of_posts([post], DAY)
    assert binding is bound
    assert binding is (requirement in actions.requirements_binding(post.person, DAY))


def test_binding_ends_with_the_requirement():
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"])
    Requirement.objects.update(active_from=DAY, active_to=DAY)
    binding = bulk.Binding()
    assert [len(binding.of_posts([post], DAY + datetime.timedelta(days=days))) for days in (-1, 0, 1)] == [0, 1, 0]


# --- the whole line -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signs_first", [True, False])
def test_certificates_equal_those_earned_one_by_one(signs_first):
    world = factories.make_bound_world()
    factories.make_requirement(world["code"], [world["course"], factories.make_course()], validity_months=24)
    people = make_people(world)

    def one_by_one():
        steps = [sign_singly, learn_singly] if signs_first else [learn_singly, sign_singly]
        for number, step in enumerate(steps, start=2):
            step(people, days_on(number))

    def in_bulk():
        steps = [sign_in_bulk, learn_in_bulk] if signs_first else [learn_in_bulk, sign_in_bulk]
        for number, step in enumerate(steps, start=2):
            step(people, days_on(number))

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert len(made["certification.Certificate"]) == 6


def test_renewals_equal_those_opened_one_by_one_and_what_they_earn():
    world = factories.make_bound_world()
    people = make_people(world, 4)
    for number, key in enumerate(people[:3]):
        factories.certify(Person.objects.get(pk=key), DAY + datetime.timedelta(days=number))
    revoked = Certificate.objects.get(person=people[2])
    actions.change_certificate(certificate=revoked, kind="revoked", reason="x", at=days_on(20), by=None)
    day = Certificate.objects.get(person=people[1]).window_from
    at, passed = factories.moment(day), (day - DAY).days

    def one_by_one():
        actions.open_renewals(day=day, at=at, by=None)
        sign_singly(people[:2], days_on(passed + 2))
        learn_singly(people[:2], days_on(passed + 3))

    def in_bulk():
        bulk.open_many_renewals(bulk.Renewal(person=Person.objects.get(pk=key), day=day, at=at) for key in people)
        sign_in_bulk(people[:2], days_on(passed + 2))
        learn_in_bulk(people[:2], days_on(passed + 3))

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert {row["valid_until"] for row in made["certification.Certificate"]} == {
        DAY.replace(year=DAY.year + 2),
        DAY.replace(year=DAY.year + 2) + datetime.timedelta(days=1),
    }


def test_renewal_is_opened_once():
    world = factories.make_bound_world()
    (key,) = make_people(world, 1)
    certificate = factories.certify(Person.objects.get(pk=key))
    for passed in (-1, 0, 4):
        day = certificate.window_from + datetime.timedelta(days=passed)
        bulk.open_many_renewals([bulk.Renewal(person=certificate.person, day=day, at=factories.moment(day))])
        assert Period.objects.filter(cycle=2).count() == (passed >= 0)
