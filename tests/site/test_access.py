"""Every address × every role × own, sibling and foreign thing answers what access_table.py declares."""

import io
import re
import zipfile
from contextlib import contextmanager
from operator import attrgetter

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from conduct_codes.models import Topic
from institutions.models import Institution, Person, Role
from tests import factories
from tests.site import two_ministries
from tests.site.access_table import (
    ACCOUNTS,
    AREA,
    LOGIN,
    OK,
    ROLES,
    TABLE,
    TELL_NOTHING,
    WAGTAIL_ADMIN,
    WRONG_METHOD,
)

REFUSED = {404, 403, WRONG_METHOD, LOGIN}
WRITES = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
SESSION = "django_session"
PLACES = ("own", "sibling", "foreign")


def named_addresses(resolver=None, namespaces=(), route=""):
    """Full name and route of every address of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from named_addresses(pattern, inner, here)
        else:
            yield ":".join([*namespaces, pattern.name or "?"]), here


def own_addresses():
    return {name for name, _route in named_addresses() if not is_wagtails(name)}


def is_wagtails(name):
    """True for a view of Wagtail's own admin; an address of the admin without a name is one too."""
    return name.startswith(WAGTAIL_ADMIN) or (name == "?" and name not in TABLE)


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
    """Two ministries on a day that stands still; everything is taken back at the end."""
    patch = pytest.MonkeyPatch()
    patch.setattr(timezone, "now", factories.moment)
    folder = tmp_path_factory.mktemp("access")
    with django_db_blocker.unblock(), override_settings(DATA_DIR=folder), transaction.atomic():
        world = two_ministries.make_world()
        world.sessions = {role: _session(world.viewers[role]) for role in ACCOUNTS}
        yield world
        transaction.set_rollback(True)
    patch.undo()


def _session(user):
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def client_of(world, role, **options):
    """A browser that knows nothing but who is logged in, from an address that has tried nothing yet."""
    cache.clear()
    client = Client(**options)
    if role in world.sessions:
        client.cookies["sessionid"] = world.sessions[role]
    return client


