"""Shared devices and personal codes: who signs, how often one may try, what a code never is, what stays of nobody."""

import datetime

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import DatabaseError, connection, transaction

from conduct_codes import actions
from conduct_codes.actions import KioskClosed, NewerEdition, NotKnown, SigningRefused
from conduct_codes.actions.kiosks import new_digits, person_with
from conduct_codes.models import Kiosk, SigningPin, SignOff, SignRequest
from conduct_codes.pin_rules import is_easy, numbers_of_birth
from conduct_codes.rules import STATEMENTS
from conduct_codes.sign_figures import Law, figures_of
from conduct_site.settings import base
from institutions.models import AuditEntry
from institutions.scope import Scope
from tests import factories
from tests.factories import TODAY, moment
from tests.racing import at_once, faults

HOUR = datetime.timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("english_sentences")


def make_world():
    """The bound world with a person of its school, the code of that person, and an open device there."""
    world = factories.make_bound_world()
    world["person"] = factories.make_post(institution=world["school"], staff_number="123-A").person
    world["digits"] = factories.issue_pin(world["person"], at=moment())
    world["kiosk"] = factories.make_kiosk(world["school"], world["code"])
    return world


@pytest.fixture
def world(db):
    return make_world()


def wrong(digits):
    """Six digits that are not these."""
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def sign(world, **facts):
    text = world["edition"].texts.get(language="km")
    return actions.sign_at_kiosk(
        **{
            "kiosk": world["kiosk"],
            "number": "123-a",
            "digits": world["digits"],
            "text_sha256": text.sha256,
            "statements": list(STATEMENTS),
            "at": moment(TODAY, 10),
            **facts,
        }
    )


# --- signing --------------------------------------------------------------------------------------------------------


def test_a_signature_names_the_device_the_post_and_no_account(world):
    sign_off = sign(world)
    post = world["person"].posts.get()
    assert (sign_off.method, sign_off.kiosk, sign_off.signed_by) == ("kiosk", world["kiosk"], None)
    assert (sign_off.person, sign_off.post, sign_off.institution) == (world["person"], post, world["school"])
    assert (sign_off.signed_on, sign_off.edition, sign_off.statements) == (TODAY, world["edition"], sorted(STATEMENTS))
    assert world["person"].periods.get().signed_on == TODAY
    total = figures_of(Scope.of(world["ministry"], TODAY), Law(world["code"], TODAY)).total
    assert total.methods == {"kiosk": 1}


def test_staff_number_and_code_may_be_typed_in_khmer_digits(world):
    khmer = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
    assert sign(world, number=" ១២៣-a ", digits=world["digits"].translate(khmer)).person == world["person"]


def test_signing_once_more_is_refused_and_leaves_one_row(world):
    sign(world)
    with pytest.raises(SigningRefused, match="signed this code already"):
        sign(world)
    assert SignOff.objects.count() == 1


@pytest.mark.parametrize("ticked", [[], ["read"], [*STATEMENTS, "more"]])
def test_statements_are_asked_for_before_a_try_is_taken(world, ticked):
    with pytest.raises(SigningRefused, match="every statement"):
        sign(world, statements=ticked, digits=wrong(world["digits"]))
    assert SigningPin.objects.get().wrong_tries == 0


def test_a_text_that_is_not_law_any_more_is_not_signed_and_takes_no_try(world):
    factories.make_edition(world["code"], day=TODAY, change_class="erratum")
    with pytest.raises(NewerEdition):
        sign(world, digits=wrong(world["digits"]))
    assert SigningPin.objects.get().wrong_tries == 0 and not SignOff.objects.exists()


def test_a_device_that_was_closed_or_is_over_takes_nothing(world):
    for at in (moment(TODAY, 13), moment(TODAY, 8)):
        with pytest.raises(KioskClosed):
            sign(world, at=at)
    kiosk = Kiosk.objects.get()
    assert actions.close_kiosk(kiosk=kiosk, at=moment(TODAY, 9)) and not actions.close_kiosk(kiosk=kiosk, at=moment())
    with pytest.raises(KioskClosed):
        sign(world)
    assert AuditEntry.objects.filter(verb="conduct_codes.close_kiosk").count() == 1


