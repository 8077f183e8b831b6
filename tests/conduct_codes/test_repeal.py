"""Repealing a code without a successor: what ends, what stands, and what is refused."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from conduct_codes import actions, bulk
from conduct_codes.citations import Reference, cite
from conduct_codes.models import CodePage, Edition, Repeal, SignRequest
from conduct_codes.repeal import repeal_of
from institutions.models import AuditEntry, Role
from tests import factories
from tests.factories import TODAY, moment

DAY = datetime.timedelta(days=1)
MONTH = datetime.timedelta(days=30)
TOMORROW, YESTERDAY = TODAY + DAY, TODAY - DAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


def adopt_for(code, in_force_from, **facts):
    """A next edition, adopted today and in force from the day."""
    page = CodePage.objects.get(code=code, locale__language_code="km")
    return factories.adopt(factories.approve(page), in_force_from=in_force_from, **facts)


def in_force(day):
    return list(Edition.objects.in_force_on(day))


def test_nothing_of_a_repealed_code_is_in_force_from_the_day_on():
    edition = factories.make_edition()
    other = factories.make_edition(factories.make_code(factories.make_sector("police"), slug="police"))
    factories.repeal(edition.code)
    assert in_force(YESTERDAY) == [edition, other]
    assert in_force(TODAY) == [other]
    assert repeal_of(edition.code, YESTERDAY) is None
    assert repeal_of(edition.code, TODAY).edition == edition
    assert AuditEntry.objects.filter(verb="conduct_codes.repeal", institution=edition.code.owner).count() == 1


def test_editions_read_at_once_honour_a_repeal_on_every_day():
    first = factories.make_edition(day=TODAY - 10 * MONTH)
    factories.make_edition(first.code, day=TODAY - 5 * MONTH)
    factories.repeal(first.code, effective_on=TODAY + 5 * DAY)
    third = adopt_for(first.code, TODAY + 9 * DAY)
    editions = bulk.Editions()
    for step in range(-301, 12):
        day = TODAY + step * DAY
        one = Edition.objects.in_force_on(day).of(first.code).first()
        assert editions.in_force_on(first.code_id, day) == one, day
        assert editions.is_repealed_on(first.code_id, day) == (repeal_of(first.code, day) is not None), day
        coming = list(Edition.objects.coming_after(day))
        assert editions.asked_of([first.code.sector_id], day) == [*([one] if one else []), *coming]
    assert in_force(TODAY + 9 * DAY) == [third]


def test_an_edition_that_would_have_come_later_does_not_come():
    first = factories.make_edition()
    coming = adopt_for(first.code, TODAY + MONTH)
    assert list(Edition.objects.coming_after(TODAY)) == [coming]
    factories.repeal(first.code, decided_on=TODAY, effective_on=TOMORROW)
    assert list(Edition.objects.coming_after(TODAY)) == []
    assert in_force(TODAY + MONTH) == []
    assert actions.ask_bound_people(edition=coming, day=TODAY) == 0


def test_open_requests_close_on_the_day_and_nobody_is_asked_anew():
    edition = factories.make_edition()
    person = factories.make_post().person
    factories.repeal(edition.code, effective_on=TOMORROW)
    assert SignRequest.objects.of(person).open_on(TODAY).count() == 1
    assert SignRequest.objects.of(person).open_on(TOMORROW).count() == 0
    newcomer = factories.make_post(starts_on=TOMORROW, at=moment(TOMORROW)).person
    assert not SignRequest.objects.of(newcomer).exists()


def test_a_repealed_code_cannot_be_signed():
    edition = factories.make_edition()
    person = factories.make_post().person
    user = factories.give_account(person)
    asked = SignRequest.objects.of(person).get()
    text = actions.text_to_sign(asked, language="km", day=TODAY)
    factories.repeal(edition.code)
    facts = {"request": asked, "text_sha256": text.sha256, "at": moment(), "by": user}
    with pytest.raises(actions.SigningRefused, match="not in force"):
        actions.sign_edition(statements=["read", "penalties", "report"], **facts)
    with pytest.raises(actions.SigningRefused, match="not in force"):
        bulk.sign_editions([bulk.Signature(**facts)])


def test_citations_of_a_repealed_code_survive_and_say_so():
    edition = factories.make_edition()
    person = factories.make_post().person
    article = edition.articles.get(number="2")
    named, by_topic = Reference(edition.code_id, article.key), Reference(topic="non-violence")
    assert set(cite([named, by_topic], person=person, day=TODAY)) == {named, by_topic}
    factories.repeal(edition.code)
    found = cite([named, by_topic], person=person, day=TODAY)
    assert set(found) == {named}
    assert found[named].is_repealed


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"decided_on": TOMORROW, "effective_on": TOMORROW}, "lies in the future"),
        ({"decided_on": TODAY, "effective_on": YESTERDAY}, "before it was signed"),
        ({"decided_on": TODAY - 400 * DAY}, "before the edition"),
    ],
)
def test_dates_that_cannot_be_are_refused(facts, sentence):
    edition = factories.make_edition()
    with pytest.raises(actions.RepealRefused, match=sentence):
        factories.repeal(edition.code, **facts)
    assert not Repeal.objects.exists()


def test_a_code_is_repealed_once_and_only_if_it_was_adopted():
    with pytest.raises(actions.RepealRefused, match="nothing to repeal"):
        factories.repeal(factories.make_code())
    edition = factories.make_edition()
    factories.repeal(edition.code)
    with pytest.raises(actions.RepealRefused, match="repealed already"):
        factories.repeal(edition.code)


def test_a_new_edition_after_the_repeal_is_substantive_and_not_in_force_before_it():
    edition = factories.make_edition()
    factories.repeal(edition.code, effective_on=TOMORROW)
    with pytest.raises(actions.AdoptionRefused, match="substantive"):
        adopt_for(edition.code, TOMORROW, change_class="erratum")
    with pytest.raises(actions.AdoptionRefused, match="still to be repealed"):
        adopt_for(edition.code, TODAY)
    second = adopt_for(edition.code, TOMORROW)
    assert second.continues is None
    assert in_force(TOMORROW) == [second]
    assert repeal_of(edition.code, TOMORROW) is None


def test_a_repeal_is_never_changed():
    made = factories.repeal(factories.make_edition().code)
    for change in (lambda: Repeal.objects.update(reason="x"), lambda: Repeal.objects.filter(pk=made.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def adopter(client, site):
    """A code in force whose owner's adopter is logged in."""
    edition = factories.make_edition()
    client.force_login(factories.make_role(Role.Kind.ADOPTER, edition.code.owner).user)
    return edition


