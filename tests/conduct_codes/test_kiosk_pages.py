"""The pages of a shared device: the clerk is gone from it, nothing of a person is left, nobody learns who exists."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conduct_codes.kiosk_device import DEVICE, TURN
from conduct_codes.models import Kiosk, SigningPin, SignOff
from conduct_codes.rules import STATEMENTS
from institutions.models import Role
from tests import factories
from tests.factories import TODAY, moment


@pytest.fixture
def clock(monkeypatch):
    """The hour of the day that the pages read."""
    now = {"at": moment(TODAY, 9)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: now["at"])
    return now


@pytest.fixture
def world(db, clock):
    world = factories.make_bound_world()
    world["clerk"] = factories.make_role(Role.Kind.HR, world["school"]).user
    world["person"] = factories.make_post(institution=world["school"], staff_number="123A").person
    world["digits"] = factories.issue_pin(world["person"], at=moment())
    return world


@pytest.fixture
def device(world):
    """A browser at which the clerk has opened a device for four hours."""
    client = Client()
    client.force_login(world["clerk"])
    answer = client.post("/en/kiosks/open/", {"unit": world["school"].code, "code": "education", "hours": "4"})
    assert answer["Location"] == "/en/kiosk/"
    return client


def words(response):
    return response.content.decode()


def begin(device, number="123A"):
    answer = device.post("/en/kiosk/", {"number": number})
    assert answer["Location"] == "/en/kiosk/read/"
    return words(device.get("/en/kiosk/read/"))


def sign(device, page, digits, statements=STATEMENTS):
    sha256 = re.search(r'name="text_sha256" value="([0-9a-f]{64})"', page).group(1)
    facts = {"text_sha256": sha256, "statements": list(statements), "digits": digits}
    return device.post("/en/kiosk/read/", facts, follow=True)


def test_opening_logs_the_clerk_out_on_that_device(device, world):
    kiosk = Kiosk.objects.get()
    assert (kiosk.unit, kiosk.opened_by) == (world["school"], world["clerk"])
    for path in ("/en/kiosks/", "/en/people/", "/en/unsigned/", "/en/personal-codes/"):
        assert "/account/login/" in device.get(path)["Location"]
    cookie = device.cookies[DEVICE]
    assert cookie["httponly"] and cookie["samesite"] == "Strict"
    page = words(device.get("/en/kiosk/"))
    assert world["clerk"].username not in page and "Log out" not in page


def test_one_person_after_the_other_signs_and_nothing_of_them_is_left(device, world):
    page = begin(device)
    assert "Article 2." in page and world["person"].name_latin not in page
    answer = sign(device, page, world["digits"])
    assert answer.redirect_chain[-1][0] == "/en/kiosk/signed/" and "Next person" in words(answer)
    sign_off = SignOff.objects.get()
    assert (sign_off.person, sign_off.method, sign_off.kiosk) == (world["person"], "kiosk", Kiosk.objects.get())
    left = {name: cookie.value for name, cookie in device.cookies.items() if cookie.value}
    assert set(left) <= {DEVICE, "csrftoken", "conduct_language"}
    for path in ("/en/kiosk/", "/en/kiosk/signed/"):
        page = words(device.get(path))
        assert not {"123A", world["person"].name_latin, sign_off.receipt} & set(re.findall(r"[\w]+|Sok Chan \d+", page))
    assert device.get("/en/kiosk/read/")["Location"] == "/en/kiosk/"


def test_no_form_is_answered_with_a_page_that_the_browser_would_send_again(device, world):
    page = begin(device)
    for digits, statements in (("135790", STATEMENTS), ("12", STATEMENTS), (world["digits"], ["read"])):
        facts = {"text_sha256": "x", "statements": list(statements), "digits": digits}
        assert device.post("/en/kiosk/read/", facts).status_code == 302
    assert world["digits"] not in device.cookies[TURN].value and page


def test_a_wrong_try_says_so_keeps_the_ticks_and_never_the_digits(device, world):
    page = words(sign(device, begin(device), "135790"))
    assert "personal code is not right" in page and page.count("checked") == 3 and "135790" not in page
    assert "six digits of your personal code" in words(sign(device, page, "12"))
    page = words(sign(device, page, world["digits"], ["read"]))
    assert "Tick every statement" in page and page.count("checked") == 1
    assert SigningPin.objects.get().wrong_tries == 1 and not SignOff.objects.exists()


def test_an_unknown_number_sees_the_same_pages(device):
    known, unknown = begin(device), begin(device, "0000X")
    bare = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|123A|0000X')
    assert bare.sub("", known) == bare.sub("", unknown)
    answers = [bare.sub("", words(sign(device, begin(device, number), "135790"))) for number in ("123A", "0000X")]
    assert answers[0] == answers[1]


def test_a_newer_text_is_read_before_it_is_signed(device, world):
    page = begin(device)
    factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    page = words(sign(device, page, world["digits"]))
    assert "A newer text has come into force" in page and "checked" not in page and not SignOff.objects.exists()
    sign(device, page, world["digits"])
    assert SignOff.objects.get().edition.number == 2


def test_the_time_ends_it_and_so_do_the_button_and_the_clerk_from_afar(device, client, world, clock):
    begin(device)
    clock["at"] = moment(TODAY, 13)
    page = words(device.get("/en/kiosk/read/"))
    assert "takes no more signatures" in page and not device.cookies[DEVICE].value
    assert device.get("/en/kiosk/").status_code == 404
    client.force_login(world["clerk"])
    client.post("/en/kiosks/open/", {"unit": world["school"].code, "hours": "1"})
    assert "takes no more signatures" in words(client.post("/en/kiosk/end/"))
    assert Kiosk.objects.first().closed_at == clock["at"]
    other = Client()
    other.force_login(world["clerk"])
    other.post("/en/kiosks/open/", {"unit": world["school"].code, "hours": "1"})
    client.force_login(world["clerk"])
    page = words(client.get("/en/kiosks/"))
    assert "Open until" in page
    client.post(f"/en/kiosks/{Kiosk.objects.first().pk}/close/")
    assert Kiosk.objects.first().closed_by == world["clerk"]
    assert "takes no more signatures" in words(other.get("/en/kiosk/"))


def test_elsewhere_and_with_a_forged_cookie_there_is_no_such_page(client, world, device):
    for path in ("/en/kiosk/", "/en/kiosk/read/", "/en/kiosk/signed/"):
        assert client.get(path).status_code == 404
        client.cookies[DEVICE] = "e30:1tabcd:AAAA"
        assert client.get(path).status_code == 404
    assert client.post("/en/kiosk/end/").status_code == 404
    # One device's cookie does not serve as a turn, nor the other way round.
    device.cookies[TURN] = device.cookies[DEVICE].value
    assert device.get("/en/kiosk/read/")["Location"] == "/en/kiosk/"


def test_an_account_that_somebody_opens_at_the_device_ends_with_the_next_page_of_it(device, world):
    device.force_login(world["clerk"])
    device.get("/en/kiosk/")
    assert "/account/login/" in device.get("/en/kiosks/")["Location"]


def test_hr_opens_devices_only_in_its_own_institutions(client, world):
    stranger = factories.make_role(Role.Kind.HR, factories.make_institution()).user
    kiosk = factories.make_kiosk(world["school"], world["code"], by=world["clerk"])
    client.force_login(stranger)
    answer = client.post("/en/kiosks/open/", {"unit": world["school"].code, "hours": "4"})
    assert answer.status_code == 400 and Kiosk.objects.count() == 1
    assert client.post(f"/en/kiosks/{kiosk.pk}/close/").status_code == 404
    assert world["school"].name_latin not in words(client.get("/en/kiosks/"))
    assert world["person"].name_latin not in words(client.get(f"/en/personal-codes/?unit={world['school'].code}"))
    client.force_login(world["clerk"])
    for hours in ("0", "13", "x", ""):
        answer = client.post("/en/kiosks/open/", {"unit": world["school"].code, "hours": hours})
        assert answer.status_code == 400 and 'id="id_hours"' in words(answer)


def test_slips_are_a_file_once_and_only_for_the_own_people(client, world):
    client.force_login(world["clerk"])
    address = f"/en/personal-codes/?unit={world['school'].code}"
    outsider = factories.make_post().person
    assert "Tick at least one" in words(client.post(address, {"people": [outsider.pk]}))
    before = SigningPin.objects.live().get()
    answer = client.post(address, {"people": [world["person"].pk]})
    assert answer["Content-Type"] == "application/pdf" and answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"] and answer.content.startswith(b"%PDF-")
    assert SigningPin.objects.live().get() != before and SigningPin.objects.count() == 2
    SigningPin.objects.live().update(wrong_tries=5)
    assert "Locked after five" in words(client.get(address))


def test_a_second_click_does_not_void_the_slips_of_the_first(client, world):
    client.force_login(world["clerk"])
    address = f"/en/personal-codes/?unit={world['school'].code}"
    newcomer = factories.make_post(institution=world["school"]).person
    typed = {"people": [newcomer.pk], "seen": client.get(address).context["seen"]}
    assert client.post(address, typed)["Content-Type"] == "application/pdf"
    codes = SigningPin.objects.live().filter(person=newcomer)
    issued = codes.get()
    again = client.post(address, typed)
    assert again.status_code == 400 and "made a moment ago" in words(again)
    assert codes.get() == issued


def test_the_lists_take_as_many_queries_for_one_as_for_many(client, world):
    factories.make_kiosk(world["school"], world["code"])
    client.force_login(world["clerk"])

    def taken(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    paths = ("/en/kiosks/", f"/en/personal-codes/?unit={world['school'].code}")
    before = [taken(path) for path in paths * 2][2:]
    for _number in range(3):
        factories.make_kiosk(world["school"], world["code"])
        factories.issue_pin(factories.make_post(institution=world["school"]).person, at=moment())
    assert [taken(path) for path in paths] == before