@contextmanager
def whatever_happens_is_undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def written_tables():
    """The tables that are written meanwhile."""
    found = set()

    def note(execute, sql, params, many, context):
        write = WRITES.match(sql)
        if write:
            found.add(write[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def address(world, name, place, role, **instead):
    """The address of a place's thing as the role would be given it."""
    place = world.places[place]
    owner = role if role in place.jobs else "hr"
    facts = {"job": place.jobs[owner], "export": place.exports[owner]}
    facts |= {"language": "km", "first": 1, "next_step": "screening", "topic": Topic.objects.first()}
    values = {}
    for part, path in TABLE[name].parts.items():
        head = path.split(".")[0]
        thing = facts[head] if head in facts else getattr(place, head)
        values[part] = attrgetter(path.partition(".")[2])(thing) if "." in path else thing
    args = [""] if name == "wagtail_serve" else []
    return reverse(name, args=args, kwargs=None if args else values | instead)


def answer_of(response):
    """What an answer comes to: log in first, or its number."""
    if response.status_code == 302 and "/account/login/" in response["Location"]:
        return LOGIN
    return response.status_code


def body_of(response):
    """The text of an answer; of a workbook, the text of its sheets."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK\x03\x04"):
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def ask(world, name, place, role):
    with whatever_happens_is_undone():
        response = client_of(world, role).get(address(world, name, place, role))
        response.text_of_it = body_of(response)
        return response


# --- what each role gets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TABLE))
def test_address_answers_each_role_as_declared(world, name):
    row = TABLE[name]
    places = PLACES if row.parts else ("own",)
    declared = {(place, role): row.answers(place)[role] for place in places for role in ROLES}
    answers = {key: answer_of(ask(world, name, *key)) for key in declared}
    wrong = {key: f"{answers[key]}, declared {declared[key]}" for key in declared if answers[key] != declared[key]}
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(name for name in TABLE if not TABLE[name].public))
def test_no_answer_about_the_own_ministry_holds_a_word_of_the_foreign_one(world, name):
    secrets = world.places["foreign"].secrets()
    leaks = {
        (role, secret)
        for role in ROLES
        for text in [ask(world, name, "own", role).text_of_it]
        for secret in secrets
        if secret in text
    }
    assert leaks == set()


@pytest.mark.parametrize("name", sorted(name for name in TABLE if not TABLE[name].public))
def test_roles_of_a_department_read_no_word_of_the_department_beside_it(world, name):
    secrets = world.places["sibling"].secrets()
    beside = [role for role in ROLES if role in ("officer", "hr", "monitor", "discipline", "auditor", "trainer", AREA)]
    texts = {role: ask(world, name, "own", role).text_of_it for role in beside}
    assert {(role, secret) for role, text in texts.items() for secret in secrets if secret in text} == set()


# --- nobody can tell that it exists ---------------------------------------------------------------------------------

NOTHING = {"serial": "OWN-2026-999999", "reference": "D-9999", "receipt": "0000000000ZZ", "code": "no-such-school"}


def nowhere(name):
    """The parts of an address that name what is not there."""
    parts = TABLE[name].parts
    values = {part: NOTHING.get(part, 99_999_999) for part in parts if part not in ("slug", "kind", "position")}
    return values


@pytest.mark.parametrize("name", sorted(name for name in TABLE if TABLE[name].parts and not TABLE[name].public))
def test_foreign_thing_looks_like_one_that_does_not_exist(world, name):
    different = []
    for role in ROLES:
        for place in ("foreign", "sibling"):
            if TABLE[name].answers(place)[role] == OK:
                continue
            there, missing = address(world, name, place, role), address(world, name, place, role, **nowhere(name))
            with whatever_happens_is_undone():
                client = client_of(world, role)
                if _bare(client.get(there), there) != _bare(client.get(missing), missing):
                    different.append((role, place))
    assert different == []


def _bare(response, path):
    """Status, headers and body without the address itself, tokens and moments."""
    body = body_of(response)
    for language in ("km", "en"):
        body = body.replace(re.sub(r"^/(km|en)/", f"/{language}/", path), "HERE")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    headers = {key: value.replace(path, "HERE") for key, value in response.headers.items()}
    headers = {key: value for key, value in headers.items() if key not in ("Expires", "Content-Length")}
    return answer_of(response), headers, body


# --- changes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TABLE))
def test_looking_writes_nothing_but_what_is_declared(world, name):
    extra = set()
    for role in ROLES:
        for place in PLACES if TABLE[name].parts else ("own",):
            with whatever_happens_is_undone(), written_tables() as written:
                body_of(client_of(world, role).get(address(world, name, place, role)))
            extra |= {(role, place, table) for table in written - {SESSION, *TABLE[name].leaves}}
            refused = TABLE[name].answers(place)[role] in REFUSED
            extra |= {(role, place, table) for table in written - {SESSION} if refused}
    assert extra == set()


def row_counts():
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


def test_a_round_of_every_role_through_every_address_leaves_the_rows_as_they_were(world):
    recorded = {"institutions.AuditEntry", "exports.Export", "sessions.Session"}
    with whatever_happens_is_undone():
        before = row_counts()
        for name in sorted(TABLE):
            for role in ROLES:
                for place in PLACES if TABLE[name].parts else ("own",):
                    body_of(client_of(world, role).get(address(world, name, place, role)))
        after = row_counts()
    assert {label for label in after if after[label] != before[label]} <= recorded


@pytest.mark.parametrize("name", sorted(name for name in TABLE if not TABLE[name].public))
def test_who_may_not_look_may_not_send_either(world, name):
    row, wrong = TABLE[name], {}
    for role in ROLES:
        for place in PLACES if row.parts else ("own",):
            if row.answers(place)[role] not in REFUSED:
                continue
            with whatever_happens_is_undone(), written_tables() as written:
                answer = answer_of(client_of(world, role).post(address(world, name, place, role), {}))
            if answer not in REFUSED or written - {SESSION}:
                wrong[role, place] = (answer, written)
    assert wrong == {}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_an_empty_form_is_answered_without_a_fault(world, name):
    for role in ROLES:
        with whatever_happens_is_undone():
            assert client_of(world, role).post(address(world, name, "own", role), {}).status_code < 500, role


@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_form_is_taken_without_its_token(world, name):
    for role in ROLES:
        client = client_of(world, role, enforce_csrf_checks=True)
        with whatever_happens_is_undone(), written_tables() as written:
            response = client.post(address(world, name, "own", role), {"note": "typed"})
        assert response.status_code == 403, role
        assert written - {SESSION} == set(), role


# --- rights that end ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.value for kind in Role.Kind])
def test_a_role_that_ended_yesterday_opens_nothing_today(world, kind):
    opened = {}
    with whatever_happens_is_undone():
        yesterday = factories.TODAY - two_ministries.DAY
        Role.objects.of(world.viewers[kind]).update(ends_on=yesterday)
        mine = {name for name, row in TABLE.items() if not row.public and row.answers("own")[kind] not in REFUSED}
        for name in mine - _of_any_account():
            answer = answer_of(client_of(world, kind).get(address(world, name, "own", kind)))
            if answer not in REFUSED:
                opened[name] = answer
    assert opened == {}


def _of_any_account():
    """Addresses that do not ask for a role: one's account and one's own jobs; Wagtail's groups are tested below."""
    everyone = {name for name, row in TABLE.items() if row.own.keys() >= set(ACCOUNTS)}
    return everyone | {name for name in TABLE if name.startswith(("topics:", "regimes:"))}


def test_a_closed_account_is_sent_to_log_in_everywhere(world):
    opened = {}
    with whatever_happens_is_undone():
        for role in ACCOUNTS:
            user = world.viewers[role]
            type(user).objects.filter(pk=user.pk).update(is_active=False)
            for name in sorted(name for name, row in TABLE.items() if row.answers("own")["anonymous"] == LOGIN):
                answer = answer_of(client_of(world, role).get(address(world, name, "own", role)))
                if answer != LOGIN:
                    opened[role, name] = answer
    assert opened == {}


# --- lists and filters ----------------------------------------------------------------------------------------------

FILTERED = {
    "certification:person_list": ["?status=all&q={name}", "?status=all&q={number}", "?status=all&unit={unit}"],
    "certification:coverage": ["?institution={unit}", "?on=2026-11-22&unit={unit}"],
    "discipline:case_list": ["?q={name}", "?show=overdue", "?sector={sector}"],
    "discipline:case_new": ["?q={name}", "?q={number}"],
    "institutions:audit_list": ["?subject=person:{person}", "?page=1"],
    "exports:roster": ["?status=all&unit={unit}"],
    "exports:coverage": ["?institution={unit}"],
    "exports:export_list": ["?page=1"],
    "institutions:correction_list": ["?page=1", "?q={name}"],
}


@pytest.mark.parametrize(("name", "query"), [(name, query) for name, all_ in FILTERED.items() for query in all_])
def test_no_filter_or_search_reaches_into_the_foreign_ministry(world, name, query):
    place = world.places["foreign"]
    number = place.person.staff_numbers.get().number
    typed = {"name": "Foreignsok", "number": number, "unit": place.school.code, "person": place.person.pk}
    filled = query.format(**typed, sector=place.code.sector.slug)
    echoes = {"Foreignsok", number}  # a search field repeats what was typed
    for role in ACCOUNTS:
        with whatever_happens_is_undone():
            response = client_of(world, role).get(address(world, name, "own", role) + filled)
            text = body_of(response)
        secrets = place.secrets() - echoes
        assert not [secret for secret in secrets if secret in text], role
        assert "Foreignsok Chan" not in text


def test_a_person_who_left_is_seen_up_to_the_last_day_and_a_newcomer_from_the_first(world):
    with whatever_happens_is_undone():
        person = world.places["own"].person
        post = person.posts.get()
        from institutions.actions import end_post

        end_post(post=post, ends_on=factories.TODAY - two_ministries.DAY, at=factories.moment(), by=None)
        factories.make_post(
            person=Person.objects.get(pk=person.pk),
            institution=Institution.objects.get(pk=world.places["foreign"].school.pk),
            position=post.position,
        )
        text = ask(world, "certification:person", "own", "hr").text_of_it
        secrets = world.places["foreign"].secrets()
    assert two_ministries.FAMILY["own"][0] in text
    assert not [secret for secret in secrets if secret in text]


# --- Wagtail's admin as a whole -------------------------------------------------------------------------------------


def _admin_paths():
    for name, route in named_addresses():
        if is_wagtails(name) and "failwhale" not in route and "test404" not in route:
            named = re.sub(r"\(\?P<(\w+)>[^)]*\)", "1", route)
            path = re.sub(r"<(?:\w+:)?(\w+)>", "1", named)
            yield name, "/" + re.sub(r"[\^$]|\\Z|\.\*", "", path).replace("\\", "")


OUTSIDE_THE_ADMIN = [role for role in ROLES if role not in ("editor", "reviewer", "superuser")]


@pytest.mark.parametrize("role", OUTSIDE_THE_ADMIN)
def test_who_has_no_role_in_the_admin_gets_none_of_its_pages(world, role):
    client, opened = client_of(world, role), {}
    for name, path in _admin_paths():
        for method in (client.get, client.post):
            with whatever_happens_is_undone(), written_tables() as written:
                response = method(path, follow=False)
            if response.status_code == 200 and name not in TELL_NOTHING:
                opened[name] = path
            assert written - {SESSION} == set(), path
    assert opened == {}
