"""The pages of access: HR's slips on paper, the way from a slip to a password, the list of devices."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions.access_actions import forget_old_sessions, issue_activations
from institutions.access_forms import SlipsForm
from institutions.actions import open_account
from institutions.activation import grouped, new_code
from institutions.devices import device_of
from institutions.models import AccountSession, Activation, Institution, Role
from tests import factories

pytestmark = pytest.mark.django_db
DAY, NOW = factories.TODAY, factories.moment(hour=11)
DAYS = datetime.timedelta
PASSWORD = "a sentence only I know"
PHONE = "Mozilla/5.0 (Linux; Android 8.0.0; SM-J330F) AppleWebKit/537.36 Chrome/90.0.4430.82 Mobile Safari/537.36"


class Clock:
    now = NOW


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    Clock.now = NOW
    monkeypatch.setattr("django.utils.timezone.now", lambda: Clock.now)
    cache.clear()
    return Clock


@pytest.fixture
def school():
    ministry = factories.make_institution()
    department = factories.make_institution(ministry, Institution.Kind.DEPARTMENT)
    return factories.make_institution(department)


@pytest.fixture
def hr(school):
    return factories.make_role(Role.Kind.HR, school.get_parent()).user


@pytest.fixture
def clerk(client, hr):
    client.force_login(hr)
    return client


def officer(school, number="220001", password=None):
    post = factories.make_post(institution=school, staff_number=number, starts_on=DAY - DAYS(100))
    if password:
        open_account(username=number, password=password, person=post.person, at=NOW, by=None)
    return post.person


def slip_of(hr, person):
    scope = factories.scope_of(hr)
    return issue_activations(scope=scope, people=[person], seen_at=Clock.now, at=Clock.now, by=hr)[0]


def seen():
    return SlipsForm.seen_at(NOW - DAYS(0, 60))


# --- HR -------------------------------------------------------------------------------------------------------------


def test_a_clerk_sees_first_who_gets_a_slip_and_then_prints_them(clerk, school):
    people = [officer(school, str(100 + count)) for count in range(3)]
    page = clerk.get(reverse("institutions:access_list")).content.decode()
    assert all(str(person.pk) in page for person in people)
    check = clerk.post(reverse("institutions:access_check"), {"everybody": "yes"})
    assert len(check.context["given"]) == 3 and not Activation.objects.exists()
    keys = re.findall(r'name="people" value="(\d+)"', check.content.decode())
    paper = clerk.post(reverse("institutions:access_slips"), {"people": keys, "seen": seen()})
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    assert "no-store" in paper["Cache-Control"]
    assert Activation.objects.usable_at(NOW).count() == 3


def test_the_list_asks_as_often_for_three_as_for_one(clerk, school):
    officer(school, "100")
    address, counts = reverse("institutions:access_list"), []
    clerk.get(address)
    for more in (0, 2):
        for count in range(more):
            officer(school, str(200 + count))
        with CaptureQueriesContext(connection) as captured:
            clerk.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_check_says_who_gets_none_and_who_can_help(clerk, school):
    person = officer(school, password=PASSWORD)
    factories.make_role(Role.Kind.MONITOR, school, user=person.user)
    check = clerk.post(reverse("institutions:access_check"), {"people": [person.pk]})
    assert [access.person for access in check.context["refused"]] == [person]
    assert school.get_root().name in check.content.decode()


def test_a_stranger_gets_no_slip_by_number(clerk, school):
    stranger = officer(factories.make_institution(), "999")
    address = reverse("institutions:access_person", args=[stranger.pk])
    assert clerk.get(address).status_code == clerk.post(address).status_code == 404
    answer = clerk.post(reverse("institutions:access_slips"), {"people": [stranger.pk], "seen": seen()})
    assert answer.status_code == 302 and not Activation.objects.exists()
    assert clerk.post(reverse("institutions:access_check"), {"people": [stranger.pk]}).status_code == 302


@pytest.mark.parametrize("people", [[], ["x"], ["១"], ["9" * 40], ["-1"]])
def test_nonsense_makes_no_slip(clerk, school, people):
    answer = clerk.post(reverse("institutions:access_slips"), {"people": people, "seen": seen()})
    assert answer.status_code == 302 and not Activation.objects.exists()
    assert clerk.post(reverse("institutions:access_check"), {"people": people}).status_code == 302


def test_the_moment_of_the_page_cannot_be_forged(clerk, school):
    person = officer(school)
    answer = clerk.post(reverse("institutions:access_slips"), {"people": [person.pk], "seen": "2000-01-01T00:00:00Z"})
    assert answer.status_code == 302 and not Activation.objects.exists()


def test_a_slip_is_taken_back_on_the_persons_page(clerk, hr, school):
    person = officer(school)
    slip_of(hr, person)
    clerk.post(reverse("institutions:access_person", args=[person.pk]))
    assert not Activation.objects.usable_at(NOW).exists()


# --- from the slip to the password ----------------------------------------------------------------------------------


def try_slip(client, account, code="", token="", language="en"):
    data = {"account": account, "code": code, "token": token}
    return client.post(f"{reverse('institutions:activate')}?lang={language}", data)


def test_from_the_paper_to_the_first_page(client, hr, school):
    person = officer(school)
    slip = slip_of(hr, person)
    by_qr = client.get(reverse("institutions:activate_by_qr", args=[slip.token]))
    assert person.name not in by_qr.content.decode()
    answer = try_slip(client, "២២០០០១", token=slip.token)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert person.name_latin in page.content.decode()
    answer = client.post(answer["Location"], {"password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == reverse("start")
    person.refresh_from_db()
    assert client.session["_auth_user_id"] == str(person.user_id)
    assert client.get(reverse("institutions:activate_password")).status_code == 302


def test_typed_by_hand_it_is_the_same(client, hr, school):
    slip = slip_of(hr, officer(school))
    assert try_slip(client, "220001", code=grouped(slip.code).lower()).status_code == 302


def test_the_page_behind_a_qr_code_reads_nothing(client, hr, school):
    slip = slip_of(hr, officer(school))
    texts = []
    for token in (slip.token, "x" * 22):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("institutions:activate_by_qr", args=[token]))
        assert not [query for query in captured if "activation" in query["sql"]]
        texts.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode()).replace(token, ""))
    assert texts[0] == texts[1]


def test_unknown_wrong_used_replaced_and_expired_get_one_answer_for_the_same_work(client, hr, school):
    slips = {}
    for count, kind in enumerate(("used", "replaced", "expired", "wrong")):
        slips[kind] = slip_of(hr, officer(school, f"44000{count}"))
    Activation.objects.filter(pk=slips["used"].activation.pk).update(used_at=NOW)
    Activation.objects.filter(pk=slips["replaced"].activation.pk).update(revoked_at=NOW)
    tries = {kind: (slip.access.account_name, slip.code) for kind, slip in slips.items()}
    tries["wrong"] = (tries["wrong"][0], new_code())
    tries["unknown"] = ("999999", new_code())
    client.get(f"{reverse('institutions:activate')}?lang=en")
    answers, queries = {}, {}
    for kind, (account, code) in tries.items():
        Clock.now = NOW + (DAYS(14) if kind == "expired" else DAYS(0))
        with CaptureQueriesContext(connection) as captured:
            page = try_slip(client, account, code=code)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())
        answers[kind] = (page.status_code, text.replace(account, "").replace(code, ""))
        queries[kind] = [re.sub(r"'[^']*'", "?", query["sql"]) for query in captured]
    assert len(set(answers.values())) == 1 and answers["unknown"][0] == 400
    assert len({tuple(sql) for sql in queries.values()}) == 1
    assert len([sql for sql in queries["unknown"] if "activation" in sql]) == 1


def test_the_sixth_try_of_a_number_is_refused_even_with_the_right_code_known_or_not(client, hr, school):
    slip = slip_of(hr, officer(school))
    for account, code in (("220001", slip.code), ("999999", new_code())):
        for _time in range(5):
            assert try_slip(client, account, code=new_code()).status_code == 400
        assert try_slip(client, account, code=code).status_code == 429


def test_a_mistyped_code_costs_no_try(client, hr, school):
    slip = slip_of(hr, officer(school))
    for _time in range(8):
        assert try_slip(client, "220001", code=slip.code[:-1]).status_code == 400
    assert try_slip(client, "220001", code=slip.code).status_code == 302


def test_what_was_proved_is_forgotten_after_a_quarter_of_an_hour(client, hr, school):
    slip = slip_of(hr, officer(school))
    answer = try_slip(client, "220001", code=slip.code)
    Clock.now = NOW + DAYS(0, 16 * 60)
    assert client.get(answer["Location"]).status_code == 302
    assert Client().get(answer["Location"]).status_code == 302


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), ("2200012200", "2200012200"), (PASSWORD, "something else"), ("", "")]
)
def test_a_bad_password_leaves_the_slip_open(client, hr, school, password, again):
    slip = slip_of(hr, officer(school))
    answer = try_slip(client, "220001", code=slip.code)
    answer = client.post(answer["Location"], {"password": password, "again": again})
    assert answer.status_code == 400
    assert Activation.objects.usable_at(NOW).exists()


@pytest.mark.parametrize(("password", "status"), [("elevensigns", 400), ("ដប់មួយតួ ហើយ", 302), ("twelve signs", 302)])
def test_a_password_has_twelve_signs_of_any_script(client, hr, school, password, status):
    slip = slip_of(hr, officer(school))
    answer = try_slip(client, "220001", code=slip.code)
    address = answer["Location"].replace("lang=en", "lang=km")
    answer = client.post(address, {"password": password, "again": password})
    assert answer.status_code == status
    if status == 400:
        assert "ត្រូវមានយ៉ាងតិច ១២ តួអក្សរ" in answer.content.decode()


def test_a_reset_ends_the_sessions_from_before(client, hr, school):
    person = officer(school, password=PASSWORD)
    old = Client()
    old.force_login(person.user)
    assert old.get(reverse("certification:training")).status_code == 200
    slip = slip_of(hr, person)
    answer = try_slip(client, "220001", code=slip.code)
    client.post(answer["Location"], {"password": "another one entirely", "again": "another one entirely"})
    assert old.get(reverse("certification:training")).status_code == 302
    assert AccountSession.objects.of(person.user).count() == 1


def test_a_second_step_that_holds_is_asked_for_after_a_reset(client, hr, school):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    person = officer(school, password=PASSWORD)
    TOTP.activate(person.user, generate_totp_secret())
    slip = slip_of(hr, person)
    answer = try_slip(client, "220001", code=slip.code)
    answer = client.post(answer["Location"], {"password": "another one entirely", "again": "another one entirely"})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


# --- devices --------------------------------------------------------------------------------------------------------


def logged_in(user, agent=PHONE):
    client = Client(headers={"user-agent": agent})
    client.force_login(user)
    client.get(reverse("institutions:session_list"))
    return client


def test_a_person_sees_their_devices_and_ends_one(school):
    user = officer(school, password=PASSWORD).user
    here, there = logged_in(user), logged_in(user, "curl/8")
    page = here.get(reverse("institutions:session_list"))
    assert {one.device for one in page.context["sessions"]} == {"Chrome · Android", ""}
    other = AccountSession.objects.of(user).exclude(session_id=here.session.session_key).get()
    here.post(reverse("institutions:session_end", args=[other.pk]))
    assert there.get(reverse("institutions:session_list")).status_code == 302
    assert here.get(reverse("institutions:session_list")).status_code == 200


def test_nobody_ends_a_session_of_somebody_else(school, hr):
    mine, strange = logged_in(officer(school, password=PASSWORD).user), logged_in(hr)
    other = AccountSession.objects.of(hr).get()
    assert mine.post(reverse("institutions:session_end", args=[other.pk])).status_code == 404
    mine.post(reverse("institutions:session_end_others"))
    assert strange.get(reverse("institutions:session_list")).status_code == 200


def test_a_changed_password_leaves_this_device_only(school):
    user = officer(school, password=PASSWORD).user
    here, there = logged_in(user), logged_in(user)
    new = "another one entirely"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post(reverse("account_change_password"), data).status_code == 302
    page = here.get(reverse("institutions:session_list"))
    assert [one.session_id for one in page.context["sessions"]] == [here.session.session_key]
    assert there.get(reverse("institutions:session_list")).status_code == 302


def test_a_session_that_is_over_is_not_listed_and_goes_with_its_session(school):
    user = officer(school, password=PASSWORD).user
    here, _there = logged_in(user), logged_in(user)
    Session.objects.exclude(pk=here.session.session_key).update(expire_date=NOW - DAYS(1))
    assert len(here.get(reverse("institutions:session_list")).context["sessions"]) == 1
    assert forget_old_sessions(at=NOW) == 0  # a form that was typed into it may still ask for its owner
    assert forget_old_sessions(at=NOW + DAYS(0, 60)) == 1
    assert AccountSession.objects.of(user).count() == 1


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "Chrome · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari · iPhone"),
        ("<script>" * 100, ""),
    ],
)
def test_a_device_is_told_as_coarsely_as_its_owner_needs(agent, device):
    assert device_of(agent) == device


def test_a_password_that_is_too_short_is_refused_in_the_digits_of_the_page(client, hr, school):
    answer = try_slip(client, "220001", code=slip_of(hr, officer(school)).code, language="km")
    page = client.post(answer["Location"], {"password": "ខ្លី", "again": "ខ្លី"}).content.decode()
    assert "១២ តួអក្សរ" in page and "12 តួអក្សរ" not in page
