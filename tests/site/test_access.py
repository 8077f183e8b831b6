"""Every address × every role × own, sibling and foreign thing answers what access_table.py declares."""

import re
from operator import attrgetter
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from conduct_codes.models import Topic
from institutions.actions import end_post
from institutions.models import Role
from tests import factories
from tests.site import two_ministries
from tests.site.access_rows import (
    ACCOUNTS,
    IN_THE_ADMIN,
    LOGIN,
    OK,
    REACH_BEYOND_A_DEPARTMENT,
    ROLES,
    SUPERUSER,
    WRONG_METHOD,
)
from tests.site.access_table import TABLE, TELL_NOTHING, WAGTAIL_ADMIN
from tests.site.asking import (
    client_with,
    held,
    is_of_tests,
    named_addresses,
    one_world,
    request,
    session_of,
    text_of,
    whatever_happens_is_undone,
)

pytestmark = pytest.mark.xdist_group("access")  # one world, made once

REFUSED = {404, 403, WRONG_METHOD, LOGIN}
PLACES = ("own", "sibling", "foreign")


def own_addresses():
    return {name for name, _route in named_addresses() if not is_wagtails(name)}


def is_wagtails(name):
    """True for a view of Wagtail's own admin; an address of the admin without a name is one too."""
    return name.startswith(WAGTAIL_ADMIN) or (name == "?" and name not in TABLE)


@pytest.mark.django_db
def test_the_world_of_this_module_is_made_in_the_test_database():
    assert is_of_tests(connection)


# --- the declaration ------------------------------------------------------------------------------------------------


def test_every_address_is_declared_and_every_declared_one_exists():
    existing = own_addresses()
    assert sorted(existing - set(TABLE)) == [], "declare these in tests/site/access_table.py"
    assert sorted(set(TABLE) - existing) == [], "these are gone: take them out of tests/site/access_table.py"


def test_addresses_without_a_name_are_in_the_admin():
    unnamed = [route for name, route in named_addresses() if name.endswith("?")]
    assert [route for route in unnamed if not route.startswith("admin/")] == []


def test_wagtails_own_views_lie_in_the_admin():
    outside = [name for name, route in named_addresses() if is_wagtails(name) and not route.startswith("admin/")]
    assert outside == []


# --- the world, made once -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two ministries, a viewer for each role, and what they have read so far."""
    with one_world(django_db_blocker, tmp_path_factory.mktemp("access")):
        world = two_ministries.make_world()
        world.sessions = {role: session_of(world.viewers[role]) for role in ACCOUNTS}
        _begin_a_case(world)
        world.looks = {}
        yield world


def _begin_a_case(world):
    """The discipline officer is in the middle of recording an allegation."""
    session, place = client_of(world, "discipline").session, world.places["own"]
    session["discipline_draft"] = {"person": place.person.pk, "answers": place.allegation()}
    session.save()


def client_of(world, role, **options):
    return client_with(world.sessions.get(role), **options)


def address(world, name, place, role, **instead):
    """The address of a place's thing as the role would be given it."""
    place = world.places[place]
    owner = role if role in place.jobs else "hr"
    facts = {"job": place.jobs[owner], "export": place.exports[owner]}
    facts |= {"language": "km", "first": 1, "next_step": "screening", "topic": Topic.objects.first()}
    facts |= {"kind": "single", "kind_of_file": "xlsx"}
    values = {}
    for part, path in TABLE[name].parts.items():
        head, _dot, rest = path.partition(".")
        thing = facts[head] if head in facts else getattr(place, head)
        values[part] = attrgetter(rest)(thing) if rest else thing
    args = [""] if name == "wagtail_serve" else []
    return reverse(name, args=args, kwargs=None if args else values | instead)


def look(world, name, place, role):
    """What the role reads there; asked once for all tests."""
    key = (name, place, role)
    if key not in world.looks:
        world.looks[key] = request(client_of(world, role), "get", address(world, name, place, role))
    return world.looks[key]


def places_of(name):
    return PLACES if TABLE[name].parts else ("own",)


