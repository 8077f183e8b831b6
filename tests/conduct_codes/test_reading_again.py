"""Asking people to read again: whom and why not, once, seen by the person asked, a job where they are many."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conduct_codes import actions
from conduct_codes.actions import AskingRefused, ask_to_read_again
from conduct_codes.models import SignRequest
from conduct_codes.readers import Readers, WhyNot
from conduct_codes.sign_figures import Law
from institutions import actions as register
from institutions.models import AuditEntry, Role
from jobs.models import Job
from tests import factories
from tests.factories import TODAY, moment
from tests.racing import at_once

DAY = datetime.timedelta(days=1)
READ_AGAIN = SignRequest.Cause.READ_AGAIN
ADDRESS = "/en/read-again/"


@pytest.fixture
def world(db):
    return factories.make_bound_world()


def signed_in(world, day=TODAY - 3 * DAY, **facts):
    """An officer of the school who signed on the day."""
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 9 * DAY, **facts).person
    factories.sign(person, day)
    return person


def ask(world, people, at=None, by=None, **facts):
    facts = {"reason": "មាត្រា ៣ ត្រូវបានបំពាន", "due_on": (at or moment()).date() + 9 * DAY, **facts}
    ids = [person.pk for person in people]
    return ask_to_read_again(people=ids, code=world["code"], at=at or moment(), by=by or factories.make_user(), **facts)


def open_on(person, day=TODAY):
    return SignRequest.objects.of(person).open_on(day)


# --- the action -----------------------------------------------------------------------------------------------------


def test_who_signed_is_asked_again_with_reason_and_day_and_it_is_recorded(world):
    person, hr = signed_in(world), factories.make_user()
    assert ask(world, [person], by=hr) == 1
    asked = open_on(person).get()
    assert (asked.cause, asked.cycle, asked.due_on, asked.asked_by) == (READ_AGAIN, 1, TODAY + 9 * DAY, hr)
    assert asked.reason == "មាត្រា ៣ ត្រូវបានបំពាន"
    entry = AuditEntry.objects.get(verb="conduct_codes.ask_to_read_again")
    assert (entry.subject, entry.actor, entry.institution) == (f"person:{person.pk}", hr, world["school"])
    assert asked.reason not in str(entry.facts)


def test_each_time_is_a_cycle_of_its_own_and_nobody_is_asked_twice_at_once(world):
    person = signed_in(world)
    assert [ask(world, [person]), ask(world, [person])] == [1, 0]
    factories.sign(person, TODAY + DAY)
    assert ask(world, [person], at=moment(TODAY + 2 * DAY)) == 1
    again = SignRequest.objects.of(person).filter(cause=READ_AGAIN).order_by("cycle")
    assert list(again.values_list("cycle", flat=True)) == [1, 2]


def test_why_somebody_is_not_asked(world):
    fine, open_now, today = signed_in(world), factories.make_post(institution=world["school"]).person, signed_in(world)
    gone, elsewhere = signed_in(world), factories.make_person()
    ask(world, [today], at=moment(TODAY - DAY))
    factories.sign(today, TODAY)
    register.end_post(post=gone.posts.get(), ends_on=TODAY - DAY, at=moment(), by=None)
    police = factories.make_position(factories.make_sector("police"), slug="constable")
    factories.make_post(elsewhere, institution=world["school"], position=police)
    people = [fine, open_now, today, gone, elsewhere]
    why = dict(Readers(Law(world["code"], TODAY)).among([each.pk for each in people]).values_list("pk", "why"))
    expected = ("", WhyNot.OPEN, WhyNot.TODAY, WhyNot.GONE, WhyNot.UNBOUND)
    assert why == {person.pk: reason for person, reason in zip(people, expected, strict=True)}
    assert ask(world, people) == 1 and open_on(fine).count() == 1


def test_without_a_reason_or_with_a_day_that_is_over_nobody_is_asked(world):
    person = signed_in(world)
    for facts in ({"reason": " \n"}, {"due_on": TODAY - DAY}):
        with pytest.raises(AskingRefused):
            ask(world, [person], **facts)
    factories.repeal(world["code"])
    with pytest.raises(AskingRefused):
        ask(world, [person])
    assert not SignRequest.objects.filter(cause=READ_AGAIN).exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"cause": "read-again", "reason": "", "by": True},
        {"cause": "read-again", "reason": "x", "by": False},
        {"cause": "renewal", "reason": "x", "by": False},
        {"cause": "renewal", "reason": "", "by": True},
    ],
)
def test_reason_and_who_asked_stand_exactly_where_somebody_asked_to_read_again(world, facts):
    by, person = factories.make_user() if facts.pop("by") else None, signed_in(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignRequest.objects.create(
            **facts, person=person, edition=world["edition"], cycle=7, asked_on=TODAY, due_on=TODAY, asked_by=by
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_who_ask_at_once_ask_once():
    world = factories.make_bound_world()
    person, by = signed_in(world), factories.make_user()
    asked = at_once(lambda _number: ask(world, [person], by=by), times=2)
    assert sorted(asked) == [0, 1] and SignRequest.objects.filter(cause=READ_AGAIN).count() == 1


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def hr(client, world, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(TODAY, 14))
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)
    return client


def form_of(people, **facts):
    facts = {"whom": "ticked", "reason": "A reason", "due_on": "2026-12-10", "token": str(uuid.uuid4()), **facts}
    return {"code": "education", "people": [person.pk for person in people], **facts}


def words(response):
    return response.content.decode()


def test_hr_ticks_sees_who_is_asked_and_who_not_and_asks(hr, world):
    fine, waiting = signed_in(world), factories.make_post(institution=world["school"]).person
    page = words(hr.get(ADDRESS))
    assert fine.name_latin in page and "Signed on 20 November 2026" in page and "Is asked already" in page
    form = form_of([fine, waiting])
    check = words(hr.post(ADDRESS, form))
    asked, others = check.split("1 person is not asked")
    assert "1 person is asked" in asked and fine.name_latin in asked and waiting.name_latin in others
    assert not SignRequest.objects.filter(cause=READ_AGAIN).exists()
    answer = hr.post(ADDRESS, {**form, "confirmed": "1"}, follow=True)
    assert "1 person is asked to read again." in words(answer)
    again = hr.post(ADDRESS, {**form, "confirmed": "1"}, follow=True)
    assert "Nobody was left to ask" in words(again)
    assert SignRequest.objects.filter(cause=READ_AGAIN).count() == 1


def test_the_person_reads_why_on_the_page_to_sign(hr, world, client):
    person = signed_in(world)
    hr.post(ADDRESS, {**form_of([person], reason="<b>Article 3</b>"), "confirmed": "1"})
    client.force_login(person.user)
    page = words(client.get(f"/en/sign/{open_on(person).get().pk}/"))
    assert "&lt;b&gt;Article 3" in page and "sign it by 10 December 2026" in page


def test_everybody_of_a_place_and_a_position_is_asked_and_nobody_else(hr, world):
    head = factories.make_position(factories.make_sector(), slug="head")
    heads, teacher = signed_in(world, position=head), signed_in(world)
    form = form_of([], whom="everybody", position="head", unit=world["school"].code, confirmed="1")
    hr.post(ADDRESS, form)
    assert open_on(heads).exists() and not open_on(teacher).exists()


def test_a_stranger_cannot_be_named(hr, world):
    stranger = factories.make_post().person
    for extra in ({}, {"confirmed": "1"}):
        assert hr.post(ADDRESS, {**form_of([signed_in(world), stranger]), **extra}).status_code == 404
    assert not SignRequest.objects.filter(cause=READ_AGAIN).exists()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"people": []}, "Tick at least one person"),
        ({"reason": " "}, "Each of them reads the reason."),
        ({"due_on": "2026-11-22"}, "Choose today or a day to come."),
        ({"due_on": "soon"}, "This is not a day."),
        ({"whom": "all"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(hr, world, facts, said):
    person = signed_in(world)
    page = words(hr.post(ADDRESS, {**form_of([person]), **facts, "confirmed": "1"}))
    assert said in page
    kept = [f'value="{person.pk}" id="p{person.pk}" checked'] if "people" not in facts else ["A reason"]
    assert [words for words in kept if words not in page] == []
    assert not SignRequest.objects.filter(cause=READ_AGAIN).exists()


def test_changing_something_brings_everything_back(hr, world):
    person = signed_in(world)
    page = words(hr.post(ADDRESS, {**form_of([person]), "change": "1"}))
    assert "A reason" in page and 'value="2026-12-10"' in page and f'id="p{person.pk}" checked' in page


def test_many_are_asked_by_a_job_and_a_page_sent_twice_makes_one(
    hr, world, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("conduct_codes.actions.reading_again.MOST_AT_ONCE", 1)
    monkeypatch.setattr("conduct_codes.tasks.A_BATCH", 1)
    people = [signed_in(world) for _each in range(3)]
    form = {**form_of(people), "confirmed": "1"}
    with django_capture_on_commit_callbacks(execute=True):
        answers = [hr.post(ADDRESS, form)["Location"] for _each in range(2)]
    job = Job.objects.get(kind=actions.READ_AGAIN_JOB)
    assert answers == [f"/en/jobs/{job.pk}/"] * 2 and (job.status, job.done) == (Job.Status.DONE, 3)
    assert [open_on(person).get().reason for person in people] == ["A reason"] * 3


def test_a_job_asks_nobody_whom_its_owner_does_not_see(world, django_capture_on_commit_callbacks):
    seen, stranger = signed_in(world), factories.make_post(starts_on=TODAY - 9 * DAY).person
    factories.sign(stranger, TODAY - 3 * DAY)
    owner = factories.make_role(Role.Kind.HR, world["school"]).user
    facts = {"reason": "x", "due_on": TODAY + DAY, "token": uuid.uuid4(), "at": moment(), "by": owner}
    with django_capture_on_commit_callbacks(execute=True), pytest.MonkeyPatch.context() as patch:
        patch.setattr("conduct_codes.actions.reading_again.MOST_AT_ONCE", 1)
        actions.request_reading(people=[seen.pk, stranger.pk], code=world["code"], **facts)
    assert open_on(seen).exists() and not open_on(stranger).exists()


def test_only_who_sees_names_may_ask(client, world):
    for kind in (Role.Kind.MONITOR, Role.Kind.ADOPTER):
        client.force_login(factories.make_role(kind, world["ministry"]).user)
        assert client.get(ADDRESS).status_code == client.post(ADDRESS, form_of([])).status_code == 404


def test_the_list_and_the_dry_run_take_as_many_queries_for_one_as_for_three(hr, world):
    taken = []
    for _size in (1, 3):
        people = [signed_in(world) for _each in range(1 if not taken else 2)]
        for call in (lambda: hr.get(ADDRESS), lambda: hr.post(ADDRESS, form_of([], whom="everybody"))):
            call()
            with CaptureQueriesContext(
                connection,
            ) as queries:
                call()
            taken.append(len(queries))
        assert people
    assert taken[:2] == taken[2:]
