"""One person's page, exemptions and the to-do page: who sees them, what they show, what bad input gets."""

import datetime

import pytest
from django.urls import reverse

from certification.actions import change_certificate
from institutions.actions import designate_person
from institutions.models import AuditEntry, Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = factories.TODAY
DAYS = datetime.timedelta


@pytest.fixture
def world():
    return factories.make_bound_world()


def hr_of(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


def test_stranger_is_404_on_a_persons_page_and_monitors_on_all_of_them(client, world):
    person = factories.make_post(institution=world["school"]).person
    stranger = hr_of(factories.make_institution())
    monitor = hr_of(world["ministry"], Role.Kind.MONITOR)
    area_monitor = factories.make_role(Role.Kind.MONITOR, area=factories.make_area()).user
    officer = factories.give_account(person)
    pages = [reverse("certification:person_list"), reverse("certification:todo")]
    own = reverse("certification:person", args=[person.pk])
    for user, addresses in ((stranger, [own]), *((user, [*pages, own]) for user in (monitor, area_monitor, officer))):
        client.force_login(user)
        for address in addresses:
            assert client.get(address).status_code == 404, address
    client.logout()
    assert all(client.get(address).status_code == 302 for address in (*pages, own))


def test_every_view_of_a_person_is_in_the_record(client, world):
    person = factories.make_post(institution=world["school"]).person
    user = hr_of(world["ministry"])
    client.force_login(user)
    for _view in range(2):
        assert client.get(reverse("certification:person", args=[person.pk])).status_code == 200
    entries = AuditEntry.objects.filter(verb="certification.view_person", subject=f"person:{person.pk}", actor=user)
    assert [entry.institution for entry in entries] == [world["school"]] * 2


def test_person_page_says_nothing_of_the_reason_of_a_revocation(client, world):
    person = factories.make_post(institution=world["school"]).person
    certificate = factories.certify(person)
    change_certificate(
        certificate=certificate, kind="revoked", reason="case C-2026-0001", at=factories.moment(hour=12), by=None
    )
    client.force_login(hr_of(world["school"]))
    text = client.get(reverse("certification:person", args=[person.pk])).content.decode()
    assert certificate.serial in text
    assert "C-2026-0001" not in text


# --- exemptions -----------------------------------------------------------------------------------------------------


def exemption(world, **facts):
    return {
        "requirement": world["requirement"].pk,
        "starts_on": DAY.isoformat(),
        "ends_on": (DAY + DAYS(30)).isoformat(),
        "reason": "Leave",
        **facts,
    }


def test_registrar_exempts_a_person_who_then_counts_as_exempt(client, world):
    person = factories.make_post(institution=world["school"]).person
    client.force_login(hr_of(world["ministry"], Role.Kind.REGISTRAR))
    address = reverse("certification:person_exempt", args=[person.pk])
    assert client.get(address).status_code == 200
    response = client.post(address, exemption(world))
    assert response.status_code == 302
    assert person.exemptions.get().reason == "Leave"
    lines = client.get(reverse("certification:person_list"), {"status": "exempt"}).context["lines"]
    assert [line.person.pk for line in lines] == [person.pk]


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"ends_on": "2026-01-01"},
        {"ends_on": "2999-01-01"},
        {"starts_on": "soon"},
        {"requirement": "0"},
    ],
)
def test_exemption_with_bad_input_says_so_keeps_what_was_typed_and_grants_nothing(client, world, wrong):
    person = factories.make_post(institution=world["school"]).person
    client.force_login(hr_of(world["ministry"], Role.Kind.REGISTRAR))
    response = client.post(
        reverse("certification:person_exempt", args=[person.pk]), exemption(world, reason="Long story") | wrong
    )
    assert response.status_code == 400
    assert not person.exemptions.exists()
    assert "alert-danger" in response.content.decode()
    if "reason" not in wrong:
        assert "Long story" in response.content.decode()


def test_exemption_cannot_be_granted_twice_for_the_same_days(client, world):
    person = factories.make_post(institution=world["school"]).person
    client.force_login(hr_of(world["ministry"], Role.Kind.REGISTRAR))
    address = reverse("certification:person_exempt", args=[person.pk])
    assert client.post(address, exemption(world)).status_code == 302
    assert client.post(address, exemption(world)).status_code == 400
    assert person.exemptions.count() == 1


def test_only_a_registrar_of_the_ministry_exempts_and_never_themselves(client, world):
    person = factories.make_post(institution=world["school"]).person
    address = reverse("certification:person_exempt", args=[person.pk])
    own = factories.give_account(person)
    factories.make_role(Role.Kind.REGISTRAR, world["ministry"], own)
    for user in (
        hr_of(world["ministry"]),
        hr_of(factories.make_institution(), Role.Kind.REGISTRAR),
        hr_of(world["ministry"], Role.Kind.MONITOR),
        own,
    ):
        client.force_login(user)
        assert client.post(address, exemption(world)).status_code == 404
    assert not person.exemptions.exists()


# --- to do ----------------------------------------------------------------------------------------------------------


def designate(person, school):
    """Every school has a designated teacher; without one it stands on the page."""
    designate_person(
        person=person, institution=school, kind="designated-teacher", starts_on=DAY, at=factories.moment(), by=None
    )


def test_todo_lists_what_exists_and_each_row_leads_to_as_many_people(client, world):
    factories.make_post(institution=world["school"], starts_on=DAY - DAYS(200))
    designate(factories.make_post(institution=world["school"]).person, world["school"])
    user = hr_of(world["school"])
    client.force_login(user)
    tasks = client.get(reverse("certification:todo")).context["tasks"]
    assert [task.count for task in tasks if task.status] == [1, 1]
    for task in tasks:
        assert len(client.get(task.url).context["lines"]) == task.count


def test_todo_of_nothing_says_so(client, world):
    named = factories.make_institution(world["ministry"], hr_unit="ការិយាល័យ", hr_unit_latin="Office")
    person = factories.make_post(institution=named).person
    factories.certify(person)
    designate(person, named)
    client.force_login(hr_of(named))
    page = client.get(reverse("certification:todo"))
    assert page.context["tasks"] == []
    assert "status=all" in page.content.decode()
