"""Signatures on paper: recorded by one person, confirmed by another, once, counted apart, or switched off."""

import datetime
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from certification.todo import tasks_of
from conduct_codes.actions import PaperRefused, confirm_paper, record_sheet, reject_paper
from conduct_codes.models import PaperClaim, PaperDecision, PaperSheet, SignOff, SignRequest
from conduct_codes.rules import STATEMENTS, SignState
from conduct_codes.sign_figures import Law, figures_of
from conduct_codes.signals import edition_signed
from conduct_codes.unsigned import Unsigned, Wanted, overdue_by_code
from institutions.actions import end_post
from institutions.models import AuditEntry, Role
from tests import factories
from tests.factories import SCAN, TODAY, moment
from tests.racing import together

DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.usefixtures("english_sentences")


@pytest.fixture
def world(db):
    """The bound world, an HR clerk of its school, and one of the ministry above."""
    world = factories.make_bound_world()
    world["clerk"] = factories.make_role(Role.Kind.HR, world["school"]).user
    world["second"] = factories.make_role(Role.Kind.HR, world["ministry"]).user
    return world


def someone(world, **facts):
    """A person of the school whom nobody gave an account."""
    return factories.make_post(institution=world["school"], starts_on=TODAY - 10 * DAY, **facts).person


def sheet_of(world, *people, **facts):
    return factories.make_sheet(
        *(people or [someone(world)]), **{"unit": world["school"], "by": world["clerk"], **facts}
    )


def confirm(sheet, by, **facts):
    return confirm_paper(claims=list(sheet.claims.all()), at=moment(TODAY, 15), by=by, **facts)


def states(world, day=TODAY):
    total = figures_of(factories.scope_of(world["second"]), Law(world["code"], day)).total
    return {str(state): count for state, count in total.states.items() if count}


# --- recording ------------------------------------------------------------------------------------------------------


def test_a_sheet_alone_is_no_signature(world):
    first, other = someone(world), someone(world)
    sheet = sheet_of(world, first, other, day=TODAY - 2 * DAY)
    assert (sheet.claims.count(), sheet.claimed_on, sheet.kind) == (2, TODAY, "pdf")
    with sheet.scan.open() as scan:
        assert scan.read() == SCAN
    assert not SignOff.objects.exists() and SignRequest.objects.open_on(TODAY).count() == 2
    entry = AuditEntry.objects.get(verb="conduct_codes.record_paper")
    assert (entry.subject, entry.institution, entry.facts["people"]) == (f"paper-sheet:{sheet.pk}", world["school"], 2)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"day": TODAY + DAY}, "future"),
        ({"witness": " "}, "witness"),
        ({"witness_function": ""}, "witness"),
        ({"scan": b"GIF89a"}, "PDF, JPEG or PNG"),
    ],
)
def test_what_is_no_sheet_is_refused(world, facts, sentence):
    person = someone(world)
    with pytest.raises(PaperRefused, match=sentence):
        sheet_of(world, person, **facts)
    assert not PaperSheet.objects.exists()


def test_the_edition_was_law_on_the_day_of_the_sheet(world):
    person = someone(world)
    newer = factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    sheet = sheet_of(world, person, day=TODAY - DAY)
    assert sheet.edition_text.edition == world["edition"]
    sheet.claims.update(waiting=False)
    request = SignRequest.objects.select_related("edition__code", "person__user").get(person=person)
    facts = {"unit": world["school"], "requests": [request], "witness": "a", "witness_function": "b", "scan": SCAN}
    with pytest.raises(PaperRefused, match="not in force"):
        record_sheet(text=newer.texts.first(), signed_on=TODAY - DAY, at=moment(), by=world["clerk"], **facts)


def test_who_can_log_in_does_not_sign_on_paper_and_who_cannot_any_more_does(world):
    person = someone(world)
    user = factories.give_account(person)
    with pytest.raises(PaperRefused, match="Paper is for people without one"):
        sheet_of(world, person)
    user.is_active = False
    user.save()
    assert sheet_of(world, person).claims.count() == 1


