"""Refusing to sign: once, with a reason, seen by HR, cured by a signature, in nobody's way."""

import datetime
import threading
import time
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from certification.todo import tasks_of
from conduct_codes.actions import SigningRefused, refuse_to_sign
from conduct_codes.models import Refusal, SignOff, SignRequest
from institutions.models import AuditEntry, Role
from tests import factories
from tests.factories import TODAY, moment
from tests.racing import faults, together

DAY = datetime.timedelta(days=1)


@pytest.fixture
def world(db):
    return factories.make_bound_world()


@pytest.fixture
def asked(world):
    """The open request of an officer of the bound world's school, who has an account."""
    return request_in(world)


def request_in(world):
    person = factories.make_post(institution=world["school"]).person
    factories.give_account(person)
    return SignRequest.objects.select_related("person__user", "edition__code").get(person=person)


def refuse(request, reason="ខ្ញុំមិនយល់មាត្រា ៣", at=None):
    return refuse_to_sign(request=request, reason=reason, language="km", at=at or moment(), by=request.person.user)


def standing(day=TODAY):
    return [refusal.request for refusal in Refusal.objects.standing_on(day)]


def test_a_refusal_keeps_the_reason_the_post_and_the_moment(world, asked):
    refusal = refuse(asked, "  ហេតុផលរបស់ខ្ញុំ ")
    assert (refusal.reason, refusal.institution, refusal.refused_on) == ("ហេតុផលរបស់ខ្ញុំ", world["school"], TODAY)
    assert AuditEntry.objects.get(verb="conduct_codes.refuse").subject == f"person:{asked.person_id}"


def test_a_second_refusal_returns_the_first(asked):
    assert refuse(asked) == refuse(asked, "another")
    assert Refusal.objects.count() == 1


def test_a_later_signature_cures_it_and_the_refusal_stays(asked):
    refuse(asked, at=moment(TODAY, 9))
    assert standing() == [asked]
    factories.sign(asked.person)
    assert standing() == [] and Refusal.objects.count() == 1


def test_a_past_day_still_shows_what_stood_then(asked):
    refuse(asked)
    factories.sign(asked.person, TODAY + DAY)
    assert standing() == [asked] and standing(TODAY + DAY) == [] and standing(TODAY - DAY) == []


def test_what_cannot_be_refused(world, asked):
    others = [factories.make_user(), None]
    for by in others:
        with pytest.raises(SigningRefused):
            refuse_to_sign(request=asked, reason="x", language="km", at=moment(), by=by)
    with pytest.raises(SigningRefused):
        refuse(asked, " \n ")
    with pytest.raises(SigningRefused):
        refuse(asked, at=moment(TODAY - DAY))  # nobody had asked yet
    factories.sign(asked.person)
    with pytest.raises(SigningRefused):
        refuse(asked)
    assert not Refusal.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_refusal(asked, statement):
    refuse(asked)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(Refusal._meta.db_table))


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_refusals_at_once_leave_one_row():
    asked = request_in(factories.make_bound_world())
    results = together(*(partial(refuse, asked, reason) for reason in ("one", "two")))
    assert faults(results) == [] and Refusal.objects.count() == 1 and not SignOff.objects.exists()


def until_somebody_waits_for_us():
    """Return once another session waits for a row that this one holds."""
    blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(blocked)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("Nobody waited.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_refusal_that_waits_behind_a_signature_of_its_request_is_refused():
    asked, refused = request_in(factories.make_bound_world()), []

    def run():
        try:
            refuse(asked)
        except SigningRefused as error:
            refused.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        factories.sign(asked.person)  # not seen by anybody else yet
        thread.start()
        until_somebody_waits_for_us()
    thread.join(timeout=30)
    assert len(refused) == 1 and not Refusal.objects.exists() and SignOff.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_signature_that_waits_behind_a_refusal_cures_it_even_if_it_was_sent_first():
    asked, signed = request_in(factories.make_bound_world()), []

    def run():
        try:
            signed.append(factories.sign(asked.person))  # sent at ten
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        refuse(asked, at=moment(TODAY, 11))
        thread.start()
        until_somebody_waits_for_us()
    thread.join(timeout=30)
    assert len(signed) == 1 and standing() == [] and Refusal.objects.count() == 1


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def officer(client, asked, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(TODAY, 14))
    client.force_login(asked.person.user)
    return client


def words(response):
    return response.content.decode()


def test_the_officer_refuses_on_a_page_of_its_own_and_can_still_sign(officer, asked):
    address = f"/en/sign/{asked.pk}/refuse/"
    assert address in words(officer.get(f"/en/sign/{asked.pk}/"))
    page = words(officer.get(address))
    assert "Only the certificate waits" in page and page.count("btn-primary") == 1
    assert "Say why" in words(officer.post(address, {"reason": ""}))
    answer = officer.post(address, {"reason": "I do not understand article 3"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/en/sign/{asked.pk}/" and "You can still sign" in words(answer)
    assert "I do not understand article 3" in words(officer.get(address))
    factories.sign(asked.person)
    assert officer.get(address)["Location"] == f"/en/sign/{asked.pk}/"


def test_nothing_but_the_certificate_waits(officer, asked):
    refuse(asked)
    assert officer.get("/en/training/").status_code == 200
    enrolment = asked.person.enrolments.get()
    assert officer.get(f"/en/learn/{enrolment.pk}/l1/").status_code == 200


def test_another_persons_request_is_not_there(client, world, asked):
    client.force_login(request_in(world).person.user)
    assert client.get(f"/en/sign/{asked.pk}/refuse/").status_code == 404
    assert client.post(f"/en/sign/{asked.pk}/refuse/", {"reason": "x"}).status_code == 404


def test_hr_of_the_scope_reads_who_and_why_and_has_it_on_the_list_of_things_to_do(client, world, asked):
    refuse(asked, "my own reason")
    hr = factories.make_role(Role.Kind.HR, world["school"]).user
    client.force_login(hr)
    page = words(client.get("/en/refusals/"))
    assert asked.person.name_latin in page and "my own reason" in page
    waiting = {task.url: task.count for task in tasks_of(factories.scope_of(hr))}
    assert waiting["/en/refusals/"] == 1


def test_hr_of_another_place_and_the_person_concerned_do_not(client, world, asked):
    refuse(asked, "my own reason")
    factories.make_role(Role.Kind.HR, world["school"], user=asked.person.user)
    for user in (factories.make_role(Role.Kind.HR, factories.make_institution()).user, asked.person.user):
        client.force_login(user)
        assert "my own reason" not in words(client.get("/en/refusals/"))


def test_the_list_takes_as_many_queries_for_one_as_for_many(client, world, asked):
    refuse(asked)
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)

    def taken():
        with CaptureQueriesContext(connection) as queries:
            client.get("/en/refusals/")
        return len(queries)

    taken()
    before = taken()
    for _number in range(3):
        refuse(request_in(world))
    assert taken() == before