def test_people_of_another_institution_or_register_do_not_sign_here(world):
    elsewhere = factories.make_post(institution=factories.make_institution(world["ministry"])).person
    digits = factories.issue_pin(elsewhere, at=moment())
    with pytest.raises(SigningRefused, match="no post here"):
        sign(world, number=elsewhere.staff_numbers.get().number, digits=digits)
    stranger = factories.make_post(staff_number="999-Z").person
    with pytest.raises(NotKnown):
        sign(world, number="999-Z", digits=factories.issue_pin(stranger, at=moment()))


def test_a_device_is_open_for_one_hour_to_twelve_and_for_law_alone(world):
    for hours in (0, 13):
        with pytest.raises(SigningRefused, match="one hour to twelve"):
            factories.make_kiosk(world["school"], world["code"], hours=hours)
    draft = factories.make_code(factories.make_sector("health"), owner=world["ministry"])
    with pytest.raises(SigningRefused, match="not in force"):
        factories.make_kiosk(world["school"], draft)


# --- tries ----------------------------------------------------------------------------------------------------------


def test_an_unknown_number_a_wrong_code_and_a_locked_one_are_answered_alike(world):
    sentences = set()
    for number, digits in (("000-X", world["digits"]), ("123-A", wrong(world["digits"]))):
        with pytest.raises(NotKnown) as refusal:
            sign(world, number=number, digits=digits)
        sentences.add(str(refusal.value))
    SigningPin.objects.update(wrong_tries=5)
    with pytest.raises(NotKnown) as refusal:
        sign(world)
    assert sentences == {str(refusal.value)} and not SignOff.objects.exists()


def test_an_unknown_number_costs_the_same_work(world, monkeypatch):
    done = []
    for name, work in (("check_password", lambda *_: done.append("hash") or False), ("make_password", done.append)):
        monkeypatch.setattr(f"conduct_codes.actions.kiosks.{name}", work)
    for number in ("000-X", "123-A"):
        with pytest.raises(NotKnown):
            sign(world, number=number)
    assert len(done) == 2


def test_five_wrong_tries_lock_the_code_and_a_new_one_opens_again(world):
    for _try in range(5):
        with pytest.raises(NotKnown):
            sign(world, digits=wrong(world["digits"]))
    with pytest.raises(NotKnown):
        sign(world)
    assert SigningPin.objects.get().is_locked
    assert AuditEntry.objects.filter(verb="conduct_codes.lock_pin").count() == 1
    old, world["digits"] = world["digits"], factories.issue_pin(world["person"], at=moment(TODAY, 10))
    if old != world["digits"]:
        with pytest.raises(NotKnown):
            sign(world, digits=old)
    assert sign(world).method == "kiosk"
    assert SigningPin.objects.live().get().wrong_tries == 0 and SigningPin.objects.count() == 2


def test_a_right_code_gives_the_tries_back(world):
    for _try in range(4):
        with pytest.raises(NotKnown):
            sign(world, digits=wrong(world["digits"]))
    sign(world)
    assert SigningPin.objects.get().wrong_tries == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_tries_at_the_same_moment_are_five_and_no_more(monkeypatch):
    world, looked = make_world(), []
    monkeypatch.setattr("conduct_codes.actions.kiosks._is_right", lambda pin, digits: looked.append(digits) or False)
    results = at_once(lambda _number: sign(world, digits="135790"), times=8)
    assert len(results) == 8 and all(isinstance(result, NotKnown) for result in results)
    assert SigningPin.objects.get().wrong_tries == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_a_right_code_among_more_than_five_tries_at_once_is_not_let_in_late(monkeypatch):
    world = make_world()
    SigningPin.objects.update(wrong_tries=4)
    results = at_once(lambda _n: person_with(kiosk=world["kiosk"], number="123-A", digits="x", at=moment()), times=6)
    assert faults(results, SigningRefused) == [] and SigningPin.objects.get().wrong_tries == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_signatures_at_once_leave_one_row():
    world = make_world()
    results = at_once(lambda _number: sign(world), times=2)
    assert faults(results, SigningRefused) == [] and SignOff.objects.count() == 1
    assert AuditEntry.objects.filter(verb="conduct_codes.sign").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_clerks_who_issue_at_once_leave_one_code_that_counts():
    world = make_world()
    clerks = [factories.make_user(), factories.make_user()]
    facts = {"people": [world["person"]], "institution": world["school"], "at": moment(TODAY, 11)}
    results = at_once(lambda number: actions.issue_pins(by=clerks[number], **facts), times=2)
    assert (
        faults(results, SigningRefused) == []
        and SigningPin.objects.live().count() == 1
        and SigningPin.objects.count() == 3
    )