def test_who_was_not_asked_by_the_day_serves_elsewhere_or_has_signed_is_refused(world):
    person = someone(world)
    request = SignRequest.objects.select_related("edition__code", "person__user").get(person=person)
    elsewhere = factories.make_institution(world["ministry"])
    with pytest.raises(PaperRefused, match="held no post in this institution"):
        sheet_of(world, person, unit=elsewhere)
    confirm(sheet_of(world, person), world["second"])
    facts = {"text": world["edition"].texts.first(), "witness": "a", "witness_function": "b", "scan": SCAN}
    for day in (TODAY, TODAY - 11 * DAY):
        with pytest.raises(PaperRefused, match="was not asked"):
            record_sheet(
                unit=world["school"], requests=[request], signed_on=day, at=moment(), by=world["clerk"], **facts
            )


def test_one_claim_waits_for_a_request_and_a_rejected_one_makes_room(world):
    person, other = someone(world), someone(world)
    sheet = sheet_of(world, person)
    with pytest.raises(PaperRefused, match="waits for confirmation already"):
        sheet_of(world, other, person)
    assert PaperSheet.objects.count() == 1
    reject_paper(claims=sheet.claims.all(), reason="not legible", at=moment(), by=world["second"])
    assert sheet_of(world, other, person).claims.count() == 2


# --- deciding -------------------------------------------------------------------------------------------------------


def test_confirmed_it_is_one_sign_off_of_the_sheets_day_and_news(world):
    heard, person = [], someone(world)
    sheet = sheet_of(world, person, day=TODAY - 2 * DAY, language="en")
    edition_signed.connect(lambda sender, **news: heard.append(news), weak=False, dispatch_uid="test")
    try:
        (sign_off,) = confirm(sheet, world["second"])
    finally:
        edition_signed.disconnect(dispatch_uid="test")
    assert (sign_off.method, sign_off.signed_on, sign_off.signed_by) == ("paper", TODAY - 2 * DAY, None)
    assert (sign_off.signed_at, sign_off.institution) == (moment(TODAY, 15), world["school"])
    assert (sign_off.edition_text.language, sign_off.statements) == ("en", sorted(STATEMENTS))
    assert [news["sign_off"] for news in heard] == [sign_off] == list(SignOff.objects.all())
    decision = PaperDecision.objects.get()
    assert (decision.sign_off, decision.decided_by, decision.confirmed) == (sign_off, world["second"], True)
    assert not sheet.claims.get().waiting
    assert AuditEntry.objects.get(verb="conduct_codes.confirm_paper").subject == f"person:{person.pk}"
    period = person.periods.get()
    assert period.signed_on == TODAY - 2 * DAY


def test_neither_who_recorded_it_nor_who_signed_decides(world):
    person, other = someone(world), someone(world)
    sheet = sheet_of(world, person, other)
    signer = factories.give_account(person)
    for by in (world["clerk"], signer, None):
        with pytest.raises(PaperRefused, match="Somebody else must decide"):
            confirm(sheet, by)
        with pytest.raises(PaperRefused, match="Somebody else must decide"):
            reject_paper(claims=sheet.claims.all(), reason="no", at=moment(), by=by)
    assert not PaperDecision.objects.exists() and not SignOff.objects.exists()


def test_a_rejection_has_a_reason_and_leaves_the_request_open(world):
    person = someone(world)
    sheet = sheet_of(world, person)
    with pytest.raises(PaperRefused, match="Say why"):
        reject_paper(claims=sheet.claims.all(), reason=" ", at=moment(), by=world["second"])
    reject_paper(claims=sheet.claims.all(), reason=" no signature ", at=moment(), by=world["second"])
    assert PaperDecision.objects.get().reason == "no signature"
    assert SignRequest.objects.of(person).open_on(TODAY).exists() and not SignOff.objects.exists()
    with pytest.raises(PaperRefused, match=r"decided on .* already"):
        confirm(sheet, world["second"])


