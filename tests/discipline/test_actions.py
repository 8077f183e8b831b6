"""What a case goes through, what is refused on the way, and what a final decision does."""

import datetime
from unittest import mock

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from discipline import actions
from discipline.actions import (
    AlreadyRecorded,
    CaseRefused,
    add_stage,
    decide,
    finalise,
    open_case,
    record_list_view,
    record_view,
    refer,
)
from discipline.models import Case, Referral, Stage
from institutions.models import AuditEntry, Role
from tests import factories

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)


def verbs(case):
    entries = AuditEntry.objects.filter(subject=f"case:{case.reference}").order_by("pk")
    return list(entries.values_list("verb", flat=True))


# --- opening ----------------------------------------------------------------------------------------------------------


def test_opened_case_has_a_reference_a_first_step_and_a_clock(world):
    case = factories.make_case(world)
    stage = case.stages.get()
    assert case.reference == "C-2026-0001"
    assert (stage.number, stage.kind, stage.on_day) == (1, "recorded", TODAY)
    assert stage.due_on == TODAY + 3 * DAY
    assert verbs(case) == ["discipline.open"]


def test_references_count_on_within_a_year_and_begin_anew_in_the_next(world):
    cases = [factories.make_case(world) for _number in range(2)]
    next_year = factories.make_case(world, day=datetime.date(2027, 1, 5))
    assert [case.reference for case in (*cases, next_year)] == ["C-2026-0001", "C-2026-0002", "C-2027-0001"]


def test_reference_goes_past_four_digits(world):
    with mock.patch.object(actions, "_next_reference", return_value="C-2026-9999"):
        factories.make_case(world)
    assert factories.make_case(world).reference == "C-2026-10000"
    assert factories.make_case(world).reference == "C-2026-10001"


def test_reference_taken_by_somebody_else_meanwhile_is_left_to_them(world):
    factories.make_case(world)
    with mock.patch.object(actions, "_next_reference", side_effect=["C-2026-0001", "C-2026-0002"]):
        assert factories.make_case(world).reference == "C-2026-0002"


def test_day_of_recording_is_the_day_in_phnom_penh(world):
    case = factories.make_case(world)
    late = datetime.datetime(2026, 11, 20, 18, 30, tzinfo=datetime.UTC)  # Saturday 01:30 there
    other = open_case(
        person=factories.make_post(institution=world["school"], starts_on=TODAY - 50 * DAY).person,
        article=case.article,
        incident_on=TODAY - 10 * DAY,
        seriousness="minor",
        repetition="first",
        sexual_abuse=False,
        allegation="x",
        institution=world["school"],
        at=late,
        by=case.opened_by,
    )
    stage = other.stages.get()
    assert stage.on_day == datetime.date(2026, 11, 21)
    assert stage.due_on == datetime.date(2026, 11, 25)


def test_article_of_an_edition_that_was_not_in_force_that_day_is_refused(world):
    factories.make_edition(world["code"], day=TODAY - 3 * DAY)
    case = factories.make_case(world)
    assert case.article.edition == world["edition"]
    with pytest.raises(CaseRefused) as refusal:
        factories.make_case(world, incident_on=TODAY - 2 * DAY)
    assert refusal.value.field == "article"


def test_code_that_did_not_bind_the_person_that_day_is_refused(world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 3 * DAY).person
    with pytest.raises(CaseRefused):
        factories.make_case(world, person=person, incident_on=TODAY - 4 * DAY)
    assert factories.make_case(world, person=person, incident_on=TODAY - 3 * DAY)


def test_code_of_another_profession_is_refused(world):
    nurse = factories.make_position(factories.make_sector("health", name_latin="Health"), "nurse")
    person = factories.make_post(institution=world["school"], position=nurse, starts_on=TODAY - 100 * DAY).person
    with pytest.raises(CaseRefused):
        factories.make_case(world, person=person)


def test_institution_above_the_post_will_do_and_a_foreign_one_is_refused(world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    with pytest.raises(CaseRefused):
        factories.make_case(world, person=person, institution=factories.make_institution())
    assert factories.make_case(world, person=person, institution=world["ministry"]).institution == world["ministry"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"incident_on": TODAY + DAY}, "incident_on"), ({"allegation": "  "}, "allegation")],
)
def test_incident_of_tomorrow_and_empty_allegation_are_refused(world, facts, field):
    with pytest.raises(CaseRefused) as refusal:
        factories.make_case(world, **facts)
    assert refusal.value.field == field
    assert not Case.objects.exists()


def test_same_allegation_twice_is_one_case(world):
    case = factories.make_case(world)
    with pytest.raises(AlreadyRecorded) as refusal:
        factories.make_case(world, person=case.person)
    assert refusal.value.case == case
    assert factories.make_case(world, person=case.person, external_reference="P-2") != case
    assert Case.objects.count() == 2


