"""The ministry's figures: what counts, where, once, and in how many queries."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from certification import tilemap
from certification.coverage import Figures, coverage_of
from institutions.scope import Scope
from tests import factories
from tests.certification import histories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def counts(figures):
    return (figures.people, figures.trained, figures.passed, figures.signed, figures.certified)


def test_four_figures_are_kept_apart_under_one_denominator():
    world = factories.make_bound_world()
    people = [factories.make_post(institution=world["school"]).person for _person in range(4)]
    factories.certify(people[0])
    factories.sign(people[1])
    factories.give_account(people[2])
    factories.learn(people[2].enrolments.get(), right=False)
    found = coverage_of(Scope.of(world["ministry"], TODAY), TODAY, institution=world["ministry"])
    assert counts(found.total) == (4, 2, 1, 2, 1)
    assert found.total.missing == 3


def test_person_with_two_posts_counts_once_in_the_total_and_once_in_each_row():
    world = factories.make_bound_world()
    other = factories.make_institution(world["ministry"], area=factories.make_area("01", "បន្ទាយមានជ័យ", "Banteay"))
    post = factories.make_post(institution=world["school"])
    factories.make_post(post.person, other)
    found = coverage_of(Scope.of(world["ministry"], TODAY), TODAY, institution=world["ministry"])
    assert counts(found.total)[0] == 1
    assert {path: figures.people for path, figures in found.by_child.items()} == {
        world["school"].path: 1,
        other.path: 1,
    }
    assert {code: figures.people for code, figures in found.by_province.items()} == {"06": 1, "01": 1}
    assert sum(figures.people for figures in found.by_sex.values()) == 1


def test_person_under_two_requirements_is_certified_only_under_both():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.certify(person)
    sector = factories.make_sector("health", name="សុខាភិបាល", name_latin="Health")
    code = factories.make_code(sector, world["ministry"])
    factories.make_edition(code)
    factories.make_requirement(code, [world["course"]], serial_prefix="HEA")
    factories.make_post(person, world["school"], factories.make_position(sector, "nurse"))
    found = coverage_of(Scope.of(world["ministry"], TODAY), TODAY)
    assert counts(found.total) == (1, 1, 1, 0, 0)


def test_new_chain_in_force_takes_signed_away_but_not_certified():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.certify(person)
    factories.make_edition(world["code"], day=TODAY + datetime.timedelta(days=5))
    day = TODAY + datetime.timedelta(days=6)
    found = coverage_of(Scope.of(world["ministry"], day), day)
    assert counts(found.total) == (1, 1, 1, 0, 1)
    found = coverage_of(Scope.of(world["ministry"], TODAY), TODAY)
    assert counts(found.total) == (1, 1, 1, 1, 1)


def test_erratum_keeps_signatures_of_its_chain():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.certify(person)
    factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    assert counts(coverage_of(Scope.of(world["ministry"], TODAY), TODAY).total)[3] == 1


def test_foreign_institution_is_not_counted():
    world = factories.make_bound_world()
    factories.make_post(institution=world["school"])
    factories.make_post(institution=factories.make_institution(factories.make_institution()))
    assert counts(coverage_of(Scope.of(world["ministry"], TODAY), TODAY).total)[0] == 1


def test_area_monitor_counts_the_area_over_all_ministries():
    world = factories.make_bound_world()
    factories.make_post(institution=world["school"])
    elsewhere = factories.make_institution(
        factories.make_institution(), area=factories.make_area("0601", "បារាយណ៍", "Baray")
    )
    factories.make_post(institution=elsewhere)
    factories.make_post(institution=factories.make_institution(world["ministry"]))
    role = factories.make_role("monitor", area=factories.make_area())
    found = coverage_of(factories.scope_of(role.user), TODAY)
    assert counts(found.total)[0] == 2
    assert {code: figures.people for code, figures in found.by_province.items()} == {"06": 2}


def test_queries_do_not_grow_with_people():
    world = factories.make_bound_world()
    scope = Scope.of(world["ministry"], TODAY)
    taken = []
    for size in (3, 9):
        for _person in range(size):
            factories.make_post(institution=world["school"])
        with CaptureQueriesContext(connection) as queries:
            coverage_of(scope, TODAY, institution=world["ministry"])
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_past_day_counts_the_posts_and_facts_of_that_day():
    world = factories.make_bound_world()
    past = TODAY - datetime.timedelta(days=100)
    early = factories.make_post(institution=world["school"], starts_on=past).person
    factories.make_post(institution=world["school"])
    factories.certify(early, TODAY - datetime.timedelta(days=20))
    scope = Scope.of(world["ministry"], TODAY)
    assert counts(coverage_of(scope, past).total) == (1, 0, 0, 0, 0)
    assert counts(coverage_of(scope, TODAY - datetime.timedelta(days=10)).total) == (1, 1, 1, 1, 1)
    assert counts(coverage_of(scope, TODAY).total) == (2, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("share", "step"), [(None, None), (0, 0), (0.299, 0), (0.30, 1), (0.45, 2), (0.60, 3), (0.75, 4), (1, 4)]
)
def test_tile_takes_the_step_of_its_share(share, step):
    assert tilemap.step_of(share) == step


def test_tile_without_people_has_no_colour():
    area = factories.make_area()
    area.tile_column, area.tile_row = 3, 1
    (tile,) = tilemap.tiles([area], {})
    assert tile.step is None
    assert tile.figures == Figures()
    assert (tile.x, tile.y) == (306.5, 94.5)


def test_every_cut_equals_a_slow_recount():
    world = histories.make_world()

    @given(
        history=histories.histories,
        day=histories.past_days,
        top=st.sampled_from(["ministry", "department", "school", "elsewhere"]),
    )
    @settings(max_examples=40, deadline=None)
    def holds(history, day, top):
        with histories.undone():
            histories.save(history, world)
            institution = world.institutions[top]
            found = coverage_of(Scope.of(institution, day), day, institution=institution)
            total, by_child, by_sex = recount(history, day, top, world)
            assert list(counts(found.total)) == total
            assert {path: list(counts(figures)) for path, figures in found.by_child.items()} == by_child
            assert {sex: list(counts(figures)) for sex, figures in found.by_sex.items()} == by_sex

    holds()


def recount(history, day, top, world):
    """The same figures by hand: total, by the level below, by sex; five counts each."""
    inside = histories.below(top)
    depth = len(world.institutions[top].path) + 4
    total, by_child, by_sex = [0] * 5, {}, {}
    for plan in history:
        if not histories.requirements_of(plan, day, inside):
            continue
        row = [1, *histories.figures_of(plan, day, inside)]
        held = [post for post in plan.posts if post.institution in inside and post.holds_on(day)]
        binding = [post for post in held if is_binding(post, day)]
        children = {world.institutions[post.institution].path[:depth] for post in binding}
        own = world.institutions[top].path
        for table, keys in ((by_child, {"" if path == own else path for path in children}), (by_sex, {plan.sex})):
            for key in keys:
                table[key] = [before + now for before, now in zip(table.get(key, [0] * 5), row, strict=True)]
        total = [before + now for before, now in zip(total, row, strict=True)]
    return total, by_child, by_sex


def is_binding(post, day):
    return any(
        post.position in positions and histories.ACTIVE_FROM[requirement] <= day
        for requirement, positions in histories.ASKED_OF.items()
    )
