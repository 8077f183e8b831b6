"""The pages on which a registrar lets other systems in and takes their access back."""

import datetime

import pytest
from django.core.cache import cache
from django.urls import reverse

from institutions.models import ApiClient
from tests import factories

pytestmark = pytest.mark.django_db
LIST, NEW = "institutions:client_list", "institutions:client_new"
TODAY = factories.TODAY
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    cache.clear()
    monkeypatch.setattr("django.utils.timezone.now", factories.moment)


@pytest.fixture
def ministry():
    return factories.make_institution(code="ministry")


@pytest.fixture
def registrar(client, ministry):
    client.force_login(factories.make_role("registrar", ministry).user)
    return client


def form(**facts):
    return {"name": "Payroll", "institution": "ministry", "may_push": "on", "expires_on": "2027-05-01", **facts}


def test_a_registrar_makes_a_client_and_sees_its_token_once(registrar, ministry):
    sent = registrar.post(reverse(NEW), form())
    shown = reverse("institutions:client_token", args=[ApiClient.objects.get().pk])
    assert (sent.status_code, sent["Location"]) == (302, shown)
    page = registrar.get(shown)
    token = page.context["token"]
    assert page.status_code == 200 and token in page.content.decode() and "no-store" in page["Cache-Control"]
    assert factories.Machine(token).get("/client").json()["may_push"] is True
    listed = registrar.get(reverse(LIST)).content.decode()
    assert "Payroll" in listed and token not in listed
    made = ApiClient.objects.get()
    assert made.institution == ministry and not made.may_read and made.created_by == page.wsgi_request.user


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"institution": "no-such"}, "institution"),
        ({"institution": "foreign"}, "institution"),
        ({"may_push": ""}, "may_read"),
        ({"expires_on": ""}, "expires_on"),
        ({"expires_on": "tomorrow"}, "expires_on"),
        ({"expires_on": "2026-11-22"}, "expires_on"),
        ({"expires_on": "2028-01-01"}, "expires_on"),
    ],
)
def test_what_is_not_usable_is_said_and_makes_no_client(registrar, facts, wrong):
    factories.make_institution(code="foreign")
    page = registrar.post(reverse(NEW), form(**facts))
    assert page.status_code == 400 and wrong in page.context["form"].errors
    assert not ApiClient.objects.exists()


def test_a_day_may_be_typed_with_khmer_digits(registrar):
    assert registrar.post(reverse(NEW), form(expires_on="២០២៧-០៥-០១"), follow=True).context["token"]


def test_a_new_token_is_shown_once_and_ends_the_old_one(registrar, ministry):
    made = factories.make_client(ministry)
    address = reverse("institutions:client_renew", args=[made.client.pk])
    assert made.client.token_prefix not in registrar.get(address).content.decode()
    token = registrar.post(address, {"expires_on": "2027-05-01"}, follow=True).context["token"]
    assert factories.Machine(made.token).get("/client").status_code == 401
    assert factories.Machine(token).get("/client").json()["expires_on"] == "2027-05-01"


def test_access_is_taken_back_after_a_question(registrar, ministry):
    made = factories.make_client(ministry)
    address = reverse("institutions:client_revoke", args=[made.client.pk])
    assert registrar.get(address).status_code == 200
    assert factories.Machine(made.token).get("/client").status_code == 200
    assert registrar.post(address).url == reverse(LIST)
    assert factories.Machine(made.token).get("/client").status_code == 401
    assert registrar.post(address).url == reverse(LIST)
    assert registrar.post(reverse("institutions:client_renew", args=[made.client.pk]), form()).url == reverse(LIST)


def test_a_client_of_another_ministry_is_not_there(registrar):
    made = factories.make_client()
    for name in ("client_renew", "client_revoke"):
        for pk in (made.client.pk, 99_999):
            address = reverse(f"institutions:{name}", args=[pk])
            assert registrar.get(address).status_code == registrar.post(address, form()).status_code == 404
    assert made.client.reference not in registrar.get(reverse(LIST)).content.decode()
    assert factories.Machine(made.token).get("/client").status_code == 200


@pytest.mark.parametrize("kind", ["hr", "monitor", "auditor", "editor"])
def test_nobody_but_a_registrar_or_the_owner_finds_the_pages(client, ministry, kind):
    made = factories.make_client(ministry)
    client.force_login(factories.make_role(kind, ministry).user)
    for name, args in ((LIST, []), (NEW, []), ("institutions:client_revoke", [made.client.pk])):
        assert client.get(reverse(name, args=args)).status_code == 404
        assert client.post(reverse(name, args=args), form()).status_code == 404
    assert ApiClient.objects.get().revoked_at is None


def test_the_owner_lets_systems_of_every_ministry_in(client, ministry):
    client.force_login(factories.make_user(is_superuser=True))
    assert client.post(reverse(NEW), form(), follow=True).context["token"]
    assert "Payroll" in client.get(reverse(LIST)).content.decode()


def test_the_list_costs_the_same_for_one_system_and_three(registrar, ministry, django_assert_max_num_queries):
    factories.make_client(ministry)
    registrar.get(reverse(LIST))
    with django_assert_max_num_queries(100) as one:
        registrar.get(reverse(LIST))
    for _number in range(2):
        factories.make_client(factories.make_institution(ministry))
    with django_assert_max_num_queries(100) as three:
        registrar.get(reverse(LIST))
    assert len(one) == len(three)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_for_developers_shows_every_operation_with_an_example(client, language):
    page = client.get(f"/{language}/api/")
    text = page.content.decode()
    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path in text
    assert "curl -H" in text and "Idempotency-Key: 2026-11-30-1" in text and "birth_date" in text
    assert "public" in page["Cache-Control"] and not page.cookies
