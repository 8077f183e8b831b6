"""Bulk signing and asking leave the rows that the single actions leave, and are refused where those are."""

import datetime

import pytest

from conduct_codes import actions, bulk
from conduct_codes.models import SignOff, SignRequest
from conduct_codes.rules import STATEMENTS
from institutions.models import Person
from tests import factories
from tests.rows import rows_made

pytestmark = pytest.mark.django_db
DAY = factories.TODAY
LATER = DAY + datetime.timedelta(days=3)


def make_signers(world, count=3):
    """People with accounts and a post in the school; the first has an older post elsewhere too."""
    people = []
    for number in range(count):
        person = factories.make_person()
        if number == 0:
            other = factories.make_institution(world["ministry"])
            factories.make_post(person, other, starts_on=DAY - datetime.timedelta(days=50), at=factories.moment(DAY))
        factories.make_post(person, world["school"])
        factories.give_account(person)
        people.append(person)
    return people


def requests_of(people):
    return SignRequest.objects.filter(person__in=people).order_by("pk").values_list("pk", flat=True)


def signing(keys, language, at):
    """The arguments of each signature, read anew."""
    for key in keys:
        request = SignRequest.objects.select_related("person__user", "edition").get(pk=key)
        text = actions.text_to_sign(request, language=language, day=at.date())
        yield {"request": request, "text_sha256": text.sha256, "at": at, "by": request.person.user}


@pytest.mark.parametrize("language", ["km", "en"])
def test_signatures_equal_those_taken_one_by_one(language):
    world = factories.make_bound_world()
    keys = list(requests_of(make_signers(world)))
    at = factories.moment(LATER)

    def one_by_one():
        for facts in signing(keys, language, at):
            actions.sign_edition(statements=list(STATEMENTS), **facts)

    made = rows_made(lambda: bulk.sign_editions([bulk.Signature(**facts) for facts in signing(keys, language, at)]))
    assert made == rows_made(one_by_one)
    assert len(made["conduct_codes.SignOff"]) == 3
    assert len(made["certification.Evidence"]) == 3


def test_signatures_under_an_erratum_equal_those_taken_one_by_one():
    world = factories.make_bound_world()
    keys = list(requests_of(make_signers(world, 2)))
    factories.make_edition(world["code"], day=LATER, change_class="erratum", at=factories.moment(LATER, 7))
    at = factories.moment(LATER)

    def one_by_one():
        for facts in signing(keys, "km", at):
            actions.sign_edition(statements=list(STATEMENTS), **facts)

    made = rows_made(lambda: bulk.sign_editions([bulk.Signature(**facts) for facts in signing(keys, "km", at)]))
    assert made == rows_made(one_by_one)
    assert len(made["certification.Evidence"]) == 2


def test_request_that_was_signed_is_passed_over():
    world = factories.make_bound_world()
    people = make_signers(world, 2)
    factories.sign(people[0])
    rows = [bulk.Signature(**facts) for facts in signing(requests_of(people), "km", factories.moment(LATER))]
    assert [sign_off.person for sign_off in bulk.sign_editions([*rows, rows[-1]])] == [people[1]]
    assert SignOff.objects.count() == 2


@pytest.mark.parametrize("wrong", ["statements", "by", "text_sha256", "chain", "post"])
def test_no_signature_is_taken_if_one_is_refused(wrong):
    world = factories.make_bound_world()
    people = make_signers(world, 2)
    rows = list(signing(requests_of(people), "km", factories.moment(LATER)))
    if wrong == "statements":
        rows[1]["statements"] = STATEMENTS[1:]
    elif wrong == "by":
        rows[1]["by"] = people[0].user
    elif wrong == "text_sha256":
        rows[1]["text_sha256"] = "0" * 64
    elif wrong == "chain":
        factories.make_edition(world["code"], day=LATER, at=factories.moment(LATER, 7))
        newer = actions.text_to_sign(rows[1]["request"], language="km", day=LATER)
        rows[1]["text_sha256"] = newer.sha256
    else:
        people[1].posts.update(ends_on=DAY)
    with pytest.raises(actions.SigningRefused):
        bulk.sign_editions([bulk.Signature(**facts) for facts in rows])
    assert SignOff.objects.count() == 0


def test_requests_equal_those_made_one_by_one_and_earlier_ones_stay():
    world = factories.make_bound_world()
    people = [factories.make_person().pk for _number in range(2)]
    edition = world["edition"]
    actions.request_signature(
        person=Person.objects.get(pk=people[0]), edition=edition, cause="new-edition", asked_on=DAY
    )
    asks = [
        {"edition": edition, "cause": "new-edition", "asked_on": LATER},
        {"edition": edition, "cause": "renewal", "asked_on": LATER, "due_on": LATER, "cycle": 2},
    ]

    def one_by_one():
        for key in people:
            for ask in asks:
                actions.request_signature(person=Person.objects.get(pk=key), **ask)

    def in_bulk():
        bulk.request_signatures(bulk.Ask(person=Person.objects.get(pk=key), **ask) for key in people for ask in asks)

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert len(made["conduct_codes.SignRequest"]) == 3


def test_edition_of_a_day_is_the_one_that_the_database_names():
    world = factories.make_bound_world()
    code = world["code"]
    factories.make_edition(code, day=DAY, at=factories.moment(DAY, 7))
    factories.make_edition(code, day=LATER, change_class="clarification", at=factories.moment(LATER, 7))
    editions = bulk.Editions()
    for passed in (-400, -1, 0, 1, 3, 10):
        day = DAY + datetime.timedelta(days=passed)
        in_force = code.editions.model.objects.in_force_on(day).first()
        assert editions.in_force_on(code.pk, day) == in_force
        assert in_force is None or editions.chain_of(in_force.pk) == in_force.chain_id