def test_who_signed_otherwise_meanwhile_is_not_confirmed_and_nobody_beside_them(world):
    person, other = someone(world), someone(world)
    sheet = sheet_of(world, person, other)
    factories.sign(person)
    with pytest.raises(PaperRefused, match="has signed otherwise"):
        confirm(sheet, world["second"])
    assert SignOff.objects.get().method == "online" and sheet.claims.waiting().count() == 2


def test_somebody_who_left_since_has_still_signed_on_that_day(world):
    person = someone(world)
    sheet = sheet_of(world, person, day=TODAY - 3 * DAY)
    end_post(post=person.posts.get(), ends_on=TODAY - DAY, at=moment(), by=None)
    (sign_off,) = confirm(sheet, world["second"])
    assert sign_off.post == person.posts.get()


@pytest.mark.parametrize("table", ["papersheet", "paperclaim", "paperdecision"])
def test_the_database_refuses_to_change_what_was_recorded_and_decided(world, table):
    sheet = sheet_of(world)
    confirm(sheet, world["second"])
    column = {"papersheet": "witness = 'x'", "paperclaim": "person_id = 0", "paperdecision": "reason = 'x'"}[table]
    for statement in (f"UPDATE conduct_codes_{table} SET {column}", f"DELETE FROM conduct_codes_{table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_confirmations_at_once_leave_one_signature():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    sheet = factories.make_sheet(person, unit=world["school"])
    others = [factories.make_user(), factories.make_user()]
    claims = list(PaperClaim.objects.filter(sheet=sheet))
    results = together(*(partial(confirm_paper, claims=claims, at=moment(), by=by) for by in others))
    assert sorted(isinstance(result, PaperRefused) for result in results) == [False, True]
    assert SignOff.objects.count() == PaperDecision.objects.count() == 1


# --- counting -------------------------------------------------------------------------------------------------------


def test_paper_is_counted_apart_before_and_after(world):
    waiting, signed = someone(world), someone(world)
    sheet = sheet_of(world, signed)
    sheet_of(world, waiting)
    assert states(world) == {"on-paper": 2}
    confirm(sheet, world["second"])
    total = figures_of(factories.scope_of(world["second"]), Law(world["code"], TODAY)).total
    assert states(world) == {"on-paper": 1, "signed": 1} and total.methods == {"paper": 1}
    listed = Unsigned(factories.scope_of(world["clerk"]), Law(world["code"], TODAY), Wanted(SignState.ON_PAPER.value))
    assert list(listed.people()) == [waiting]
    assert states(world, TODAY - DAY) == {"asked": 2}


def test_who_waits_on_paper_is_not_chased_as_overdue(world):
    late = someone(world)
    SignRequest.objects.of(late).update(due_on=TODAY - DAY)
    scope = factories.scope_of(world["clerk"])
    assert overdue_by_code(scope) == {world["code"].pk: 1}
    sheet = sheet_of(world, late)
    assert overdue_by_code(scope) == {}
    reject_paper(claims=sheet.claims.all(), reason="no", at=moment(), by=world["second"])
    assert overdue_by_code(scope) == {world["code"].pk: 1}


def test_switched_off_it_counts_nothing_and_takes_nothing(world, settings):
    person = someone(world)
    sheet = sheet_of(world, person)
    settings.CONDUCT_PAPER_SIGNING = False
    assert states(world) == {"asked": 1}
    for act in (lambda: confirm(sheet, world["second"]), lambda: sheet_of(world, someone(world))):
        with pytest.raises(PaperRefused, match="no signatures on paper"):
            act()


def test_it_waits_on_the_list_of_who_can_confirm_it(world):
    sheet_of(world, someone(world), someone(world))
    own = factories.make_role(Role.Kind.REGISTRAR, world["ministry"])
    other = factories.make_role(Role.Kind.HR, factories.make_institution())
    waiting = {}
    for user in (world["clerk"], world["second"], own.user, other.user):
        tasks = {task.url: task.count for task in tasks_of(factories.scope_of(user))}
        waiting[user] = tasks.get("/en/paper/", 0)
    assert list(waiting.values()) == [0, 2, 2, 0]