PRIVATE = sorted(name for name in TABLE if not TABLE[name].public)
# The lists of institutions, systems, roles and accounts, which the platform owner has of every ministry.
LISTS = [f"institutions:{name}" for name in ("tree", "tree_workbook", "client_list", "role_list", "account_find")]
OF_EVERY_MINISTRY = {(name, SUPERUSER) for name in (*LISTS, "exports:webhook_list")}


# --- what each role gets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TABLE))
def test_address_answers_each_role_as_declared(world, name):
    declared = {(place, role): TABLE[name].answers(place)[role] for place in places_of(name) for role in ROLES}
    answers = {key: look(world, name, *key).answer for key in declared}
    assert {key: (answers[key], declared[key]) for key in declared if answers[key] != declared[key]} == {}


@pytest.mark.parametrize("name", PRIVATE)
def test_no_answer_about_the_own_ministry_holds_a_word_of_the_foreign_one(world, name):
    roles = [role for role in ROLES if (name, role) not in OF_EVERY_MINISTRY]
    texts = {role: look(world, name, "own", role).text for role in roles}
    assert held(texts, world.places["foreign"].secrets()) == set()


@pytest.mark.parametrize("name", PRIVATE)
def test_roles_of_a_department_read_no_word_of_the_department_beside_it(world, name):
    texts = {role: look(world, name, "own", role).text for role in ROLES if role not in REACH_BEYOND_A_DEPARTMENT}
    assert held(texts, world.places["sibling"].secrets()) == set()


# --- nobody can tell that it exists ---------------------------------------------------------------------------------

NOTHING = {"serial": "OWN-2026-999999", "reference": "d-9999", "receipt": "0000000000ZZ", "code": "no-such-school"}
NOTHING |= {"bank": "no-such-bank", "key": "00000000-0000-4000-8000-000000000000", "course": "no-such-course"}
KEPT_PARTS = ("slug", "kind", "position", "change")


def address_of_nothing(world, name, role):
    """The same address with numbers that were never given."""
    parts = TABLE[name].parts
    told = [part for part in parts if part not in KEPT_PARTS or len(parts) == 1]
    instead = {part: NOTHING.get(part, 99_999_999) for part in told}
    return address(world, name, "own", role, **instead)


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in PRIVATE if TABLE[name].parts and not TABLE[name].shared])
def test_foreign_thing_looks_like_one_that_does_not_exist(world, name):
    different = []
    for role in ROLES:
        missing = address_of_nothing(world, name, role)
        nothing = bare(request(client_of(world, role), "get", missing), missing)
        for place in ("sibling", "foreign"):
            if not TABLE[name].reaches(place, role):
                there = address(world, name, place, role)
                if bare(look(world, name, place, role), there) != nothing:
                    different.append((role, place))
    assert different == []


