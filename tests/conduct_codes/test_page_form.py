"""The editor offers the measures of the code's own regime, and the server takes no other."""

import pytest
from django.urls import reverse

from conduct_codes.actions import open_section
from conduct_codes.models import CodePage
from tests import factories
from tests.conduct_codes.review_world import form_of
from tests.factories import moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    factories.make_regime("police")
    made = factories.make_code_page()
    open_section(code=made.code, at=moment())
    made.save_revision()
    client.force_login(factories.make_role("editor", made.code.owner).user)
    return CodePage.objects.get(pk=made.pk)


def choices_of(response):
    block = response.context["form"].fields["articles"].block
    measure = block.child_blocks["article"].child_blocks["measures"].child_block.child_blocks["measure"]
    return [slug for slug, _label in measure.field.choices]


def edit(client, page, **changes):
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return client.post(address, form_of(page) | changes) if changes else client.get(address)


def test_the_list_holds_the_measures_of_the_codes_own_regime(client, page):
    response = edit(client, page)
    assert choices_of(response) == ["", "reprimand", "suspension", "dismissal"]
    body = response.content.decode()
    assert "police-dismissal" not in body
    assert "legal office" in body


def test_a_measure_of_another_regime_is_refused_at_its_row(client, page):
    response = edit(client, page, **{"articles-1-value-measures-0-value-measure": "police-dismissal"})
    assert response.status_code == 200
    body = response.content.decode()
    assert "disciplinary regime. Choose one of the list" in body
    assert CodePage.objects.get(pk=page.pk).latest_revision_id == page.latest_revision_id
    assert edit(client, page, **{"articles-1-value-measures-0-value-measure": "suspension"}).status_code == 302


def test_a_foreign_measure_that_stands_in_the_text_is_shown_for_what_it_is(client, page):
    page.articles[1].value["measures"][0]["measure"] = "police-dismissal"
    page.save_revision()
    response = edit(client, page)
    assert choices_of(response)[-1] == "police-dismissal"
    assert (
        "not of this code&#x27;s regime" in response.content.decode() or "not of this code" in response.content.decode()
    )


def test_one_pages_choices_are_not_anothers(client, page):
    other = factories.make_code_page(
        factories.make_code(factories.make_sector("police"), factories.make_institution(code="moi"))
    )
    other.code.regime = factories.make_regime("police")
    other.code.save()
    client.force_login(factories.make_user(is_superuser=True))
    assert "police-dismissal" in choices_of(edit(client, other))
    assert "police-dismissal" not in choices_of(edit(client, page))
