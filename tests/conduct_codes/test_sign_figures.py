"""Who signed and who did not: what counts, where, once, on any past day, and in how many queries."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from conduct_codes.models import SignOff, SignRequest
from conduct_codes.rules import UNSIGNED, SignState, remind_until, sign_state
from conduct_codes.sign_figures import Law, figures_of
from conduct_codes.unsigned import NO_ACCOUNT, Unsigned, Wanted, overdue_by_code
from institutions.models import Institution
from institutions.scope import Scope
from tests import factories
from tests.certification import histories
from tests.conduct_codes import sign_histories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return factories.make_bound_world()


def figures(world, day=TODAY, **facts):
    return figures_of(Scope.of(world["ministry"], TODAY), Law(world["code"], day), **facts)


def states(tally):
    return {state.value: people for state, people in tally.states.items() if people}


# --- the words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"signed": True, "refused": True, "due_on": TODAY}, SignState.SIGNED),
        ({"on_paper": True, "refused": True, "due_on": TODAY - timedelta(days=9)}, SignState.ON_PAPER),
        ({"refused": True, "due_on": TODAY - timedelta(days=9)}, SignState.REFUSED),
        ({"due_on": TODAY - timedelta(days=1)}, SignState.OVERDUE),
        ({"due_on": TODAY}, SignState.ASKED),
        ({}, SignState.UNASKED),
    ],
)
def test_the_first_state_that_applies_wins(facts, state):
    none = {"signed": False, "refused": False, "due_on": None}
    assert sign_state(TODAY, **{**none, **facts}) == state


@pytest.mark.parametrize(
    ("next_due", "late", "days"), [(None, False, 7), (None, True, 7), (0, False, 0), (20, False, 20), (20, True, 7)]
)
def test_reminder_names_a_day_that_everybody_concerned_can_keep(next_due, late, days):
    day = None if next_due is None else TODAY + timedelta(days=next_due)
    assert remind_until(TODAY, next_due=day, somebody_late=late) == TODAY + timedelta(days=days)


# --- figures --------------------------------------------------------------------------------------------------------


def test_everybody_bound_is_counted_with_an_account_or_without(world):
    people = [factories.make_post(institution=world["school"]).person for _person in range(3)]
    factories.make_post(institution=world["school"], position=factories.make_position(factories.make_sector("health")))
    sign_off = factories.sign(people[0], language="en")
    total = figures(world).total
    assert (total.people, total.signed, total.unsigned) == (3, 1, 2)
    assert total.share == pytest.approx(1 / 3)
    assert states(total) == {"signed": 1, "asked": 2}
    assert (total.methods, total.languages) == ({"online": 1}, {"en": 1})
    assert total.editions == {sign_off.edition_id: 1}


def test_person_with_two_posts_counts_once_in_the_total_and_once_in_each_row(world):
    other = factories.make_institution(world["ministry"])
    clerk = factories.make_position(slug="clerk")
    post = factories.make_post(institution=world["school"])
    factories.make_post(post.person, other)
    factories.make_post(post.person, other, clerk)
    found = figures(world, institution=Institution.objects.get(pk=world["ministry"].pk))
    assert found.total.people == 1
    assert {path: tally.people for path, tally in found.by_child.items()} == {world["school"].path: 1, other.path: 1}
    assert {pk: tally.people for pk, tally in found.by_position.items()} == {post.position_id: 1, clerk.pk: 1}


def test_new_chain_asks_everybody_anew_and_a_past_day_keeps_what_was(world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - timedelta(days=90)).person
    factories.sign(person, TODAY - timedelta(days=80))
    factories.make_edition(world["code"], day=TODAY - timedelta(days=40))
    factories.make_edition(world["code"], day=TODAY - timedelta(days=10), change_class="erratum")
    assert states(figures(world, TODAY - timedelta(days=85)).total) == {"asked": 1}
    assert states(figures(world, TODAY - timedelta(days=41)).total) == {"signed": 1}
    assert states(figures(world).total) in ({"unasked": 1}, {"overdue": 1})


def test_signature_under_an_erratum_counts_for_its_chain_under_its_own_edition(world):
    early, late = (factories.make_post(institution=world["school"]).person for _person in range(2))
    factories.sign(early)
    erratum = factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    factories.sign(late)
    assert figures(world).total.editions == {world["edition"].pk: 1, erratum.pk: 1}


def test_who_signed_and_is_asked_to_read_again_stays_signed(world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - timedelta(days=9)).person
    factories.sign(person, TODAY - timedelta(days=8))
    SignRequest.objects.create(
        person=person, edition=world["edition"], cause="renewal", asked_on=TODAY, due_on=TODAY + timedelta(days=9)
    )
    total = figures(world).total
    assert (states(total), total.again) == ({"signed": 1}, 1)


def test_before_the_first_edition_nobody_is_bound(world):
    factories.make_post(institution=world["school"], starts_on=TODAY - timedelta(days=900))
    assert figures(world, TODAY - timedelta(days=800)).total.people == 0
    assert figures(world).total.people == 1


def test_after_a_repeal_nobody_is_bound_and_the_day_before_keeps_its_figures(world):
    factories.sign(factories.make_post(institution=world["school"]).person)
    factories.repeal(world["code"], effective_on=TODAY + timedelta(days=1))
    assert states(figures(world).total) == {"signed": 1}
    assert figures(world, TODAY + timedelta(days=1)).total.people == 0


def test_foreign_ministry_is_not_counted_and_an_area_counts_over_all_ministries(world):
    factories.make_post(institution=world["school"])
    elsewhere = factories.make_institution(factories.make_institution(), area=factories.make_area("0601"))
    factories.make_post(institution=elsewhere)
    assert figures(world).total.people == 1
    role = factories.make_role("monitor", area=factories.make_area())
    assert figures_of(factories.scope_of(role.user), Law(world["code"], TODAY)).total.people == 2


def test_queries_do_not_grow_with_people(world):
    taken = []
    for size in (1, 3):
        for _person in range(size):
            factories.sign(factories.make_post(institution=world["school"]).person)
            factories.make_post(institution=world["school"])
        with CaptureQueriesContext(connection) as queries:
            figures(world)
        lines = Unsigned(Scope.of(world["ministry"], TODAY), Law(world["code"], TODAY))
        with CaptureQueriesContext(connection) as more:
            assert len(lines.lines(lines.people())) == sum(lines.counts().values())
        taken.append((len(queries), len(more)))
    assert taken[0] == taken[1]


# --- the slow recount -----------------------------------------------------------------------------------------------


def test_every_cut_and_every_list_equals_a_slow_recount():
    world = sign_histories.make_world()

    @given(
        history=sign_histories.plans,
        day=histories.past_days,
        top=st.sampled_from(["ministry", "department", "school", "elsewhere"]),
    )
    @settings(max_examples=60, deadline=None)
    def holds(history, day, top):
        with histories.undone():
            people = sign_histories.save(history, world)
            institution = world.institutions[top]
            # The scope is of today: what was true on a past day is asked by whoever may see it now.
            scope, law = Scope.of(institution, TODAY), Law(world.edition.code, day)
            inside = histories.below(top)
            found = figures_of(scope, law, institution=institution)
            assert plain(found, world) == recount(history, day, top, world)
            if day == TODAY:
                late = overdue_by_code(scope).get(world.edition.code_id, 0)
                assert late == found.total.states[SignState.OVERDUE]
            waiting = unsigned_by_hand(history, people, day, inside)
            listed = Unsigned(scope, law)
            assert [(line.person, line.state) for line in listed.lines(listed.people())] == waiting
            assert listed.counts() == {state: [each for _p, each in waiting].count(state) for state in UNSIGNED}

    holds()


def plain(found, world):
    names = {institution.path: name for name, institution in world.institutions.items()} | {"": "itself"}
    positions = {position.pk: name for name, position in world.positions.items()}
    return {
        "total": plain_tally(found.total, world),
        "child": {names[path]: plain_tally(tally, world) for path, tally in found.by_child.items()},
        "position": {positions[pk]: plain_tally(tally, world) for pk, tally in found.by_position.items()},
        "sex": {sex: plain_tally(tally, world) for sex, tally in found.by_sex.items()},
    }


def plain_tally(tally, world):
    places = {edition.pk: place for place, edition in enumerate(world.editions)}
    counted = Counter()
    for kind, counter in (("state", tally.states), ("method", tally.methods), ("language", tally.languages)):
        counted.update({(kind, str(key)): people for key, people in counter.items() if people})
    counted.update({("edition", places[pk]): people for pk, people in tally.editions.items()})
    return counted + Counter({("again", ""): tally.again})


def recount(history, day, top, world):
    tables = {"total": {}, "child": {}, "position": {}, "sex": {}}
    chain = sign_histories.chain_on(day)
    for plan in history:
        held = sign_histories.places_of(plan, day, histories.below(top))
        if not held or chain is None:
            continue
        state, method, edition, language, again = sign_histories.standing_of(plan, day)
        counted = Counter({("state", str(state)): 1, ("again", ""): int(again)})
        if method:
            counted.update([("method", method), ("edition", edition), ("language", language)])
        rows = {
            "total": {""},
            "child": {child_of(place, top) for place, _position in held},
            "position": {position for _place, position in held},
            "sex": {plan.sex},
        }
        for table, keys in rows.items():
            for key in keys:
                tables[table][key] = tables[table].get(key, Counter()) + counted
    return {**tables, "total": tables["total"].get("", Counter())}


def child_of(place, top):
    """The institution one step below the top that the place lies in."""
    if place == top:
        return "itself"
    while histories.PARENTS[place] != top:
        place = histories.PARENTS[place]
    return place


def unsigned_by_hand(history, people, day, inside):
    rows = []
    for plan, person in zip(history, people, strict=True):
        if sign_histories.chain_on(day) is None or not sign_histories.places_of(plan, day, inside):
            continue
        state = sign_histories.standing_of(plan, day)[0]
        if state != SignState.SIGNED:
            rows.append((person, state))
    return rows


# --- the list -------------------------------------------------------------------------------------------------------


def unsigned(world, institution=None, **wanted):
    law = Law(world["code"], TODAY)
    found = Unsigned(Scope.of(institution or world["ministry"], TODAY), law, Wanted(**wanted))
    return [line.person for line in found.lines(found.people())]


def test_list_is_chosen_by_unit_position_state_and_account(world):
    clerk = factories.make_position(slug="clerk")
    teacher = factories.make_post(institution=world["school"]).person
    factories.give_account(teacher)
    other = factories.make_post(institution=factories.make_institution(world["ministry"]), position=clerk).person
    SignRequest.objects.filter(person=other).update(asked_on=TODAY - timedelta(9), due_on=TODAY - timedelta(1))
    factories.sign(factories.make_post(institution=world["school"]).person)
    assert unsigned(world) == [teacher, other]
    assert unsigned(world, unit=world["school"]) == [teacher]
    assert unsigned(world, position=clerk) == [other]
    assert unsigned(world, state=SignState.OVERDUE) == [other]
    assert unsigned(world, account=NO_ACCOUNT) == [other]
    assert overdue_by_code(Scope.of(world["ministry"], TODAY)) == {world["code"].pk: 1}
    assert overdue_by_code(Scope.of(world["school"], TODAY)) == {}


def test_list_holds_nobody_outside_the_scope(world):
    factories.make_post(institution=factories.make_institution())
    mine = factories.make_post(institution=world["school"]).person
    assert unsigned(world) == [mine]
    assert not SignOff.objects.exists()
