"""A world that was made once is in each test what it would be there, and nothing of it is left for the next one."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from conduct_codes.models import CodePage
from institutions.models import Institution, User
from tests import factories

pytestmark = pytest.mark.django_db


def rows():
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model._base_manager.count() for model in models if model._base_manager.exists()}


@pytest.mark.parametrize("make", [factories.make_bound_world, factories.make_edition, factories.make_course])
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_copy_holds_the_rows_of_a_world_that_is_made(make, time):
    point = transaction.savepoint()
    make.__wrapped__()
    made = rows()
    transaction.savepoint_rollback(point)
    make()
    assert rows() == made
    connection.check_constraints()


def test_objects_of_a_copy_are_its_rows_and_no_other_tests():
    world = factories.make_bound_world()
    for name, thing in world.items():
        assert type(thing)._default_manager.get(pk=thing.pk) == thing, name
    world["school"].name = "changed"
    assert Institution.objects.get(pk=world["school"].pk).name != "changed"
    factories.certify(factories.make_post(institution=world["school"]).person)


def test_a_second_world_of_one_test_is_another():
    first, second = factories.make_bound_world(), factories.make_bound_world()
    assert first["school"] != second["school"] and Institution.objects.filter(depth=1).count() == 2


def test_a_test_that_made_something_before_gets_a_world_of_its_own():
    user = factories.make_user()
    factories.make_bound_world()
    assert User.objects.filter(pk=user.pk).exists()


def test_a_test_that_asks_the_indexes_finds_its_pages_in_them(indexed):
    factories.make_edition()
    assert CodePage.objects.get(locale__language_code="en").title in [
        page.title for page in CodePage.objects.all().search("Code of Education staff")
    ]
