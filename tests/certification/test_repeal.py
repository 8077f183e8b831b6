"""What a repealed code leaves of what was asked, earned and certified under it."""

import datetime

import pytest
from django.urls import reverse

from certification import bulk
from certification.actions import open_renewals, requirements_binding
from certification.documents import certificate_pdf
from certification.models import Certificate, Period
from certification.steps import plans_of
from tests import factories
from tests.factories import TODAY, moment

DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("institutions.middleware.timezone.now", lambda: moment(TODAY, 12))


@pytest.fixture
def world():
    return factories.make_bound_world()


def officer_of(world):
    person = factories.make_post(institution=world["school"]).person
    factories.give_account(person)
    return person


def test_a_repealed_code_asks_nothing_from_the_day_on(world):
    person = officer_of(world)
    factories.repeal(world["code"], effective_on=TODAY + DAY)
    assert len(requirements_binding(person, TODAY)) == 1
    assert len(requirements_binding(person, TODAY + DAY)) == 0
    assert len(plans_of(person, TODAY, moment(TODAY))) == 1
    assert plans_of(person, TODAY + DAY, moment(TODAY + DAY)) == []
    posts = list(person.posts.select_related("sector", "position"))
    binding = bulk.Binding()
    assert [len(binding.of_posts(posts, day)) for day in (TODAY, TODAY + DAY)] == [1, 0]


def test_a_repealed_code_is_not_renewed_and_earns_no_new_certificate(world):
    holder, learner = officer_of(world), officer_of(world)
    certificate = factories.certify(holder)
    factories.sign(learner)
    factories.repeal(world["code"])
    later = certificate.window_from + DAY
    assert open_renewals(day=later, at=moment(later), by=None) == 0
    assert bulk.open_many_renewals([bulk.Renewal(person=holder, day=later, at=moment(later))]) == []
    factories.learn(learner.enrolments.get())
    assert Period.objects.get(person=learner).passed_on == TODAY
    assert not Certificate.objects.filter(person=learner).exists()


def test_the_public_check_says_that_the_code_was_repealed_and_the_certificate_stays(client, world):
    certificate = factories.certify(officer_of(world))
    address = reverse("certification:verify", args=[certificate.verification_code])
    before = certificate_pdf(certificate, "https://example.org/c/1/", demonstration=False)
    assert "repealed" not in client.get(address, {"lang": "en"}).content.decode()
    factories.repeal(world["code"])
    body = client.get(address, {"lang": "en"}).content.decode()
    assert "This certificate is valid" in body
    assert "Valid until" in body
    assert "the code was repealed on" in body
    assert certificate_pdf(certificate, "https://example.org/c/1/", demonstration=False) == before


def test_the_holder_reads_it_on_the_certificate(client, world):
    person = officer_of(world)
    certificate = factories.certify(person)
    factories.repeal(world["code"])
    client.force_login(person.user)
    body = client.get(f"/certificates/{certificate.serial}/", {"lang": "en"}).content.decode()
    assert "The code was repealed on" in body
    assert client.get("/en/training/").status_code == 200


def test_my_training_notes_an_erratum_quietly_to_those_who_signed_before(client, world):
    person = officer_of(world)
    factories.sign(person)
    client.force_login(person.user)
    assert "See what changed" not in client.get("/en/training/").content.decode()
    factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    body = client.get("/en/training/").content.decode()
    assert "Erratum" in body
    assert f'href="/en/signed/{world["code"].slug}/compare/"' in body
