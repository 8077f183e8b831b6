"""What other systems read: only their own people, as certification counts them, at a fixed cost, and on record."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from certification.actions import change_certificate
from certification.coverage import coverage_of
from certification.models import Certificate, CertificateEvent, Period
from certification.rules import Status
from certification.verification import Verdict, answer_for, with_verdict
from institutions import actions as register
from institutions.models import AuditEntry, Person, Post, Role
from institutions.scope import Scope
from tests import factories

pytestmark = pytest.mark.django_db

DAY = factories.TODAY
ONE = datetime.timedelta(days=1)
NOW = factories.moment(hour=11)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    cache.clear()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("institutions.client_auth.LIMITS", {"address": "9999/m/ip", "client": "9999/m/key"})


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def ask(world):
    made = factories.make_client(world["ministry"])
    machine = factories.Machine(made.token)

    def get(path, **query):
        return machine.client.get(f"/api/v1{path}", query, headers=machine.headers)

    get.client = made.client
    return get


def teacher(world, institution=None, **facts):
    facts = {"starts_on": DAY - 30 * ONE, **facts}
    return factories.make_post(institution=institution or world["school"], **facts).person


def number_of(person):
    return person.staff_numbers.get().number


def status_path(world, person, code=None):
    return f"/people/{code or world['ministry'].code}/{number_of(person)}/status"


def everywhere(get, path, name, **query):
    """Every row of every page."""
    rows, cursor = [], ""
    while cursor is not None:
        answer = get(path, cursor=cursor, **query).json()
        rows, cursor = rows + answer[name], answer["next"]
    return rows


def numbers(rows):
    return [row["posts"][0]["staff_number"] for row in rows]


# --- people ---------------------------------------------------------------------------------------------------------


def test_people_come_with_their_posts_in_scope_and_their_worst_status(world, ask):
    person = teacher(world, staff_number="770123")
    elsewhere = factories.make_institution(factories.make_institution())
    factories.make_post(person, elsewhere, starts_on=DAY - 9 * ONE, staff_number="999888")
    answer = ask("/people")
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    assert person.name in answer.content.decode(), "Khmer as it is written, not escaped"
    [row] = answer.json()["people"]
    assert row == {
        "name": person.name,
        "name_latin": person.name_latin,
        "status": "not-started",
        "posts": [
            {
                "institution": world["school"].code,
                "sector": "education",
                "position": "teacher",
                "rank": "",
                "basis": "regular",
                "starts_on": (DAY - 30 * ONE).isoformat(),
                "ends_on": None,
                "register_code": world["ministry"].code,
                "staff_number": "770123",
            }
        ],
    }
    assert "999888" not in answer.content.decode() and elsewhere.code not in answer.content.decode()
    assert person.birth_date.isoformat() not in answer.content.decode()


def test_who_has_left_and_who_has_not_begun_is_not_there(world, ask):
    here = teacher(world)
    left = factories.make_post(institution=world["school"], starts_on=DAY - 30 * ONE)
    register.end_post(post=left, ends_on=DAY - ONE, at=NOW, by=None)
    teacher(world, starts_on=DAY + ONE)
    teacher(world, institution=factories.make_institution())
    assert numbers(everywhere(ask, "/people", "people")) == [number_of(here)]
    assert ask(f"/people/{world['ministry'].code}/{number_of(left.person)}/status").status_code == 404


def test_pages_are_whole_whatever_is_added_while_they_are_read(world, ask):
    people = [teacher(world) for _person in range(5)]
    first = ask("/people", limit=2).json()
    added = teacher(world)
    rows, cursor = first["people"], first["next"]
    while cursor:
        answer = ask("/people", limit=2, cursor=cursor).json()
        rows, cursor = rows + answer["people"], answer["next"]
    assert numbers(rows) == [number_of(person) for person in [*people, added]]


def test_the_last_full_page_is_the_last(world, ask):
    for _person in range(2):
        teacher(world)
    assert ask("/people", limit=2).json()["next"] is None


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 501}, {"limit": "x"}, {"cursor": "x"}, {"cursor": "LTE"}])
def test_a_wrong_page_is_refused(ask, query):
    assert ask("/people", **query).status_code == 422
    assert ask("/certificates", **query).status_code == 422


def test_a_client_of_a_school_reads_that_school_alone(world):
    here, beside = teacher(world), factories.make_institution(world["ministry"], area=factories.make_area())
    teacher(world, institution=beside)
    machine = factories.Machine(factories.make_client(world["school"]).token)
    assert numbers(machine.get("/people").json()["people"]) == [number_of(here)]


def test_only_a_client_that_may_read_reads(world):
    machine = factories.Machine(factories.make_client(world["ministry"], may_read=False).token)
    person = teacher(world)
    for path in ("/people", "/certificates", "/coverage", status_path(world, person)):
        assert machine.get(path).status_code == 403
        assert factories.Machine().get(path).status_code == 401
    assert not AuditEntry.objects.filter(verb__startswith="exports.api").exists()


# --- status ---------------------------------------------------------------------------------------------------------


def in_every_status(world):
    """People who stand differently: certified, suspended, revoked, overdue, in progress, not begun, exempt."""
    people = {name: teacher(world) for name in ("certified", "suspended", "revoked", "started", "fresh")}
    for name in ("certified", "suspended", "revoked"):
        factories.certify(people[name])
    for name, kind in (("suspended", "suspended"), ("revoked", "revoked")):
        certificate = people[name].certificates.get()
        change_certificate(certificate=certificate, kind=kind, reason="x", at=NOW, by=None)
    factories.give_account(people["started"])
    factories.learn(people["started"].enrolments.first())
    people["overdue"] = teacher(world, starts_on=DAY - 300 * ONE, at=factories.moment(DAY - 300 * ONE))
    return people


def test_statuses_are_those_of_the_list_of_people(world, ask, client):
    people = in_every_status(world)
    client.force_login(factories.make_role(Role.Kind.HR, world["ministry"]).user)
    lines = client.get(reverse("certification:person_list"), {"status": "all"}).context["lines"]
    shown = {number_of(line.person): line.status.value for line in lines}
    assert len(set(shown.values())) >= 5
    listed = everywhere(ask, "/people", "people")
    assert dict(zip(numbers(listed), [row["status"] for row in listed], strict=True)) == shown
    for line in lines:
        answer = ask(status_path(world, line.person)).json()
        assert answer["status"] == line.status.value
        assert [(row["requirement"], row["status"], row["due_on"]) for row in answer["requirements"]] == [
            (period.requirement.slug, period.status, line.due and line.due.isoformat()) for period in line.periods
        ]
    assert len(people) == len(lines)


def test_status_has_the_days_of_the_period(world, ask):
    person = teacher(world)
    certificate = factories.certify(person)
    answer = ask(status_path(world, person)).json()
    [row] = answer["requirements"]
    assert answer["status"] == row["status"] == Status.CERTIFIED
    assert row["certified_on"] == row["trained_on"] == row["signed_on"] == DAY.isoformat()
    assert row["valid_until"] == certificate.valid_until.isoformat()
    assert (answer["register_code"], answer["staff_number"]) == (world["ministry"].code, number_of(person))


def test_whom_nothing_binds_has_no_status(world, ask):
    driver = factories.make_position(factories.make_sector("transport"), "driver")
    person = teacher(world, position=driver)
    answer = ask(status_path(world, person)).json()
    assert (answer["status"], answer["requirements"]) == (None, [])
    assert ask("/people").json()["people"][0]["status"] is None


def test_khmer_digits_and_blanks_in_a_number_are_understood(world, ask):
    teacher(world, staff_number="770123")
    assert ask(f"/people/{world['ministry'].code}/៧៧០ ១២៣/status").json()["staff_number"] == "770123"


def test_out_of_scope_and_unknown_are_the_same_answer(world, ask):
    person = teacher(world)
    foreign = factories.make_institution()
    stranger = teacher(world, institution=foreign)
    twice = teacher(world, staff_number=None)
    factories.make_post(twice, foreign, starts_on=DAY - ONE, staff_number="555111")
    answers = [
        ask(path)
        for path in (
            status_path(world, stranger, foreign.code),
            f"/people/{foreign.code}/555111/status",
            f"/people/{world['ministry'].code}/555111/status",
            f"/people/{foreign.code}/{number_of(person)}/status",
            "/people/no-such/1/status",
            "/coverage?institution=no-such",
            f"/coverage?institution={foreign.code}",
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


# --- certificates ---------------------------------------------------------------------------------------------------


def test_certificates_come_with_state_and_number_and_can_be_chosen(world, ask):
    people = in_every_status(world)
    rows = everywhere(ask, "/certificates", "certificates", limit=2)
    states = {row["staff_number"]: row["state"] for row in rows}
    expected = {"certified": "valid", "suspended": "suspended", "revoked": "revoked"}
    assert states == {number_of(people[name]): state for name, state in expected.items()}
    for state in ("valid", "suspended", "revoked", "expired"):
        chosen = ask("/certificates", state=state).json()["certificates"]
        assert [row["serial"] for row in chosen] == [row["serial"] for row in rows if row["state"] == state]
    assert ask("/certificates", issued_since=DAY.isoformat()).json()["certificates"] == rows
    assert ask("/certificates", issued_since=(DAY + ONE).isoformat()).json()["certificates"] == []
    for wrong in ({"state": "good"}, {"issued_since": "yesterday"}):
        assert ask("/certificates", **wrong).status_code == 422


def test_a_certificate_for_a_post_elsewhere_is_not_there(world, ask):
    police = factories.make_sector("police")
    elsewhere = factories.make_institution(factories.make_institution(), area=factories.make_area())
    code = factories.make_code(police)
    factories.make_edition(code)
    factories.make_requirement(code, serial_prefix="POL")
    officer = factories.make_position(police, "officer")
    person = factories.make_post(institution=elsewhere, position=officer, starts_on=DAY - 9 * ONE).person
    factories.certify(person)
    teacher(world, person=person)
    assert ask("/certificates").json()["certificates"] == []
    other = factories.Machine(factories.make_client(elsewhere).token)
    assert len(other.get("/certificates").json()["certificates"]) == 1


def test_the_state_in_the_database_is_the_one_that_whoever_checks_is_told(world):
    in_every_status(world)
    revoked = Certificate.objects.filter(events__kind=CertificateEvent.Kind.REVOKED).get()
    last = Certificate.objects.exclude(pk=revoked.pk).order_by("pk").first()
    copied = {field.name: getattr(last, field.name) for field in Certificate._meta.concrete_fields}
    new = {"id": None, "serial": "EDU-2026-9", "verification_code": "9", "replaces": last, "period": last.period}
    Certificate.objects.create(**(copied | new))
    seen = set()
    for day in (DAY, DAY + ONE, last.valid_until, last.valid_until + ONE):
        for certificate in with_verdict(Certificate.objects.all(), day).prefetch_related("events"):
            assert certificate.verdict == answer_for(certificate, day).verdict
            seen.add(certificate.verdict)
    assert seen == set(Verdict.values)


# --- coverage -------------------------------------------------------------------------------------------------------


def test_figures_are_those_that_certification_counts(world, ask):
    in_every_status(world)
    for institution in (world["ministry"], world["school"]):
        for on in (DAY, DAY - 31 * ONE):
            total = coverage_of(Scope.of(institution, DAY), on, institution=institution).total
            answer = ask("/coverage", institution=institution.code, on=on.isoformat()).json()
            expected = {name: getattr(total, name) for name in ("people", "trained", "passed", "signed", "certified")}
            assert answer == {"on": on.isoformat(), "institution": institution.code, **expected}
    assert ask("/coverage").json()["institution"] == world["ministry"].code
    assert ask("/coverage").json()["people"] == 6
    assert ask("/coverage", on=(DAY + ONE).isoformat()).status_code == 422


# --- cost and record ------------------------------------------------------------------------------------------------


def test_a_page_costs_the_same_for_one_three_and_five_hundred(world, ask):
    paths = {"/people": {"limit": 500}, "/certificates": {"limit": 500}}
    first = teacher(world)
    factories.certify(first)
    paths |= {status_path(world, first): {}, "/coverage": {}}
    counts = {}
    for people in (1, 3, 500):
        if people == 500:
            many_like(world, first, people)
        else:
            while Certificate.objects.count() < people:
                factories.certify(teacher(world))
        for path, query in paths.items():
            ask(path, **query)
            with CaptureQueriesContext(connection) as captured:
                answer = ask(path, **query)
            assert answer.status_code == 200
            counts.setdefault(path, set()).add(len(captured))
    assert {path: len(found) for path, found in counts.items()} == dict.fromkeys(paths, 1), counts
    assert len(ask("/people", limit=500).json()["people"]) == 500
    assert len(ask("/certificates", limit=500).json()["certificates"]) == 500


def many_like(world, first, people):
    """So many people altogether, who stand as the first one does, made in a few statements."""
    post, period, certificate = first.posts.get(), first.periods.get(), first.certificates.get()

    def copies(row, rows, **facts):
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        model = type(row)
        changed = [values | {"id": None} | {name: each[i] for name, each in facts.items()} for i in range(rows)]
        return model.objects.bulk_create([model(**each) for each in changed])

    count = people - Person.objects.filter(posts__institution=world["school"]).count()
    made = [person.pk for person in copies(first, count, user_id=[None] * count)]
    texts = [str(800000 + place) for place in range(count)]
    staff = copies(first.staff_numbers.get(), count, number=texts, person_id=made)
    copies(post, count, person_id=made, staff_number_id=[each.pk for each in staff])
    periods = copies(period, count, person_id=made)
    copies(
        certificate,
        count,
        person_id=made,
        period_id=[each.pk for each in periods],
        serial=[f"EDU-X-{text}" for text in texts],
        verification_code=texts,
    )
    assert Post.objects.count() >= people and Period.objects.count() >= people


def test_each_read_is_one_line_in_the_record(world, ask):
    people = [teacher(world) for _person in range(3)]
    ask("/people")
    ask("/certificates")
    ask("/coverage", institution=world["school"].code)
    ask(status_path(world, people[0]))
    entries = list(AuditEntry.objects.filter(verb__startswith="exports.api").order_by("pk"))
    client = ask.client
    assert [(entry.verb, entry.subject, entry.institution, entry.facts) for entry in entries] == [
        ("exports.api_people", f"client:{client.reference}", world["ministry"], {"rows": 3}),
        ("exports.api_certificates", f"client:{client.reference}", world["ministry"], {"rows": 0}),
        ("exports.api_coverage", f"client:{client.reference}", world["school"], {"rows": 3}),
        ("exports.api_status", f"person:{people[0].pk}", world["ministry"], {"rows": 1}),
    ]
    assert {entry.actor for entry in entries} == {client.user}


def test_the_description_of_the_interface_names_every_operation(client):
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    mine = {"people", "people/{register_code}/{staff_number}/status", "certificates", "coverage"}
    assert {f"/api/v1/{path}" for path in mine} <= set(paths)
