"""A3: whatever a form is sent, with another ministry's numbers and with fields it never had, stays where it belongs."""

from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.db import connection, models

from institutions.models import Institution, User
from tests.site import two_ministries
from tests.site.access_rows import ACCOUNTS, AUDITOR, DISCIPLINE, LOGIN, ROLES, SUPERUSER
from tests.site.access_table import TABLE
from tests.site.asking import (
    answer_of,
    held,
    is_of_tests,
    one_world,
    request,
    session_of,
    text_of,
    whatever_happens_is_undone,
    written_tables,
)
from tests.site.test_access import _begin_a_case, address, client_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("access")]
# Who looked, which session, which tries: rows about the sender alone.
BESIDE = {"institutions_auditentry", "institutions_accountsession", "django_session"}
FORMS = sorted(name for name, row in TABLE.items() if not row.public and not name.startswith(("mfa_", "account_")))
FORMS = [name for name in FORMS if ":" in name and name.split(":")[0] in apps.app_configs]


@pytest.mark.django_db
def test_the_world_of_this_module_is_made_in_the_test_database():
    assert is_of_tests(connection)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with one_world(django_db_blocker, tmp_path_factory.mktemp("foreign")):
        world = two_ministries.make_world()
        world.sessions = {role: session_of(world.viewers[role]) for role in ACCOUNTS}
        _begin_a_case(world)
        world.foreign = foreign_rows(world.places["foreign"])
        world.before = {model._meta.db_table: rows_of(model) for model in apps.get_models(include_auto_created=True)}
        yield world


def rows_of(model):
    """Key → every column of each row."""
    key = model._meta.pk.attname
    return {row[key]: row for row in model._base_manager.values(*[f.attname for f in model._meta.concrete_fields])}


def foreign_rows(place):
    """Table → keys of rows that belong to the other ministry and to nobody else."""
    tree = set(Institution.objects.filter(path__startswith=place.ministry.path).values_list("pk", flat=True))
    people = {place.person.pk, place.second.pk}
    found = {"institutions_institution": tree, "institutions_person": people}
    found["institutions_user"] = {place.person.user_id, place.role.user_id}
    for thing in vars(place).values():
        if isinstance(thing, models.Model):
            found.setdefault(thing._meta.db_table, set()).add(thing.pk)
    return found


class Fields(HTMLParser):
    """The fields of the forms of a page that send, each with a value that the page offers."""

    def __init__(self, text):
        super().__init__()
        self.found, self.sends, self.select = {}, False, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            self.sends = facts.get("method", "get").lower() == "post"
        elif self.sends and tag in ("input", "textarea", "select") and facts.get("name"):
            self.found.setdefault(facts["name"], facts.get("value") or "")
            self.select = facts["name"] if tag == "select" else None
        elif self.sends and tag == "option" and self.select and not self.found[self.select]:
            self.found[self.select] = facts.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.sends = False


def fields_of(world, name, role):
    """What the page of an address would send for the role; nothing where it has no form."""
    with whatever_happens_is_undone():
        answer = client_of(world, role).get(address(world, name, "own", role))
        text = text_of(answer)
    found = Fields(text).found if "text/html" in answer.headers.get("Content-Type", "") else {}
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def numbers(place):
    """What somebody could write into a field: keys and codes of things of the other ministry."""
    return {
        "person": place.person.pk,
        "user": place.person.user_id,
        "institution": place.school.pk,
        "code": place.school.code,
        "post": place.person.posts.get().pk,
        "enrolment": place.enrolment.pk,
    }


def never_there(place):
    """Fields that no form has: whose it is, what it comes to, who the sender is."""
    of_place = numbers(place)
    return {
        **{name: of_place[name] for name in ("person", "user", "institution", "post", "enrolment")},
        **{f"{name}_id": of_place[name] for name in ("person", "user", "institution", "post", "enrolment")},
        **{"score": "100", "passed_on": "2026-01-01", "is_staff": "on", "is_superuser": "on", "is_active": "on"},
        **{"by": of_place["user"], "owner": of_place["user"], "made_by": of_place["user"], "id": of_place["person"]},
        **{"groups": "1", "user_permissions": "1", "state": "applied", "status": "done", "merged_into": "1"},
    }


