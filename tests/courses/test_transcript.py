"""The transcript of a person's learning: what it tells, to whom, and until when."""

import datetime

import pytest
from django.utils.translation import override

from courses.actions import enrol
from courses.session_actions import close_roll, decide_prior_learning, take_roll
from courses.transcript import transcript_of
from institutions.models import AuditEntry, Post
from institutions.scope import Scope
from tests import factories

from .conftest import make_learner

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def sections(scope, person, language="en"):
    with override(language):
        return {section.title: section.rows for section in transcript_of(scope, person).sections}


def own_scope(person):
    return Scope.for_user(person.user, factories.TODAY)


@pytest.fixture
def certified(learner):
    """A learner with one failed and one passed attempt, a signature and a certificate."""
    factories.learn(learner.enrolment, right=False)
    factories.learn(learner.enrolment, seed=2)
    factories.sign(learner.person)
    return learner


def test_person_reads_courses_lessons_attempts_and_certificates(certified):
    found = sections(own_scope(certified.person), certified.person)
    course = certified.world["course"].name_latin
    assert [row[0] for row in found["Courses"]] == [course]
    assert "–" not in found["Courses"][0]
    assert [row[1] for row in found["Lessons read"]] == ["Lesson l1", "Lesson l2"]
    assert [row[-1] for row in found["Quizzes"]] == ["Not passed", "Passed"]
    assert [row[0] for row in found["Certificates"]] == [certified.person.certificates.get().serial]


def test_session_and_accepted_earlier_learning_stand_there_and_undecided_does_not(learner):
    world, person = learner.world, learner.person
    trainer = factories.make_trainer(world["school"])
    seat = factories.make_seat(
        person=person,
        course=world["course"],
        institution=world["school"],
        session=factories.make_session(course=world["course"], institution=world["school"], trainer=trainer),
    )
    take_roll(session=seat.session, present=[seat.pk], method="tick", at=factories.moment(hour=9), by=None)
    close_roll(session=seat.session, at=factories.moment(hour=11), by=None)
    waiting, accepted = (factories.make_prior_learning(person=person) for _number in range(2))
    decide_prior_learning(claim=accepted, accepted=True, reason="", at=factories.moment(), by=factories.make_user())
    found = sections(own_scope(person), person)
    assert [row[0] for row in found["Sessions attended"]] == [world["course"].name_latin]
    assert [row[0] for row in found["Earlier learning"]] == [accepted.enrolment.course.name_latin]
    assert waiting.enrolment.course.name_latin not in str(found["Earlier learning"])


def test_hr_unit_reads_nothing_that_came_after_the_person_left(certified, client):
    left = factories.TODAY - DAY
    Post.objects.filter(person=certified.person).update(starts_on=left - DAY, ends_on=left)
    scope = Scope.for_user(factories.make_role(institution=certified.world["ministry"]).user, factories.TODAY)
    assert "Quizzes" not in sections(scope, certified.person)
    assert "Certificates" not in sections(scope, certified.person)
    assert "Quizzes" in sections(own_scope(certified.person), certified.person)


def test_hr_unit_does_not_learn_of_a_post_elsewhere_by_its_courses(certified):
    other = factories.make_sector("health")
    elsewhere = factories.make_course(sector=other)
    enrol(person=certified.person, course=elsewhere, day=factories.TODAY)
    scope = Scope.for_user(factories.make_role(institution=certified.world["ministry"]).user, factories.TODAY)
    assert elsewhere.name_latin not in str(sections(scope, certified.person))
    assert elsewhere.name_latin in str(sections(own_scope(certified.person), certified.person))


def test_own_transcript_is_a_pdf_that_no_cache_keeps(client, certified):
    client.force_login(certified.user)
    for language in ("km", "en"):
        answer = client.get(f"/{language}/transcript/")
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert "no-store" in answer["Cache-Control"]
    assert not AuditEntry.objects.filter(verb="courses.print_transcript").exists()


def test_hr_unit_prints_that_of_its_people_and_it_is_in_the_record(client, certified):
    role = factories.make_role(institution=certified.world["ministry"])
    client.force_login(role.user)
    url = f"/en/transcript/{certified.person.pk}/"
    assert client.get(url).content.startswith(b"%PDF")
    assert AuditEntry.objects.get(verb="courses.print_transcript").actor == role.user
    assert f'href="{url}"' in client.get(f"/en/people/{certified.person.pk}/").content.decode()


def test_transcript_of_a_stranger_is_not_there(client, certified):
    stranger = make_learner()
    url = f"/en/transcript/{stranger.person.pk}/"
    client.force_login(certified.user)
    assert client.get(url).status_code == 404
    client.force_login(factories.make_role(institution=certified.world["ministry"]).user)
    assert client.get(url).status_code == 404
    assert client.get("/en/transcript/").status_code == 404  # an account without a person of its own


def test_transcript_of_who_has_learned_nothing_says_so(client, db):
    person = factories.make_person()
    client.force_login(factories.give_account(person))
    assert sections(own_scope(person), person) == {}
    assert client.get("/en/transcript/").content.startswith(b"%PDF")


def test_transcript_takes_the_same_queries_for_one_course_and_for_three(learner, django_assert_max_num_queries):
    counts = []
    for more in (0, 2):
        for _number in range(more):
            factories.learn(enrol(person=learner.person, course=factories.make_course(), day=factories.TODAY))
        scope = own_scope(learner.person)
        with django_assert_max_num_queries(20) as asked:
            sections(scope, learner.person)
        counts.append(len(asked))
    assert counts[0] == counts[1]
