"""Before an institution closes, whoever closes it reads which other systems work for it."""

import pytest
from django.utils.translation import override

from institutions.models import TreeChange
from institutions.tree_effects import Change, effects_of
from tests import factories

pytestmark = pytest.mark.django_db
KIND = TreeChange.Kind


def sentences(kind, institution, other=None):
    change = Change(kind=kind, institution=institution, on=factories.TODAY, other=other)
    with override("en"):
        return [str(effect.sentence) for effect in effects_of(change, day=factories.TODAY).above]


@pytest.mark.parametrize("kind", [KIND.CLOSED, KIND.MERGED])
def test_systems_that_work_for_an_institution_are_named_before_it_ends(kind):
    ministry = factories.make_institution()
    department, other = (factories.make_institution(ministry, "department") for _number in range(2))
    factories.make_webhook(other)
    assert sentences(kind, department, other) == []
    factories.make_webhook(department)
    assert sentences(kind, department, other) == [
        "1 other system works for this institution. From that day on it finds nobody there."
    ]
    factories.make_client(department)
    assert "2 other systems work" in sentences(kind, department, other)[0]
    assert sentences(KIND.MOVED, department, other) == [], "a move takes its systems along"
