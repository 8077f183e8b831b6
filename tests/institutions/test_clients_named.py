"""One system of a name is let in once: a second click makes no second one, and the page says what to do."""

from functools import partial

import pytest
from django.urls import reverse

from institutions.actions import RegisterRefused
from institutions.client_actions import create_client, revoke_client
from institutions.models import ApiClient, Role
from tests import factories
from tests.racing import together

FACTS = {"name": "Payroll", "may_read": True, "may_push": False, "at": factories.moment(), "by": None}
FACTS["expires_on"] = factories.TODAY


def let_in(institution, **facts):
    return create_client(institution=institution, **{**FACTS, **facts})


@pytest.mark.django_db
def test_a_name_that_is_let_in_is_refused_until_its_token_is_over():
    place = factories.make_institution()
    first = let_in(place).client
    with pytest.raises(RegisterRefused):
        let_in(place, name=" PAYROLL ")
    let_in(place, name="Payroll of teachers")
    let_in(factories.make_institution())
    revoke_client(client=first, at=factories.moment(), by=None)
    assert let_in(place).client.institution == place


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_what_to_do(client, today):
    registrar = factories.make_role(Role.Kind.REGISTRAR, factories.make_institution(code="moeys"))
    client.force_login(registrar.user)
    let_in(registrar.institution)
    sent = {"name": "Payroll", "institution": "moeys", "may_read": "on", "expires_on": "30/11/2026"}
    answer = client.post(reverse("institutions:client_new").replace("/km/", "/en/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 400 and ApiClient.objects.count() == 1
    assert (
        page.count("Make it a new token in the list of other systems, or give this one another name.") == 1
        and 'value="Payroll"' in page
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_clicks_at_one_moment_let_one_system_in():
    place = factories.make_institution()
    results = together(*[partial(let_in, place)] * 2)
    assert sorted(isinstance(result, RegisterRefused) for result in results) == [False, True]
    assert ApiClient.objects.count() == 1