def trials(world, name, role):
    """What is sent: the form with fields that it never had, then each foreign number in all of its fields."""
    place, fields = world.places["foreign"], fields_of(world, name, role)
    yield {**never_there(place), **fields}
    if fields:
        for value in numbers(place).values():
            yield dict.fromkeys(fields, value)


def changed(world, tables):
    """(model, row before, row now) of every row that differs from the world's first state."""
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table in tables - BESIDE:
            before, now = world.before[table], rows_of(model)
            for key in before.keys() | now.keys():
                if before.get(key) != now.get(key):
                    yield model, before.get(key), now.get(key)


def wrongs(world, tables):
    """What a request did that it never may: to a foreign row, with a new key into foreign rows, or to who one is."""
    for model, before, now in changed(world, tables):
        table, key = model._meta.db_table, (now or before)[model._meta.pk.attname]
        if key in world.foreign.get(table, ()) and before is not None:
            yield f"{table} {key} of the other ministry changed"
        for field in model._meta.concrete_fields:
            if field.is_relation and now is not None:
                target, value = field.related_model._meta.db_table, now[field.attname]
                was = before and before[field.attname]
                if value != was and value in world.foreign.get(target, ()):
                    yield f"{table}.{field.attname} points at {target} {value} of the other ministry"
        if model is User and now:
            rights = [(each and (each["is_staff"], each["is_superuser"])) for each in (before, now)]
            if (rights[0] and rights[0] != rights[1]) or (rights[0] is None and rights[1][1]):
                yield f"account {key} has got other rights"


def send(world, name, role, data):
    """What one request did wrong, and whether it was a fault of ours."""
    with whatever_happens_is_undone():
        client = client_of(world, role)
        with written_tables() as tables:
            answer = client.post(address(world, name, "own", role), data)
            text = text_of(answer)
        found = list(wrongs(world, set(tables)))
    if answer.status_code >= 500:
        found.append(f"answered {answer.status_code}")
    # A field repeats what was typed; a name, a reference or a serial of the other ministry was typed by nobody.
    place = world.places["foreign"]
    secrets = place.secrets() - {place.school.code}
    return [*found, *(f"shows {secret}" for _who, secret in held({role: text}, secrets))], answer_of(answer)


def senders(name):
    """Roles that get further than the door; the platform owner's reach both ministries."""
    answers = TABLE[name].answers("own")
    return [role for role in ROLES if role != SUPERUSER and answers[role] not in (404, LOGIN)]


@pytest.mark.parametrize("name", FORMS)
def test_foreign_numbers_and_extra_fields_reach_nothing_of_the_other_ministry(world, name):
    found = {}
    for role in senders(name):
        for number, data in enumerate(trials(world, name, role)):
            wrong, answer = send(world, name, role, data)
            if wrong:
                found[role, number, answer] = wrong
    assert found == {}


# --- A12: what a case holds stays in the case -------------------------------------------------------------------------

PRIVATE = sorted(name for name in TABLE if not TABLE[name].public)
OUTSIDE_CASES = [role for role in ROLES if role not in (DISCIPLINE, AUDITOR)]


@pytest.mark.any_database
@pytest.mark.parametrize("name", PRIVATE)
def test_no_page_file_or_list_of_anybody_else_holds_a_word_of_a_case(world, name):
    case = world.places["own"].case
    texts, asked = {}, set()
    for role in OUTSIDE_CASES:
        asked.add(where := address(world, name, "own", role))
        texts[role] = request(client_of(world, role), "get", where).text
    told = {case.reference for where in asked if case.reference in where}  # even "not found" repeats its address
    assert held(texts, {case.reference, case.allegation} - told) == set()
