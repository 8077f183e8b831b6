"""How many are in each state of signing equals what the lists by name say, whatever befell the people."""

import datetime
from collections import Counter
from itertools import product

import pytest

from conduct_codes.actions import refuse_to_sign
from conduct_codes.models import SignRequest
from conduct_codes.rules import SignState
from conduct_codes.sign_figures import Law
from conduct_codes.unsigned import NO_ACCOUNT, Unsigned, Wanted, overdue_by_code
from institutions import id_lists
from institutions.actions import end_post
from institutions.merging import merge_people
from institutions.models import Role
from tests import factories
from tests.factories import TODAY, moment

DAY = datetime.timedelta(days=1)
PLACES = {"school": 1, "ministry": 2, "elsewhere": 0}
"""Where a clerk may sit, and how many of the schools are seen from there."""


@pytest.fixture
def world(db):
    """Two codes in force, one with an editorial edition since, and somebody of every fate in each of two schools."""
    world = factories.make_bound_world()
    police = factories.make_code(factories.make_sector("police"), owner=world["ministry"])
    factories.make_edition(police)
    factories.make_edition(world["code"], day=TODAY - 5 * DAY, change_class="editorial")
    world["codes"] = [world["code"], police]
    world["other_school"] = factories.make_institution(world["ministry"])
    for school in (world["school"], world["other_school"]):
        for fate in FATES:
            for code in world["codes"]:
                position = factories.make_position(code.sector)
                post = factories.make_post(institution=school, position=position, starts_on=TODAY - 40 * DAY)
                SignRequest.objects.of(post.person).update(due_on=TODAY - DAY)
                fate(post)
    return world


def late(post):
    """Nothing was done, and the day is over."""


def in_time(post):
    SignRequest.objects.of(post.person).update(due_on=TODAY)


def signed(post):
    factories.sign(post.person)


def refused(post):
    request = SignRequest.objects.of(post.person).get()
    refuse_to_sign(request=request, reason="No.", language="km", at=moment(), by=factories.give_account(post.person))


def on_paper(post):
    factories.make_sheet(post.person)


def gone(post):
    end_post(post=post, ends_on=TODAY - DAY, at=moment(), by=None)


def of_two_posts(post):
    factories.make_post(person=post.person, institution=post.institution.get_parent(), position=post.position)


def signed_under_another_row(post):
    same = {"institution": post.institution, "position": post.position, "starts_on": post.starts_on}
    other = factories.make_post(**same).person
    factories.give_account(post.person)
    factories.sign(other)
    merge_people(kept=post.person, other=other, reason="One person", at=moment(), by=factories.make_user())


FATES = [late, in_time, signed, refused, on_paper, gone, of_two_posts, signed_under_another_row]


@pytest.fixture(params=["few", "many"])
def people_are(request, monkeypatch):
    """The people of the world count as few, whose rows are listed, or as many, among whom rows are chosen."""
    monkeypatch.setattr(id_lists, "FEW", {"few": 5_000, "many": 0}[request.param])


def scope_in(world, place):
    unit = world.get(place) or factories.make_institution()
    return factories.scope_of(factories.make_role(Role.Kind.HR, unit).user)


def test_overdue_of_each_code_are_as_many_as_its_list_has(world, people_are):
    late_in_a_school = 2  # late, and late with a second post
    wanted = Wanted(state=SignState.OVERDUE.value)
    for place, schools in PLACES.items():
        scope = scope_in(world, place)
        listed = {code.pk: Unsigned(scope, Law(code, TODAY), wanted).people().count() for code in world["codes"]}
        assert list(listed.values()) == [schools * late_in_a_school] * 2, place
        assert overdue_by_code(scope) == {code: people for code, people in listed.items() if people}, place


def test_counts_of_each_state_are_those_of_the_list(world, people_are):
    for place, account in product(PLACES, ["", NO_ACCOUNT]):
        scope = scope_in(world, place)
        for day in (TODAY, TODAY - 2 * DAY, TODAY - 100 * DAY):
            unsigned = Unsigned(scope, Law(world["code"], day), Wanted(account=account))
            listed = Counter(SignState(person.state) for person in unsigned.of_any_state())
            counted = {state: people for state, people in unsigned.counts().items() if people}
            assert counted == listed, (place, account, day)
