"""Bodies that are no changes of people: refused by name, never a fault of ours, and nothing is changed by them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from institutions.imports import pushing
from institutions.models import PeopleChanges, Person
from institutions.people_in import columns as c
from tests import factories

pytestmark = pytest.mark.django_db
PATH = factories.Payroll.PATH


@pytest.mark.parametrize("key", ["", "x" * 81, "a b", "ក"])
def test_a_key_that_is_none_is_refused_by_name(place, system, key):
    answer = system.machine.post(PATH, factories.as_json([place.row()]), **{"Idempotency-Key": key})
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "Idempotency-Key"
    assert system.machine.post(PATH, factories.as_json([place.row()])).json()["error"]["code"] == "missing_field"


def test_more_rows_than_a_request_holds_are_refused(place, system, monkeypatch):
    monkeypatch.setattr(pushing, "MOST_ROWS", 2)
    answer = system([place.row()] * 3)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_many_rows")
    assert not PeopleChanges.objects.exists()


def test_more_bytes_than_a_request_holds_are_refused(place, system):
    answer = system.machine.post(PATH, b"[" + b" " * pushing.MOST_BYTES + b"]", **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


REFUSED = {
    "no json": (b"{", 400, "bad_json"),
    "not utf-8": (b'["\xff"]', 400, "bad_json"),
    "a constant": (b"[NaN]", 400, "bad_json"),
    "deep": (b"[" * 100_000, 400, "too_deep"),
    "a huge number": (b"[" + b"9" * 5_000 + b"]", 422, "wrong_value"),
    "an endless number": (b'[{"staff_number": 1e999}]', 422, "wrong_value"),
    "a key twice": (b'[{"name": "a", "name": "b"}]', 400, "key_twice"),
    "no list": (b"{}", 422, "wrong_value"),
    "no row": (b"[]", 422, "no_rows"),
    "no object": (b"[1]", 422, "wrong_value"),
    "a list in a field": (b'[{"name": ["a"]}]', 422, "wrong_value"),
    "an unknown field": (b'[{"is_staff": true}]', 422, "unknown_field"),
    "nothing": (b'[{"name": "a\\u0000b"}]', 422, "forbidden_sign"),
    "half a sign": (b'[{"name": "\\ud800"}]', 422, "forbidden_sign"),
    "another direction": (b'[{"name": "a\\u202eb"}]', 422, "forbidden_sign"),
    "a long text": (b'[{"name": "' + b"a" * 3_000 + b'"}]', 422, "too_long"),
    "nothing at all": (b" ", 400, "bad_json"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_body_that_is_none_is_refused_with_a_code(system, what):
    body, status, code = REFUSED[what]
    answer = system.machine.post(PATH, body, **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert set(answer.json()["error"]) <= {"code", "message", "field"} and "no-store" in answer["Cache-Control"]
    assert not PeopleChanges.objects.exists()


def test_a_form_is_no_body(system):
    answer = system.machine.client.post(
        f"/api/v1{PATH}", {"name": "a"}, headers=system.machine.headers | {"Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "wrong_content_type")


def test_a_misspelt_parameter_is_refused_and_nothing_is_changed(place, system):
    answer = system([place.row()], path=f"{PATH}?dryrun=true")
    assert answer.status_code == 422 and answer.json()["error"]["field"] == "dryrun"
    assert system([place.row()], path=f"{PATH}?dry_run=perhaps").json()["error"]["field"] == "dry_run"
    assert not Person.objects.exists()


ANY_TEXT = st.text(max_size=20)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
ANY_ROW = st.dictionaries(st.sampled_from([*c.BY_KEY]), ANY_VALUE, max_size=8)
ANY_PLAIN_ROW = st.dictionaries(
    st.sampled_from([*c.BY_KEY]), ANY_TEXT | st.integers() | st.booleans() | st.floats(), max_size=8
)
ANY_BODY = st.binary(max_size=60) | ANY_VALUE | st.lists(ANY_ROW, max_size=3) | st.lists(ANY_PLAIN_ROW, max_size=3)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY_BODY, st.booleans())
def test_no_body_whatever_is_a_fault_of_ours(system, body, dry_run):
    answer = system(body, path=f"{PATH}?dry_run=true" if dry_run else PATH)
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error"} and set(answer.json()["error"]) <= {"code", "message", "field"}