# --- personal codes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "digits", ["000000", "777777", "123456", "654321", "345678", "135791", "121212", "123123", "789012", "123321"]
)
def test_codes_that_somebody_would_guess_are_easy(digits):
    assert is_easy(digits)


def test_numbers_that_others_know_are_easy_and_most_others_are_not():
    born = numbers_of_birth(datetime.date(1990, 5, 21))
    assert is_easy("210590", known=born) and is_easy("900521", known=born) and is_easy("051990", known=born)
    assert is_easy("482915", known=("12482915",))
    assert not is_easy("482915", known=born) and numbers_of_birth(None) == ()


def test_an_easy_code_is_drawn_again(monkeypatch):
    drawn = iter("000000" + "123456" + "482915" + "482916")
    monkeypatch.setattr("conduct_codes.actions.kiosks.secrets.choice", lambda _digits: next(drawn))
    assert new_digits(known=("482915",)) == "482916"


def test_the_digits_stand_nowhere_but_in_the_answer(world, settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    digits = factories.issue_pin(world["person"], at=moment(TODAY, 10))
    pin = SigningPin.objects.live().get()
    assert identify_hasher(pin.hashed).algorithm == "argon2" and digits not in pin.hashed
    assert not AuditEntry.objects.filter(facts__icontains=digits).exists()
    assert sign(world, digits=digits).person == world["person"]


def test_codes_are_issued_to_many_in_their_order_and_revoke_the_former(world):
    people = [factories.make_post(institution=world["school"]).person for _person in range(3)]
    clerk = factories.make_user()
    facts = {"institution": world["school"], "at": moment(TODAY, 10), "by": clerk}
    issued = actions.issue_pins(people=[people[2], world["person"], people[0]], **facts)
    assert [each.person for each in issued] == [people[2], world["person"], people[0]]
    assert SigningPin.objects.of(world["person"]).live().get().issued_by == clerk
    assert SigningPin.objects.of(world["person"]).count() == 2
    assert AuditEntry.objects.filter(verb="conduct_codes.issue_pin", actor=clerk).count() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE conduct_codes_kiosk SET unit_id = 0",
        "DELETE FROM conduct_codes_kiosk",
        "UPDATE conduct_codes_signingpin SET hashed = 'x'",
        "UPDATE conduct_codes_signingpin SET wrong_tries = 6",
        "DELETE FROM conduct_codes_signingpin",
        "UPDATE conduct_codes_signoff SET kiosk_id = NULL",
    ],
)
def test_the_database_refuses_what_may_not_change(world, statement):
    sign(world)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_a_signature_on_a_device_names_one(world):
    request = SignRequest.objects.select_related("edition__code").get(person=world["person"])
    text = world["edition"].texts.first()
    facts = {"request": request, "person": world["person"], "edition": text.edition, "edition_text": text}
    facts |= {"statements": [], "signed_on": TODAY, "signed_at": moment(), "receipt": "X"}
    for method, kiosk in (("kiosk", None), ("online", world["kiosk"])):
        with pytest.raises(DatabaseError), transaction.atomic():
            SignOff.objects.create(method=method, kiosk=kiosk, **facts)
