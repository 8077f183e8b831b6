import pytest
from tests import factories as f
pytestmark = pytest.mark.django_db
def test_world():
    w = f.make_bound_world()
    p = f.make_post(institution=w["school"])
    c = f.certify(p.person)
    assert c
