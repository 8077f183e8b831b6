"""Item analysis: which tries are counted, where, before and after a day, and who may look."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.actions import regrade
from courses.item_analysis import Cut, ItemStudy, courses_of, days_of_change, first_tries, items_of
from courses.models import Attempt, Enrolment, Question, QuestionVersion
from institutions.models import Post, Role
from institutions.scope import Scope
from tests import factories

from .conftest import make_learner, words

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY


def learners(world, count, *, right, day=TODAY, institution=None):
    """So many people whose first try is all right or all wrong."""
    people = []
    for _each in range(count):
        person = factories.make_post(institution=institution or world["school"], starts_on=day).person
        factories.give_account(person)
        enrolment = Enrolment.objects.get(person=person, course=world["course"])
        factories.learn(enrolment, day, right=right, seed=len(people))
        people.append(person)
    return people


@pytest.fixture
def world(db):
    """A course in whose bank are three questions, all of which every quiz draws."""
    world = factories.make_bound_world()
    drawn = list(Question.objects.of_course(world["course"]).order_by("pk"))[3:]
    Question.objects.filter(pk__in=[question.pk for question in drawn]).update(
        retired_on=TODAY - datetime.timedelta(days=900)
    )
    return world


def scope_of(institution, kind=Role.Kind.TRAINER, day=TODAY):
    return Scope.for_user(factories.make_role(kind, institution).user, day)


def test_only_the_first_closed_try_counts_of_people_who_served_in_scope_on_that_day(world):
    scope = scope_of(world["school"])
    mine, other_school = learners(world, 2, right=True), factories.make_institution(world["ministry"])
    learners(world, 1, right=True, institution=other_school)
    assert first_tries(scope, world["course"]).count() == 2
    assert first_tries(scope_of(world["ministry"]), world["course"]).count() == 3
    Post.objects.filter(person=mine[0]).update(ends_on=TODAY)
    later = Scope(TODAY + datetime.timedelta(days=30), scope.grants, scope.user)
    assert first_tries(later, world["course"]).count() == 2, "who has left since still counts"
    Post.objects.filter(person=mine[1]).update(starts_on=TODAY + datetime.timedelta(days=1))
    assert first_tries(later, world["course"]).count() == 1, "who came after the try does not"
    assert not first_tries(scope_of(world["school"], Role.Kind.HR), world["course"]).exists()
    assert Attempt.objects.count() == 3


def test_questions_come_hardest_first_with_few_answers_last_and_split_before_and_after_a_day(world):
    earlier = TODAY - datetime.timedelta(days=20)
    learners(world, 6, right=False, day=earlier)
    learners(world, 4, right=True, day=earlier)
    learners(world, 12, right=True)
    scope = scope_of(world["ministry"])
    items = items_of(scope, world["course"], Cut(since=TODAY))
    asked = [item for item in items if item.figures.count]
    assert {item.figures.facility for item in asked} == {1.0}
    assert {item.earlier.facility for item in asked} == {0.4}
    assert {round(item.change, 6) for item in asked} == {0.6}
    never = [item for item in items if not item.figures.count]
    assert items == [*asked, *never]
    assert never
    assert never[0].change is None
    whole = items_of(scope, world["course"], Cut())
    assert whole[0].figures.facility == pytest.approx(16 / 22)
    assert whole[0].earlier is None


def test_a_regrade_counts_with_the_mark_that_holds_today(world):
    learners(world, 10, right=False)
    scope = scope_of(world["ministry"])
    question = Question.objects.of_course(world["course"]).order_by("pk").first()
    before = first_version = question.versions.get()
    QuestionVersion.objects.create(
        question=question,
        number=2,
        written_at=factories.moment(TODAY, 11),
        **{name: getattr(before, name) for name in ("type", "stem", "options", "details", "feedback")},
        key=["b"],
    )
    regrade(attempts=Attempt.objects.all(), reason="wrong key", at=factories.moment(TODAY, 12), by=scope.user)
    study = ItemStudy(scope, question)
    newest, first = study.versions
    assert (newest.figures.count, first.figures.count) == (0, 10)
    assert first.version == first_version
    assert TODAY in days_of_change(world["course"])


def test_sector_and_province_count_a_person_once_in_each_place(world):
    person = learners(world, 10, right=True)[0]
    other = factories.make_institution(world["ministry"], area=world["school"].area)
    factories.make_post(person=person, institution=other)
    question = Question.objects.of_course(world["course"]).order_by("pk").first()
    study = ItemStudy(scope_of(world["ministry"]), question)
    (sector, by_sector), *no_other = study.by_sector
    assert (by_sector.count, no_other) == (10, [])
    assert [found.count for _area, found in study.by_province] == [10]
    cut = Cut(sector=sector, province=study.by_province[0][0])
    assert first_tries(study.scope, world["course"], cut).count() == 10
    elsewhere = factories.make_area("11")
    assert not first_tries(study.scope, world["course"], Cut(province=elsewhere)).exists()


def test_the_number_of_queries_does_not_grow_with_questions_and_tries(world, client):
    trainer = factories.make_role("trainer", world["ministry"]).user
    client.force_login(trainer)
    address = reverse("courses:item_list", args=[world["course"].slug])
    counts = []
    for people in (1, 4):
        learners(world, people, right=True)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_pages_show_figures_in_both_languages_and_a_foreign_course_is_not_found(world, client):
    learners(world, 7, right=False)
    learners(world, 5, right=True)
    trainer = factories.make_role("trainer", world["ministry"]).user
    client.force_login(trainer)
    page = words(client.get(f"/en/questions/{world['course'].slug}/"))
    assert "41.7%" in page
    assert "៤១,៧%" in words(client.get(f"/km/questions/{world['course'].slug}/"))
    question = items_of(Scope.for_user(trainer, TODAY), world["course"], Cut())[0].question
    page = words(client.get(f"/en/questions/{world['course'].slug}/{question.pk}/"))
    assert "58.3%" in page, "what was chosen instead"
    sector = factories.make_course(sector=factories.make_sector("police"))
    assert sector not in courses_of(Scope.for_user(trainer, TODAY))
    assert client.get(f"/en/questions/{sector.slug}/").status_code == 404
    foreign = Question.objects.of_course(sector).first()
    assert client.get(f"/en/questions/{world['course'].slug}/{foreign.pk}/").status_code == 404


def test_a_wrong_day_or_a_foreign_sector_is_refused_in_words_and_the_rest_is_shown(world, client):
    client.force_login(factories.make_role("trainer", world["ministry"]).user)
    response = client.get(f"/en/questions/{world['course'].slug}/?since=2999-01-01&sector=nobodys")
    assert response.status_code == 400
    assert "Choose today or a day that has been." in words(response)
    assert "Nobody of yours serves in this sector." in words(response)


def test_an_hr_clerk_does_not_see_the_keys(client):
    learner = make_learner()
    client.force_login(factories.make_role("hr", learner.world["school"]).user)
    assert client.get(f"/en/questions/{learner.world['course'].slug}/").status_code == 404