def bare(seen, path):
    """An answer without its address, its token and its moment."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", seen.text)
    for language in ("km", "en"):
        text = text.replace(re.sub(r"^/(km|en)/", f"/{language}/", path), "HERE")
    quoted = quote(path, safe="")  # where a page leads back to this one
    headers = {name: value.replace(path, "HERE").replace(quoted, "HERE") for name, value in seen.headers.items()}
    return seen.answer, {name: headers[name] for name in headers if name not in ("Expires", "Content-Length")}, text


# --- changes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TABLE))
def test_looking_writes_nothing_but_what_is_declared(world, name):
    row, extra = TABLE[name], {}
    for role in ROLES:
        for place in places_of(name):
            allowed = set() if row.answers(place)[role] in REFUSED else set(row.leaves)
            written = look(world, name, place, role).written - allowed
            if written:
                extra[role, place] = written
    assert extra == {}


def row_counts():
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


@pytest.mark.parametrize("role", ["officer", "hr", "discipline"])
def test_a_round_through_every_address_leaves_the_rows_as_they_were(world, role):
    with whatever_happens_is_undone():
        before = row_counts()
        for name in TABLE:
            text_of(client_of(world, role).get(address(world, name, "own", role)))
        after = row_counts()
    changed = {label for label in after if after[label] != before[label]}
    noted = {"institutions.AuditEntry", "institutions.AccountSession", "courses.ScormState"}  # who looked, and where
    assert changed <= {*noted, "exports.Export", "sessions.Session"}


@pytest.mark.any_database
@pytest.mark.parametrize("name", PRIVATE)
def test_who_may_not_look_may_not_send_either(world, name):
    wrong = {}
    for role in ROLES:
        for place in places_of(name):
            declared = TABLE[name].answers(place)[role]
            if declared in REFUSED and not (declared == WRONG_METHOD and place == "own"):
                sent = request(client_of(world, role), "post", address(world, name, place, role), {})
                if sent.answer not in REFUSED or sent.written:
                    wrong[role, place] = (sent.answer, sent.written)
    assert wrong == {}


@pytest.mark.parametrize("name", ["institutions:job_cancel", "institutions:job_resume"])
def test_what_is_sent_only_reaches_the_own_thing_alone(world, name):
    for role in ACCOUNTS:
        client = client_of(world, role)
        answers = {place: request(client, "post", address(world, name, place, role)) for place in PLACES}
        assert {place: seen.answer for place, seen in answers.items()} == {"own": 302, "sibling": 404, "foreign": 404}
        assert not answers["sibling"].written and not answers["foreign"].written


def who_may(name):
    return [role for role in ROLES if TABLE[name].answers("own")[role] not in (404, LOGIN)]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_empty_form_is_answered_without_a_fault(world, name):
    for role in who_may(name):
        assert request(client_of(world, role), "post", address(world, name, "own", role), {}).answer != 500, role


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted(name for name in TABLE if not TABLE[name].machine))
def test_no_form_is_taken_without_its_token(world, name):
    for role in ["anonymous", *who_may(name)[-1:]]:
        client = client_of(world, role, enforce_csrf_checks=True)
        sent = request(client, "post", address(world, name, "own", role), {"note": "typed"})
        assert (sent.answer, sent.written) == (403, frozenset()), role


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted(name for name in TABLE if TABLE[name].machine))
def test_a_session_alone_changes_nothing_at_an_address_for_programs(world, name):
    for role in ROLES:
        for method in ("post", "put", "delete"):
            sent = request(client_of(world, role), method, address(world, name, "own", role), {})
            assert (sent.answer in (401, 404, 405), sent.written) == (True, frozenset()), (role, method, sent.answer)


# --- rights that end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.value for kind in Role.Kind])
def test_a_role_that_ended_yesterday_opens_nothing_today(world, kind):
    opened = {}
    with whatever_happens_is_undone():
        Role.objects.of(world.viewers[kind]).update(ends_on=factories.TODAY - two_ministries.DAY)
        for name in asks_for_a_role(kind):
            answer = request(client_of(world, kind), "get", address(world, name, "own", kind)).answer
            if answer not in REFUSED:
                opened[name] = answer
    assert opened == {}


def asks_for_a_role(kind):
    """Addresses that open by the role alone; rights in the Wagtail admin end with end_role(), not with the day."""
    may = [name for name in PRIVATE if kind in who_may(name) and not TABLE[name].shared]
    return [name for name in may if not set(ACCOUNTS) <= set(TABLE[name].own)]


@pytest.mark.any_database
def test_a_closed_account_is_sent_to_log_in_everywhere(world):
    opened = {}
    with whatever_happens_is_undone():
        for role in ACCOUNTS:
            user = world.viewers[role]
            type(user).objects.filter(pk=user.pk).update(is_active=False)
            for name in [name for name in PRIVATE if role in who_may(name) and "anonymous" not in who_may(name)]:
                answer = request(client_of(world, role), "get", address(world, name, "own", role)).answer
                if answer != LOGIN:
                    opened[role, name] = answer
    assert opened == {}


# --- lists and filters ----------------------------------------------------------------------------------------------

FILTERS = {
    "certification:person_list": ["?status=all&q={name}", "?status=all&q={number}", "?status=all&unit={unit}"],
    "certification:coverage": ["?institution={unit}", "?on=2026-11-22&unit={unit}"],
    "conduct_codes:sign_figures": ["?on=2026-11-22&code={sector}"],
    "conduct_codes:unsigned_list": ["?unit={unit}", "?unit_name={unit}", "?code={sector}"],
    "conduct_codes:unsigned_message": ["?unit={unit}&names=on", "?code={sector}&names=on"],
    "conduct_codes:unsigned_sheet": ["?unit={unit}", "?code={sector}"],
    "conduct_codes:read_again": ["?unit={unit}", "?unit_name={unit}", "?code={sector}"],
    "conduct_codes:paper_new": ["?unit={unit}&on=2026-11-23", "?unit_name={unit}&on=2026-11-23", "?code={sector}&on="],
    "conduct_codes:paper_print": ["?unit={unit}&on=2026-11-23"],
    "conduct_codes:pin_list": ["?unit={unit}", "?unit_name={unit}"],
    "conduct_codes:kiosk_open": ["?unit={unit}"],
    "exports:signatures": ["?institution={unit}", "?code={sector}"],
    "discipline:case_list": ["?q={name}", "?show=overdue", "?sector={sector}"],
    "discipline:case_new": ["?q={name}", "?q={number}"],
    "institutions:role_list": ["?q={name}&state=all", "?q={number}&state=all"],
    "institutions:account_find": ["?q={name}", "?q={number}"],
    "institutions:audit_list": ["?subject=person:{person}", "?page=1"],
    "exports:roster": ["?status=all&unit={unit}"],
    "exports:coverage": ["?institution={unit}"],
    "exports:export_list": ["?page=1"],
    "institutions:correction_list": ["?page=1", "?q={name}", "?unit={unit}"],
    "institutions:transfer_list": ["?unit={unit}"],
    "institutions:import_list": ["?unit={unit}"],
    "certification:vacancy_list": ["?unit={unit}"],
    "institutions:duty_list": ["?unit={unit}", "?unit_name={unit}"],
    "institutions:duty_workbook": ["?unit={unit}", "?unit_name={unit}"],
}


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, queries in FILTERS.items() for query in queries])
def test_no_filter_or_search_reaches_into_the_foreign_ministry(world, name, query):
    place = world.places["foreign"]
    family, number = two_ministries.FAMILY["foreign"][1], place.person.staff_numbers.get().number
    typed = {"name": family, "number": number, "unit": place.school.code, "person": place.person.pk}
    filled = query.format(**typed, sector=place.code.sector.slug)
    texts = {
        role: request(client_of(world, role), "get", address(world, name, "own", role) + filled).text
        for role in who_may(name)
        if (name, role) not in OF_EVERY_MINISTRY
    }
    # A search field repeats what was typed, so the family name counts only with the given name.
    assert held(texts, place.secrets() - {family, number} | {place.person.name_latin}) == set()


def test_a_person_who_left_is_seen_up_to_the_last_day_without_the_new_post(world):
    place = world.places["foreign"]
    with whatever_happens_is_undone():
        post = world.places["own"].person.posts.get()
        end_post(post=post, ends_on=factories.TODAY - two_ministries.DAY, at=factories.moment(), by=None)
        factories.make_post(person=post.person, institution=place.school, position=post.position)
        path = address(world, "certification:person", "own", "hr")
        texts = {role: request(client_of(world, role), "get", path).text for role in ("hr", "registrar")}
    assert all(post.person.name in text for text in texts.values())
    assert held(texts, place.secrets()) == set()


# --- Wagtail's admin as a whole -------------------------------------------------------------------------------------


def admin_paths():
    """Every address of Wagtail's own views, with 1 for whatever it asks."""
    for name, route in named_addresses():
        if is_wagtails(name) and "failwhale" not in route and "test404" not in route:
            named = re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)
            path = re.sub(r"<(?:\w+:)?\w+>", "1", named)
            yield name, "/" + re.sub(r"[\^$\\]|\.\*", "", path)


@pytest.mark.any_database
@pytest.mark.parametrize("role", [role for role in ROLES if role not in IN_THE_ADMIN])
def test_who_has_no_role_in_the_admin_gets_none_of_its_pages(world, role):
    client, opened = client_of(world, role), {}
    methods = ("get", "post") if role in ("anonymous", "adopter") else ("get",)
    for name, path in admin_paths():
        for method in methods:
            seen = request(client, method, path)
            if (seen.answer == OK and name not in TELL_NOTHING) or seen.written:
                opened[name, method] = (seen.answer, seen.written)
    assert opened == {}
