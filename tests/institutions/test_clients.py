"""Other systems: what a token opens, until when, and how it is taken back."""

import datetime

import pytest
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from institutions import client_auth
from institutions.actions import RegisterRefused
from institutions.client_actions import LONGEST, renew_client, revoke_client
from institutions.client_tokens import prefix_of, print_of
from institutions.models import ApiClient, AuditEntry, Person, User
from institutions.scope import Scope
from tests import factories

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = factories.TODAY


@pytest.fixture(autouse=True)
def _a_day_that_stands_still(monkeypatch):
    cache.clear()
    monkeypatch.setattr(timezone, "now", factories.moment)


@pytest.fixture
def made():
    return factories.make_client()


def ask(token, **headers):
    return factories.Machine(token, **headers).get("/client")


# --- the token ------------------------------------------------------------------------------------------------------


def test_a_token_opens_the_interface_and_says_whose_it_is(made):
    answer = ask(made.token)
    assert answer.status_code == 200
    assert answer.json()["reference"] == made.client.reference
    assert answer.json()["institution"] == made.client.institution.code
    assert "no-store" in answer["Cache-Control"]


def test_only_a_fingerprint_of_the_token_is_kept(made):
    kept = str(ApiClient.objects.values().get())
    assert made.token not in kept and made.token.rpartition("_")[2] not in kept
    assert made.client.token_print == print_of(made.token) and prefix_of(made.token) == made.client.token_prefix
    assert made.token not in repr(made)


def test_what_is_no_good_token_gets_one_answer(made):
    token = made.token
    over = factories.make_client(expires_on=TODAY)
    ApiClient.objects.filter(pk=over.client.pk).update(expires_on=TODAY - DAY)
    revoked = factories.make_client()
    revoke_client(client=revoked.client, at=factories.moment(), by=None)
    wrong = [token[:-1] + ("A" if token[-1] != "A" else "B"), "", "x", token + "x", over.token, revoked.token]
    wrong += ["conduct_" + "0" * 12 + "_" + "A" * 43, "\u1781" * 4, token.upper()]
    said = [ask(each, **{"Accept-Language": "en"}) for each in wrong]
    assert {answer.status_code for answer in said} == {401}
    assert len({answer.content for answer in said}) == 1
    assert {answer["WWW-Authenticate"] for answer in said} == {"Bearer"}


def test_the_last_day_is_a_day_on_which_it_opens(monkeypatch):
    made = factories.make_client(expires_on=TODAY + DAY)
    monkeypatch.setattr(timezone, "now", lambda: factories.moment(TODAY + DAY, hour=23))
    assert ask(made.token).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: factories.moment(TODAY + 2 * DAY, hour=0))
    assert ask(made.token).status_code == 401


def test_a_client_that_is_revoked_between_two_requests_gets_nothing_at_the_second(made):
    machine = factories.Machine(made.token)
    assert machine.get("/client").status_code == 200
    assert revoke_client(client=made.client, at=factories.moment(), by=None)
    assert machine.get("/client").status_code == 401
    assert not revoke_client(client=made.client, at=factories.moment(), by=None)


def test_a_new_token_ends_the_old_one(made):
    fresh = renew_client(client=made.client, expires_on=TODAY + 10 * DAY, at=factories.moment(), by=None)
    assert ask(made.token).status_code == 401
    assert ask(fresh.token).json()["expires_on"] == (TODAY + 10 * DAY).isoformat()


def test_a_revoked_client_is_not_renewed(made):
    revoke_client(client=made.client, at=factories.moment(), by=None)
    with pytest.raises(RegisterRefused):
        renew_client(client=made.client, expires_on=TODAY, at=factories.moment(), by=None)


@pytest.mark.parametrize("last_day", [TODAY - DAY, TODAY + LONGEST + DAY])
def test_a_token_lives_a_year_at_most_and_never_begins_ended(last_day):
    with pytest.raises(RegisterRefused):
        factories.make_client(expires_on=last_day)


def test_a_client_may_something():
    with pytest.raises(RegisterRefused):
        factories.make_client(may_read=False, may_push=False)
    made = factories.make_client()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiClient.objects.filter(pk=made.client.pk).update(may_read=False, may_push=False)


def test_every_change_of_access_is_on_record(made):
    by = factories.make_user()
    renew_client(client=made.client, expires_on=TODAY, at=factories.moment(), by=by)
    revoke_client(client=made.client, at=factories.moment(), by=by)
    entries = AuditEntry.objects.filter(subject=made.client.reference, institution=made.client.institution)
    verbs = ["institutions.create_client", "institutions.renew_client", "institutions.revoke_client"]
    assert sorted(entries.values_list("verb", flat=True)) == verbs