def answers(**facts):
    return {
        "instrument": "ប្រកាស",
        "instrument_latin": "Prakas",
        "instrument_number": "០៩៩",
        "signatory": "រដ្ឋមន្ត្រី",
        "signatory_latin": "Minister",
        "decided_on": YESTERDAY.isoformat(),
        "effective_on": TODAY.isoformat(),
        "reason": "ហេតុផល",
        "reason_latin": "The sector was dissolved.",
        **facts,
    }


def address(code):
    return f"/en/adoption/repeal/{code.slug}/"


def test_the_adopter_sees_what_follows_before_anything_is_repealed(client, adopter):
    factories.make_post(institution=factories.make_institution(adopter.code.owner))
    assert client.get(address(adopter.code)).status_code == 200
    page = client.post(address(adopter.code), answers()).content.decode()
    assert "1 person is bound by it today" in page
    assert "1 open request for a signature closes" in page
    assert not Repeal.objects.exists()
    back = client.post(address(adopter.code), answers(change="1")).content.decode()
    assert "The sector was dissolved." in back
    assert not Repeal.objects.exists()
    answer = client.post(address(adopter.code), answers(confirmed="1"))
    assert answer.status_code == 302
    assert Repeal.objects.get().edition == adopter


def test_a_refused_day_stands_at_its_field(client, adopter):
    page = client.post(address(adopter.code), answers(decided_on="2020-01-01")).content.decode()
    assert 'href="#id_decided_on"' in page
    assert not Repeal.objects.exists()


def test_another_ministrys_adopter_finds_nothing(client, adopter):
    other = factories.make_role(Role.Kind.ADOPTER, factories.make_institution(code="another")).user
    client.force_login(other)
    assert client.get(address(adopter.code)).status_code == 404
    assert client.post(address(adopter.code), answers(confirmed="1")).status_code == 404
    assert not Repeal.objects.exists()


def test_code_page_list_and_edition_say_that_the_code_is_repealed(client, site):
    edition = factories.make_edition()
    for language in ("km", "en"):
        page = CodePage.objects.get(code=edition.code, locale__language_code=language)
        index = site.root_page.get_translation(factories.locale(language)).get_children().first()
        page.move(index, pos="last-child")
    factories.repeal(edition.code)
    path = CodePage.objects.get(code=edition.code, locale__language_code="en").get_url()
    body = client.get(path).content.decode()
    for said in ("Repealed on", "Prakas", "Minister", "Without a successor", "The sector was dissolved."):
        assert said in body
    assert "Draft, not binding" not in body
    assert "Heading 2" in body
    assert "Repealed on" in client.get("/en/codes/").content.decode()
    assert "repealed" in client.get("/en/").content.decode()
    frozen = client.get(reverse("conduct_codes:edition", args=[edition.code.slug, 1]), {"lang": "en"}).content.decode()
    assert "Repealed" in frozen
    assert "Not in force yet" not in frozen
