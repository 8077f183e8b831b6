"""Institutions without somebody for a required duty; why posts ended; what a clerk who left has left behind."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions.actions import (
    RegisterRefused,
    designate_person,
    end_designation,
    end_post,
    request_correction,
    say_why_post_ended,
)
from institutions.duties import candidates, institutions_without
from institutions.models import AuditEntry, Designation, Institution, Post, Role
from tests import factories
from tests.factories import TODAY, moment
from tests.site.asking import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = datetime.timedelta(days=1)


@pytest.fixture
def hr(client, place):
    client.force_login(place.hr)
    return client


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


def give(person, institution, kind="designated-teacher", starts_on=TODAY):
    return designate_person(
        person=person, institution=institution, kind=kind, starts_on=starts_on, at=moment(), by=None
    )


def wanting(place):
    return [one.code for one in institutions_without(place.scope)]


# --- duties ---------------------------------------------------------------------------------------------------------


def test_a_school_is_listed_while_nobody_there_has_the_duty(place):
    assert wanting(place) == ["school-1", "school-2"]
    person = factories.make_post(institution=place.school, starts_on=TODAY - DAY).person
    duty = give(person, place.school)
    assert wanting(place) == ["school-2"]
    duty.ends_on = TODAY - DAY
    duty.starts_on = TODAY - 2 * DAY
    duty.save()
    assert wanting(place) == ["school-1", "school-2"]


def test_the_duty_ends_with_the_post_and_the_school_is_listed_again(place):
    post = factories.make_post(institution=place.school, starts_on=TODAY - 5 * DAY)
    give(post.person, place.school, starts_on=TODAY - 3 * DAY)
    end_post(post=post, ends_on=TODAY - DAY, at=moment(), by=None)
    assert "school-1" in wanting(place)


def test_a_police_post_needs_a_woman_who_hears_children(place):
    station = factories.make_institution(place.department, Institution.Kind.STATION, code="post-1")
    man = factories.make_post(factories.make_person(sex="M"), station).person
    give(man, station, "child-interviewer")
    assert "post-1" in wanting(place)
    give(factories.make_post(institution=station).person, station, "child-interviewer")
    assert "post-1" not in wanting(place)


def test_closed_and_foreign_institutions_and_other_kinds_are_not_listed(place):
    Institution.objects.filter(pk=place.other.pk).update(closed_on=TODAY)
    assert wanting(place) == ["school-1"]


def test_the_list_asks_as_many_questions_for_three_as_for_one(hr, place):
    hr.get(page("duty_list"))
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert hr.get(page("duty_list")).status_code == 200
        counts.append(len(asked))
        for _each in range(2):
            factories.make_institution(place.department)
    assert counts[0] == counts[1]


def test_hr_gives_the_duty_to_somebody_who_serves_there(hr, place):
    here = factories.make_post(institution=place.school, starts_on=TODAY - 9 * DAY)
    elsewhere = factories.make_post(institution=place.other)
    address = page("duty_give", "school-1")
    assert hr.post(address, {"post": elsewhere.pk}).status_code == 400
    assert hr.post(address, {"post": here.pk, "starts_on": "01/11/2026"}).status_code == 400
    assert hr.post(address, {"post": here.pk, "starts_on": "24/11/2026"}).status_code == 400
    assert hr.post(address, {"post": here.pk}).status_code == 302
    duty = Designation.objects.get()
    assert (duty.person, duty.institution, duty.starts_on) == (here.person, place.school, TODAY)
    assert "school-1" not in wanting(place)


def test_a_duty_is_given_once(place):
    person = factories.make_post(institution=place.school).person
    give(person, place.school)
    with pytest.raises(RegisterRefused):
        give(person, place.school)


def test_no_duty_is_given_outside_or_where_none_is_asked_for(hr):
    for code in ("school-9", "dep-1", "no-such"):
        assert hr.get(page("duty_give", code)).status_code == 404


def test_the_workbook_holds_the_list_of_the_chosen_institution_and_is_on_record(hr, place):
    text = text_of(hr.get(page("duty_workbook"), {"unit": "school-2"}))
    assert "school-2" in text and "school-1" not in text and "school-9" not in text
    entry = AuditEntry.objects.get(verb="institutions.export_duties")
    assert (entry.institution, entry.facts["rows"]) == (place.other, 1)


def test_nobody_gives_the_duty_to_themselves(hr, place):
    own, other = (factories.make_post(institution=place.school, starts_on=TODAY - DAY) for _post in range(2))
    own.person.user = place.hr
    own.person.save()
    assert list(candidates(place.scope, place.school)) == [other]
    answer = hr.post(page("duty_give", place.school.code), {"post": own.pk, "starts_on": TODAY})
    assert answer.status_code == 400 and not Designation.objects.exists()


# --- why a post ended -----------------------------------------------------------------------------------------------


@pytest.fixture
def ended(place):
    post = factories.make_post(institution=place.school, starts_on=TODAY - 50 * DAY)
    return end_post(post=post, ends_on=TODAY - DAY, at=moment(), by=None)


def test_hr_sets_and_corrects_why_a_post_ended_and_the_record_keeps_both(hr, ended):
    shown = hr.get(reverse("certification:person", args=[ended.person_id])).content.decode()
    assert page("end_reason", ended.pk) in shown
    for reason in ("retired", "died"):
        assert hr.post(page("end_reason", ended.pk), {"end_reason": reason}).status_code == 302
    ended.refresh_from_db()
    assert ended.end_reason == "died" and ended.ends_on == TODAY - DAY
    kept = [entry.facts for entry in AuditEntry.objects.filter(verb="institutions.end_reason").order_by("pk")]
    assert [(facts["before"], facts["after"]) for facts in kept] == [("", "retired"), ("retired", "died")]


def test_no_reason_is_taken_that_the_list_does_not_have(hr, ended):
    assert hr.post(page("end_reason", ended.pk), {"end_reason": "dismissed"}).status_code == 400
    assert hr.post(page("end_reason", ended.pk), {"other": "1"}).status_code == 400


def test_a_post_outside_or_still_held_or_ones_own_has_no_such_page(hr, place, ended):
    outside = factories.make_post(ended.person, place.foreign, starts_on=TODAY - 50 * DAY, ends_on=TODAY - 2 * DAY)
    running = factories.make_post(institution=place.school)
    own = factories.make_post(institution=place.school, starts_on=TODAY - 50 * DAY, ends_on=TODAY - 2 * DAY)
    own.person.user = place.hr
    own.person.save()
    for post in (outside, running, own):
        assert hr.post(page("end_reason", post.pk), {"end_reason": "died"}).status_code == 404
    assert set(Post.objects.values_list("end_reason", flat=True)) == {""}
    with pytest.raises(RegisterRefused):
        say_why_post_ended(post=running, reason="died", at=moment(), by=None)


# --- what a clerk has left behind -----------------------------------------------------------------------------------


def test_what_waits_in_a_unit_leads_to_lists_of_that_unit_alone(hr, place):
    for school in (place.school, place.other):
        person = factories.make_post(institution=school, starts_on=TODAY - 9 * DAY).person
        request_correction(person=person, field="name", message="x", at=moment(), by=factories.give_account(person))
    factories.make_import(place.school, [place.row()])
    tasks = {
        task.url: task.count for task in hr.get(reverse("certification:unit_todo", args=["school-1"])).context["tasks"]
    }
    corrections, imports = (f"{page(name)}?unit=school-1" for name in ("correction_list", "import_list"))
    assert tasks[corrections] == tasks[imports] == tasks[f"{page('duty_list')}?unit=school-1"] == 1
    assert len(hr.get(corrections).context["waiting"]) == 1
    assert len(hr.get(page("correction_list")).context["waiting"]) == 2
    assert [one.institution for one in hr.get(imports).context["page_obj"]] == [place.school]


def test_the_list_of_a_unit_outside_is_no_page(hr):
    for name in ("institutions:correction_list", "institutions:transfer_list", "institutions:import_list"):
        assert hr.get(reverse(name), {"unit": "school-9"}).status_code == 404
    assert hr.get(reverse("certification:vacancy_list"), {"unit": "school-9"}).status_code == 404


def test_the_to_do_counts_institutions_without_a_designated_person(hr, place):
    tasks = {task.url: task.count for task in hr.get(reverse("certification:todo")).context["tasks"]}
    assert tasks[page("duty_list")] == 2
    assert place.role.kind == Role.Kind.HR


# --- duties of one person -------------------------------------------------------------------------------------------


def test_a_duty_is_given_and_ended_from_the_persons_page(hr, place):
    post = factories.make_post(institution=place.school, starts_on=TODAY - 50 * DAY)
    shown = reverse("certification:person", args=[post.person_id])
    address = page("person_duty", post.person_id)
    assert address in hr.get(shown).content.decode()
    facts = {"kind": "designated-teacher", "post": post.pk, "starts_on": "០១/១១/២០២៦"}
    assert hr.post(address, facts).status_code == 302
    assert hr.post(address, facts).status_code == 400  # given once
    duty = Designation.objects.get()
    assert (duty.institution, duty.starts_on) == (place.school, datetime.date(2026, 11, 1))
    end = page("duty_end", duty.pk)
    assert end in hr.get(shown).content.decode()
    for day in ("31/10/2026", "24/11/2026", "soon"):
        assert hr.post(end, {"ends_on": day}).status_code == 400
    assert hr.post(end, {"ends_on": "20/11/2026"}).status_code == 302
    assert hr.post(end, {"ends_on": "20/11/2026"}).status_code == 404  # ended once
    duty.refresh_from_db()
    post.refresh_from_db()
    assert duty.ends_on == datetime.date(2026, 11, 20) and post.ends_on is None
    assert "school-1" in wanting(place)
    entry = AuditEntry.objects.get(verb="institutions.end_duty")
    assert (entry.institution, entry.facts["kind"]) == (place.school, "designated-teacher")
    timeline = hr.get(reverse("certification:person_timeline", args=[post.person_id])).content.decode()
    assert "២០ វិច្ឆិកា ២០២៦" in timeline


def test_a_duty_ends_once_and_never_before_it_began(place):
    duty = give(factories.make_post(institution=place.school).person, place.school)
    with pytest.raises(RegisterRefused):
        end_designation(designation=duty, ends_on=TODAY - DAY, at=moment(), by=None)
    end_designation(designation=duty, ends_on=TODAY, at=moment(), by=None)
    with pytest.raises(RegisterRefused):
        end_designation(designation=duty, ends_on=TODAY, at=moment(), by=None)
    assert Designation.objects.get().ends_on == TODAY


def test_a_duty_is_given_where_the_person_serves_today_and_by_the_promise(hr, place):
    station = factories.make_institution(place.department, Institution.Kind.STATION, code="post-1")
    post = factories.make_post(factories.make_person(sex="M"), station, starts_on=TODAY - 5 * DAY)
    address = page("person_duty", post.person_id)
    other = factories.make_post(institution=place.school)
    for facts in (
        {},
        {"kind": "child-interviewer", "post": post.pk},  # for a woman
        {"kind": "designated-teacher", "post": other.pk},
        {"kind": "nonsense", "post": post.pk},
        {"kind": "designated-teacher", "post": post.pk, "starts_on": "01/11/2026"},
    ):
        assert hr.post(address, facts).status_code == 400
    assert not Designation.objects.exists()
    end_post(post=post, ends_on=TODAY - DAY, at=moment(), by=None)
    assert hr.get(address).status_code == 404


def test_a_duty_elsewhere_or_ones_own_has_no_page(hr, place):
    away = give(factories.make_post(institution=place.foreign).person, place.foreign)
    own = give(factories.make_post(institution=place.school).person, place.school)
    own.person.user = place.hr
    own.person.save()
    for duty in (away, own):
        assert hr.post(page("duty_end", duty.pk), {"ends_on": "23/11/2026"}).status_code == 404
        assert hr.get(page("person_duty", duty.person_id)).status_code == 404
    assert set(Designation.objects.values_list("ends_on", flat=True)) == {None}
