"""Who sees nothing: for them a case is a page that never existed."""

import datetime
import re

import pytest

from institutions.models import Role
from tests import factories

from .pages import CASE_PAGES, address, views_left

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)


OPENING_PAGES = ["case_new_day", "case_new_article", "case_new_details", "case_new_check"]


def without(body, *words):
    """The body of a page without the words of its address and without its token."""
    for word in words:
        body = body.replace(word, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


def outsider(name, world, case):
    if name == "own case":
        return factories.make_role(Role.Kind.DISCIPLINE, world["ministry"], factories.give_account(case.person)).user
    if name == "nobody":
        return factories.make_user()
    if name == "person concerned":
        return factories.give_account(case.person)
    if name == "ended role":
        role = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"])
        role.ends_on = TODAY - DAY
        role.save()
        return role.user
    kind, place = name.split(" of ")
    institution = world["ministry"] if place == "the ministry" else factories.make_institution()
    return factories.make_role(Role.Kind(kind), institution).user


OUTSIDERS = [
    "own case",
    "nobody",
    "person concerned",
    "ended role",
    "discipline of another",
    *(f"{kind} of the ministry" for kind in Role.Kind.values if kind != "discipline"),
]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_case_outside_scope_is_a_page_that_never_existed(client, world, who):
    case = factories.make_case(world)
    client.force_login(outsider(who, world, case))
    for name, args in CASE_PAGES:
        for method, statuses in ((client.get, {404}), (client.post, {404, 405})):
            hidden = method(address(name, case.reference, *args))
            missing = method(address(name, "C-2026-9999", *args))
            assert {hidden.status_code, missing.status_code} <= statuses
            assert hidden.status_code == missing.status_code
            assert without(hidden.content.decode(), case.reference) == without(missing.content.decode(), "C-2026-9999")
    assert views_left(f"case:{case.reference}") == 0


@pytest.mark.parametrize("who", OUTSIDERS)
def test_list_never_names_a_case_outside_scope(client, world, who):
    case = factories.make_case(world)
    client.force_login(outsider(who, world, case))
    response = client.get(address("discipline:case_list"))
    assert response.status_code == (200 if who in ("own case", "discipline of another") else 404)
    assert case.reference not in response.content.decode()
    assert world["school"].name not in response.content.decode()


def test_logged_out_visitor_is_asked_to_log_in(client, world):
    case = factories.make_case(world)
    for name, args in CASE_PAGES:
        assert client.get(address(name, case.reference, *args)).status_code == 302


def test_person_outside_scope_cannot_be_accused_nor_found(client, officer, world):
    stranger = factories.make_post(starts_on=TODAY - 100 * DAY).person
    found = client.get(address("discipline:case_new"), {"q": stranger.name_latin})
    assert stranger.name not in found.content.decode()
    for page in OPENING_PAGES:
        for method in (client.get, client.post):
            hidden = method(address(f"discipline:{page}", stranger.pk))
            missing = method(address(f"discipline:{page}", 999999))
            assert hidden.status_code == missing.status_code == 404
            assert without(hidden.content.decode(), f"/{stranger.pk}/") == without(missing.content.decode(), "/999999/")


def test_officer_cannot_find_or_accuse_themselves(client, world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    user = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"], factories.give_account(person)).user
    client.force_login(user)
    number = person.posts.get().staff_number.number
    assert "case_new" not in client.get(address("discipline:case_new"), {"q": number}).content.decode()
    assert client.get(address("discipline:case_new_day", person.pk)).status_code == 404