def test_the_day_of_the_last_use_is_written_once_a_day(made, django_assert_num_queries):
    machine = factories.Machine(made.token)
    with django_assert_num_queries(2):
        machine.get("/client")
    with django_assert_num_queries(1):
        machine.get("/client")
    assert ApiClient.objects.get().last_used_on == TODAY


# --- what else does not open it ------------------------------------------------------------------------------------


def test_a_session_alone_opens_nothing(client):
    client.force_login(factories.make_role("registrar").user)
    assert client.get("/api/v1/client").status_code == 401


def test_a_session_beside_a_token_adds_nothing(made):
    machine = factories.Machine(made.token)
    machine.client.force_login(factories.make_user(is_superuser=True))
    assert machine.get("/client").json()["reference"] == made.client.reference


def test_the_second_step_does_not_stand_before_the_interface(made, settings):
    settings.CONDUCT_MFA_ROLES = ["registrar"]
    machine = factories.Machine(made.token)
    machine.client.force_login(factories.make_role("registrar").user)
    assert machine.get("/client").status_code == 200


def test_nobody_logs_in_as_a_client(made, client):
    user = made.client.user
    assert not user.is_active and not user.has_usable_password()
    assert Scope.for_user(user, TODAY).grants == ()
    assert authenticate(username=user.username, password="") is None
    answer = client.post(reverse("account_login"), {"login": user.username, "password": made.token})
    assert answer.status_code == 200 and "_auth_user_id" not in client.session
    client.force_login(user)
    assert client.get(reverse("start")).status_code == 302 and "/account/login/" in client.get(reverse("start")).url


# --- scope ----------------------------------------------------------------------------------------------------------


def test_a_client_sees_the_people_below_its_institution_and_no_others():
    ministry = factories.make_institution()
    mine, beside = (factories.make_institution(ministry, "department") for _number in range(2))
    seen = factories.make_post(institution=factories.make_institution(mine)).person
    factories.make_post(institution=factories.make_institution(beside))
    factories.make_post()
    scope = Scope.for_client(factories.make_client(mine).client, TODAY)
    assert list(Person.objects.visible_to(scope)) == [seen]
    assert list(Person.objects.visible_to(Scope.for_client(factories.make_client(beside).client, TODAY))) != [seen]


def test_a_client_that_is_over_or_revoked_sees_nobody(made):
    factories.make_post(institution=made.client.institution)
    made.client.expires_on = TODAY - DAY
    assert not Person.objects.visible_to(Scope.for_client(made.client, TODAY)).exists()
    made.client.expires_on, made.client.revoked_at = TODAY, factories.moment()
    assert not Person.objects.visible_to(Scope.for_client(made.client, TODAY)).exists()


# --- limits ---------------------------------------------------------------------------------------------------------


def test_a_client_that_asks_too_often_is_told_when_to_come_again(made, monkeypatch):
    monkeypatch.setattr(client_auth, "LIMITS", {"address": "100/m/ip", "client": "2/m/key"})
    assert [ask(made.token).status_code for _number in range(3)] == [200, 200, 429]
    answer = ask(made.token)
    assert answer["Retry-After"] == "60" and answer.json()["error"]["code"] == "too_many_requests"
    assert ask(factories.make_client().token).status_code == 200


def test_an_address_that_guesses_is_stopped_whatever_it_sends(made, monkeypatch):
    monkeypatch.setattr(client_auth, "LIMITS", {"address": "2/m/ip", "client": "100/m/key"})
    assert [ask("wrong").status_code for _number in range(3)] == [401, 401, 429]


# --- what the framework says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/", "/docs", "/client/", "/nothing", "/../v2/x"])
def test_what_is_not_there_is_said_in_json(made, path):
    answer = factories.Machine(made.token).get(path)
    assert answer.status_code == 404 and answer.json()["error"]["code"] == "not_found"


def test_a_method_that_is_not_taken_is_said_in_json(made):
    answer = factories.Machine(made.token).post("/client", {})
    assert answer.status_code == 405 and answer.json()["error"]["code"] == "method_not_allowed"
    assert answer["Allow"] == "GET"


def test_answers_are_in_the_language_that_is_asked_for(made):
    words = {
        asked: factories.Machine("x", **{"Accept-Language": asked}).get("/client").json()["error"]["message"]
        for asked in ("en", "km", "km-KH,en;q=0.5", "fr", "en-GB")
    }
    assert words["en"] == words["en-GB"] != words["km"] == words["km-KH,en;q=0.5"] == words["fr"]


def test_the_description_is_public_and_names_only_our_operations(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert all(operation["security"] for operation in operations)
    assert not any("wagtail" in str(operation).lower() for operation in operations)
    assert User.objects.count() == 0
