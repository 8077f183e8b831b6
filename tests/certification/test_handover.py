"""When the last HR clerk of a unit goes: the role ends with the post, and the unit above sees what waits."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions.actions import end_post, end_role, grant_role, request_correction
from institutions.models import Role
from institutions.vacancies import units_without_clerk
from tests import factories
from tests.factories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = datetime.timedelta(days=1)


@pytest.fixture
def world():
    world = factories.make_bound_world()
    world["head"] = factories.make_role(Role.Kind.HR, world["ministry"]).user
    return world


def clerk_of(unit):
    """An HR role that rests on the clerk's own post in the unit."""
    post = factories.make_post(institution=unit, starts_on=TODAY - 40 * DAY)
    user, begun = factories.give_account(post.person), TODAY - 40 * DAY
    facts = {"user": user, "kind": Role.Kind.HR, "institution": unit, "post": post}
    return grant_role(**facts, starts_on=begun, at=moment(begun), by=None)


def vacant(user, day=TODAY):
    return [(unit.pk, unit.last_day) for unit in units_without_clerk(factories.scope_of(user, day))]


def test_role_ends_with_the_post_and_the_unit_stands_at_the_parent_from_the_next_day(world):
    role, last = clerk_of(world["school"]), TODAY + 3 * DAY
    end_post(post=role.post, ends_on=last, at=moment(), by=None)
    role.refresh_from_db()
    assert role.ends_on == last
    assert [vacant(world["head"], last), vacant(world["head"], last + DAY)] == [[], [(world["school"].pk, last)]]
    assert not factories.scope_of(role.user, last + DAY).grants


def test_unit_with_another_clerk_is_not_vacant_and_one_that_never_had_one_is_not_listed(world):
    role = clerk_of(world["school"])
    other = factories.make_role(Role.Kind.HR, world["school"])
    end_post(post=role.post, ends_on=TODAY - DAY, at=moment(), by=None)
    assert vacant(world["head"]) == []
    end_role(role=other, ends_on=TODAY - 2 * DAY, at=moment(), by=None)
    assert vacant(world["head"]) == [(world["school"].pk, TODAY - DAY)]
    assert vacant(factories.make_role(Role.Kind.HR, factories.make_institution()).user) == []


def test_to_do_leads_to_the_unit_and_the_unit_shows_what_waits_there_alone(client, world):
    role = clerk_of(world["school"])
    elsewhere = factories.make_institution(world["ministry"])
    for unit in (world["school"], elsewhere):
        person = factories.make_post(institution=unit).person
        user = factories.give_account(person)
        request_correction(person=person, field="name", message="Wrong", at=moment(), by=user)
    end_post(post=role.post, ends_on=TODAY - DAY, at=moment(), by=None)
    client.force_login(world["head"])
    units, page = reverse("certification:vacancy_list"), reverse("certification:unit_todo", args=[world["school"].code])
    assert units in client.get(reverse("certification:todo")).content.decode()
    assert page in client.get(units).content.decode()
    correction_list = reverse("institutions:correction_list")
    tasks = {task.url: task.count for task in client.get(page).context["tasks"]}
    assert tasks[f"{correction_list}?unit={world['school'].code}"] == 1
    tasks = {task.url: task.count for task in client.get(reverse("certification:todo")).context["tasks"]}
    assert tasks[correction_list] == 2


def test_unit_of_somebody_else_is_not_found(client, world):
    client.force_login(factories.make_role(Role.Kind.HR, factories.make_institution()).user)
    assert client.get(reverse("certification:unit_todo", args=[world["school"].code])).status_code == 404


def test_list_takes_as_many_queries_for_one_unit_as_for_three(client, world):
    client.force_login(world["head"])

    def queries_with(units):
        for _unit in range(units):
            role = clerk_of(factories.make_institution(world["ministry"]))
            end_post(post=role.post, ends_on=TODAY - DAY, at=moment(), by=None)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("certification:vacancy_list"))
        return len(found)

    queries_with(1)
    assert queries_with(0) == queries_with(2)
