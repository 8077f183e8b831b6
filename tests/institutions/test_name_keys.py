"""Keys by which names are compared: computed anew where the way of comparing has changed."""

import importlib

import pytest
from django.apps import apps

from institutions.models import Person
from tests import factories


@pytest.mark.django_db
def test_keys_of_names_that_are_there_already_are_computed_anew():
    stale, other = factories.make_person(name="ស៊ីម សុខា"), factories.make_person()
    before = (stale.name_key, other.name_key)
    Person.objects.filter(pk=stale.pk).update(name_key="as it was compared before")
    importlib.import_module("institutions.migrations.0008_name_keys_anew").compute_keys(apps, None)
    assert (Person.objects.get(pk=stale.pk).name_key, Person.objects.get(pk=other.pk).name_key) == before