def test_officer_cannot_act_in_a_case_of_their_own(world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    user = factories.give_account(person)
    with pytest.raises(CaseRefused):
        factories.make_case(world, person=person, officer=user)
    case = factories.make_case(world, person=person)
    steps = {"case": case, "on_day": TODAY, "reason": "x", "at": AT, "by": user}
    for attempt in (
        lambda: add_stage(kind="screening", **steps),
        lambda: decide(outcome="unfounded", **steps),
        lambda: finalise(**steps),
        lambda: refer(case=case, body="police", referred_on=TODAY, at=AT, by=user),
    ):
        with translation.override("en"), pytest.raises(CaseRefused, match="case of their own"):
            attempt()
    assert case.stages.count() == 1


# --- steps ------------------------------------------------------------------------------------------------------------


def test_step_is_numbered_logged_and_begins_its_term(world):
    case = factories.make_case(world)
    stage = factories.take_steps(case, "screening", "inquiry", "charges")
    assert (stage.number, stage.due_on) == (4, TODAY + 15 * DAY)
    assert verbs(case) == ["discipline.open", *["discipline.stage"] * 3]


def test_illegal_jump_is_refused_in_words(world):
    case = factories.make_case(world)
    with translation.override("en"), pytest.raises(CaseRefused, match=r"“Charges notified.*cannot follow “Allegation"):
        factories.take_steps(case, "charges")
    assert case.stages.count() == 1


@pytest.mark.parametrize("kind", ["recorded", "decision", "final"])
def test_steps_with_an_action_of_their_own_are_refused_as_ordinary_ones(world, kind):
    case = factories.make_case(world)
    factories.take_steps(case, "screening")
    with pytest.raises(CaseRefused):
        factories.take_steps(case, kind)


@pytest.mark.parametrize("offset", [-1, 1])
def test_step_before_the_last_one_or_in_the_future_is_refused(world, offset):
    case = factories.make_case(world)
    with pytest.raises(CaseRefused) as refusal:
        add_stage(case=case, kind="screening", on_day=TODAY + offset * DAY, reason="x", at=AT, by=case.opened_by)
    assert refusal.value.field == "on_day"


def test_step_without_reason_is_refused(world):
    case = factories.make_case(world)
    with pytest.raises(CaseRefused) as refusal:
        add_stage(case=case, kind="screening", on_day=TODAY, reason=" ", at=AT, by=case.opened_by)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("ends_on", [None, TODAY - DAY])
def test_precautionary_measure_without_a_last_day_is_refused(world, ends_on):
    case = factories.make_case(world)
    factories.take_steps(case, "screening")
    with pytest.raises(CaseRefused) as refusal:
        add_stage(case=case, kind="precautionary", on_day=TODAY, reason="x", ends_on=ends_on, at=AT, by=case.opened_by)
    assert refusal.value.field == "ends_on"


def test_alleged_sexual_abuse_goes_no_further_than_protection_until_it_is_referred(world):
    case = factories.make_case(world, sexual_abuse=True)
    factories.take_steps(case, "screening")
    with translation.override("en"), pytest.raises(CaseRefused, match="record the referral"):
        factories.take_steps(case, "inquiry")
    with pytest.raises(CaseRefused):
        decide(case=case, outcome="unfounded", on_day=TODAY, reason="x", at=AT, by=case.opened_by)
    factories.take_steps(case, "precautionary")
    refer(case=case, body="prosecutor", referred_on=TODAY, at=AT, by=case.opened_by)
    assert factories.take_steps(case, "inquiry").number == 4


def test_referral_said_twice_is_recorded_once(world):
    case = factories.make_case(world)
    for _time in range(2):
        refer(case=case, body="police", referred_on=TODAY, reference="12", at=AT, by=case.opened_by)
    assert Referral.objects.count() == 1
    assert verbs(case).count("discipline.refer") == 1


@pytest.mark.parametrize("day", [TODAY - 8 * DAY, TODAY + DAY])
def test_referral_before_the_incident_or_in_the_future_is_refused(world, day):
    case = factories.make_case(world)
    with pytest.raises(CaseRefused) as refusal:
        refer(case=case, body="police", referred_on=day, at=AT, by=case.opened_by)
    assert refusal.value.field == "referred_on"


# --- traces -----------------------------------------------------------------------------------------------------------


def test_view_of_a_case_and_of_the_list_leave_entries(world):
    case = factories.make_case(world)
    record_view(case=case, at=AT, by=world["officer"])
    record_list_view(cases=[case], at=AT, by=world["officer"], show="all")
    seen = AuditEntry.objects.filter(verb="discipline.view").order_by("pk")
    assert [(entry.subject, entry.facts["page"]) for entry in seen] == [
        (f"case:{case.reference}", "case"),
        ("case:list", "list"),
        (f"case:{case.reference}", "list"),
    ]
    assert seen[2].institution == world["school"]


def test_case_and_its_steps_cannot_be_changed_in_the_database(world):
    case = factories.make_case(world)
    refer(case=case, body="police", referred_on=TODAY, at=AT, by=case.opened_by)
    for rows, facts in (
        (Case.objects, {"allegation": "other"}),
        (Stage.objects, {"reason": "other"}),
        (Referral.objects, {"reference": "other"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**facts)


# --- who may see ------------------------------------------------------------------------------------------------------


def seen_by(kind, institution):
    user = factories.make_role(kind, institution).user
    return Case.objects.visible_to(factories.scope_of(user)).count()


def test_case_is_visible_to_discipline_officers_of_its_tree_only(world):
    factories.make_case(world)
    assert seen_by(Role.Kind.DISCIPLINE, world["ministry"]) == 1
    assert seen_by(Role.Kind.DISCIPLINE, world["school"]) == 1
    assert seen_by(Role.Kind.DISCIPLINE, factories.make_institution()) == 0
    for kind in set(Role.Kind) - {Role.Kind.DISCIPLINE}:
        assert seen_by(kind, world["ministry"]) == 0


def test_overdue_cases_are_those_whose_term_ended_before_the_day(world):
    late = factories.make_case(world, day=TODAY - 10 * DAY)
    factories.make_case(world)
    moved_on = factories.make_case(world, day=TODAY - 10 * DAY)
    factories.take_steps(moved_on, "screening", day=TODAY - 9 * DAY)
    assert list(Case.objects.overdue_on(TODAY)) == [late]
    assert Case.objects.at_stage("screening").get() == moved_on


def test_clock_of_the_office_is_that_of_the_country():
    assert timezone.get_current_timezone_name() == "Asia/Phnom_Penh"
