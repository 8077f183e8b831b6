"""What an adoption takes along: the day by which people sign, and a scan that goes again if the adoption fails."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from conduct_codes.actions import ASK_JOB, AdoptionRefused, ask_bound_people
from conduct_codes.models import CodePage, Edition, EditionAct, SignRequest
from conduct_codes.signals import edition_adopted
from institutions.models import Person, Post
from jobs.actions import run_job
from jobs.models import Job
from tests import factories
from tests.factories import TODAY, adopt, moment

DAY = datetime.timedelta(days=1)


# --- the day to sign by ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_bound_from_the_start_signs_by_the_day_that_was_chosen_and_later_ones_have_the_usual_time():
    there = factories.make_post().person
    comes_before, comes_later = factories.make_person(), factories.make_person()
    in_force, chosen = TODAY + DAY, TODAY + 11 * DAY
    edition = adopt(factories.approve(factories.make_code_page()), in_force_from=in_force, sign_by=chosen)
    factories.make_post(comes_before, starts_on=TODAY)
    factories.make_post(comes_later, starts_on=in_force + 3 * DAY)
    ask_bound_people(edition=edition, day=TODAY)
    due = dict(SignRequest.objects.filter(edition=edition).values_list("person", "due_on"))
    assert due == {there.pk: chosen, comes_before.pk: chosen, comes_later.pk: in_force + 33 * DAY}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"in_force_from": TODAY + 9 * DAY, "sign_by": TODAY + 8 * DAY}, "before the edition is in force"),
        ({"adopted_on": TODAY - 9 * DAY, "in_force_from": TODAY - 9 * DAY, "sign_by": TODAY - DAY}, "passed already"),
    ],
)
def test_nobody_is_asked_to_sign_by_a_day_on_which_they_cannot(english_sentences, facts, words):
    with pytest.raises(AdoptionRefused, match=words):
        adopt(factories.approve(factories.make_code_page()), **facts)
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_a_clarification_has_no_day_to_sign_by(english_sentences):
    edition = factories.make_edition()
    facts = {"change_class": "clarification", "sign_by": TODAY + DAY}
    with pytest.raises(AdoptionRefused, match="Only a substantive change"):
        adopt(factories.approve(edition.code.pages.get(locale__language_code="km")), **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(
            code=edition.code, number=2, continues=edition, revision=99, adopted_on=TODAY, in_force_from=TODAY,
            adopted_at=moment(), adopted_by=factories.make_user(), **facts,
        )  # fmt: skip


# --- the scan of an adoption that fails -----------------------------------------------------------------------------


def files_of_acts():
    storage = EditionAct._meta.get_field("file").storage
    if not storage.exists("acts"):
        return set()
    years, _files = storage.listdir("acts")
    return {f"{year}/{name}" for year in years for name in storage.listdir(f"acts/{year}")[1]}


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["receiver", "row"])
def test_an_adoption_that_fails_after_the_scan_was_stored_leaves_no_file(where, monkeypatch):
    def fail(*_args, **_kwargs):
        assert files_of_acts() != before  # the scan had been stored by then
        raise RuntimeError

    revision, before = factories.approve(factories.make_code_page()), files_of_acts()
    if where == "receiver":
        edition_adopted.connect(fail, dispatch_uid="test")
    else:
        monkeypatch.setattr(EditionAct, "save", fail)
    try:
        with pytest.raises(RuntimeError):
            adopt(revision, act=factories.SCAN)
    finally:
        edition_adopted.disconnect(dispatch_uid="test")
    assert not Edition.objects.exists() and files_of_acts() == before


@pytest.mark.django_db
def test_the_scan_of_an_adoption_that_succeeds_stays():
    edition = adopt(factories.approve(factories.make_code_page()), act=factories.SCAN)
    assert edition.act.file.storage.exists(edition.act.file.name)


@pytest.mark.django_db
def test_the_form_of_adoption_chooses_thirty_days_where_no_day_was_typed_and_says_what_cannot_be(client):
    ministry = factories.make_institution()
    client.force_login(factories.make_role("adopter", ministry).user)
    code = factories.make_code(owner=ministry)
    address = f"/en/adoption/{factories.approve(factories.make_code_page(code)).pk}/"
    form = {
        **{"instrument": "ប្រកាស", "instrument_latin": "Prakas", "instrument_number": "1", "signatory": "ក"},
        **{"signatory_latin": "Minister", "adopted_on": "2026-11-20", "in_force_from": "2027-12-15"},
    }
    typed = {**form, "change_class": "substantive", "sign_by": "2027-12-14"}
    page = client.post(address, typed).content.decode()
    assert "cannot come before the edition is in force" in page and 'value="2027-12-14"' in page
    assert "Only a substantive change" in client.post(address, {**typed, "change_class": "erratum"}).content.decode()
    assert not Edition.objects.exists()
    client.post(address, {**typed, "sign_by": ""})
    assert Edition.objects.get().sign_by == datetime.date(2028, 1, 14)
    assert "14 January 2028" in client.get("/editions/education/1/?lang=en").content.decode()


# --- many people ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_request_of_an_adoption_does_no_work_for_each_person_and_leaves_a_job_that_asks_them(client):
    ministry = factories.make_institution()
    client.force_login(factories.make_role("adopter", ministry).user)
    code, taken = factories.make_code(owner=ministry), []
    page, post = factories.make_code_page(code), factories.make_post(starts_on=TODAY - 900 * DAY)
    typed = {
        **{"instrument": "ប្រកាស", "instrument_latin": "Prakas", "instrument_number": "1", "signatory": "ក"},
        **{"signatory_latin": "Minister", "adopted_on": "2026-11-20", "in_force_from": "2026-11-23"},
    }
    for bound in (2, 10, 300):  # the first edition of a code is looked at less than a later one
        more = bound - Person.objects.count()
        people = Person.objects.bulk_create(Person(name="ក", name_latin="K", name_key="k") for _each in range(more))
        place = {"institution": post.institution, "sector": post.sector, "position": post.position}
        Post.objects.bulk_create(Post(person=person, starts_on=post.starts_on, **place) for person in people)
        address = f"/en/adoption/{factories.approve(CodePage.objects.get(pk=page.pk)).pk}/"
        with CaptureQueriesContext(connection) as queries:
            assert client.post(address, {**typed, "change_class": "substantive"}).status_code == 302
        taken.append(len(queries))
        job = Job.objects.filter(kind=ASK_JOB).latest("pk")
        assert job.status == Job.Status.QUEUED and not SignRequest.objects.filter(edition__code=code).exists()
        assert run_job(job_id=job.pk).status == Job.Status.DONE
        assert SignRequest.objects.filter(edition=job.params["edition"]).count() == bound
        SignRequest.objects.all().delete()
    assert taken[1] == taken[2]
