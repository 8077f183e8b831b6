"""People whom an undone import had made are forgotten whole, unless somebody acted on them: every table is named."""

import pytest
from django.apps import apps

from conduct_codes.actions import issue_pins
from institutions.access_actions import issue_activations
from institutions.actions import designate_person, open_account, request_correction
from institutions.imports import undoing
from institutions.imports.staging import ImportRefused
from institutions.merging import keep_apart, merge_people
from institutions.models import Person, TransferRequest, User
from tests import factories

pytestmark = pytest.mark.django_db

# Goes with the person: what opened by itself, or came with the import.
FORGOTTEN = {
    "institutions.StaffNumber.person",
    "institutions.Post.person",
    "institutions.ImportRow.person",
    "conduct_codes.SignRequest.person",
    "courses.Enrolment.person",
    "certification.Period.person",
}
# Kept, and with it the person: a human act, which the page of the undo names.
KEPT = {
    "institutions.Designation.person": "a duty was given",
    "institutions.Activation.person": "a slip was handed out",
    "institutions.CorrectionRequest.person": "the person wrote to HR",
    "institutions.TransferRequest.person": "two units have agreed about the person",
    "institutions.PersonMerge.kept": "somebody compared the rows",
    "institutions.PersonMerge.other": "somebody compared the rows",
    "institutions.NotOneHuman.first": "somebody compared the rows",
    "institutions.NotOneHuman.second": "somebody compared the rows",
    "institutions.Person.merged_into": "somebody compared the rows",
    "institutions.StaffNumber.entered_for": "set by a merge alone",
    "institutions.Post.entered_for": "set by a merge alone",
    "institutions.Designation.entered_for": "set by a merge alone",
    "conduct_codes.SignOff.person": "a signature",
    "conduct_codes.Refusal.person": "a refusal",
    "conduct_codes.PaperClaim.person": "a signature on paper",
    "conduct_codes.SigningPin.person": "a code was handed out",
    "courses.Seat.person": "a place in a session",
    "courses.PriorLearning.person": "evidence was brought in",
    "courses.Session.trainer": "a trainer has an account, which keeps the person",
    "certification.Exemption.person": "a decision",
    "certification.Certificate.person": "a certificate",
    "discipline.Case.person": "kept without a word: an HR unit is not told that there is a case",
}
# Views of the database without rows of their own.
READS_ONLY = {"certification.PersonStanding.merged_into"}


def links_to(model):
    """app.Model.field of every column that points at the model."""
    found = set()
    for other in apps.get_models(include_auto_created=True):
        for field in other._meta.concrete_fields:
            if field.remote_field and field.related_model is model:
                found.add(f"{other._meta.label}.{field.name}")
    return found


def test_every_table_that_names_a_person_is_forgotten_or_kept_with_a_reason():
    assert links_to(Person) - READS_ONLY == FORGOTTEN | set(KEPT)
    assert not FORGOTTEN & set(KEPT)


def test_no_link_to_a_person_would_go_silently_or_leave_a_hole():
    silent = set()
    for link in links_to(Person):
        label, _dot, name = link.rpartition(".")
        if apps.get_model(label)._meta.get_field(name).remote_field.on_delete.__name__ not in ("PROTECT", "SET_NULL"):
            silent.add(link)
    assert silent == set()


def test_what_belongs_to_an_account_is_kept_because_the_account_is():
    """Every table that names an account: no person with one is forgotten, so none of them needs a receiver."""
    assert "institutions.Person.user" in links_to(User) and "institutions.AccountSession.user" in links_to(User)


@pytest.fixture
def brought(place):
    """An import that brought one person, and the person."""
    world = factories.make_bound_world()
    found = place.preview([place.row(sector=world["code"].sector.slug)])
    place.apply(found)
    found.refresh_from_db()
    return found, Person.objects.get(name="សុខ ចាន់ដារ៉ា"), world


def other_row(place):
    return factories.make_post(institution=place.school).person


def merged(place, person, world):
    merge_people(kept=other_row(place), other=person, reason="x", at=factories.moment(hour=12), by=place.hr)


def merged_into(place, person, world):
    merge_people(kept=person, other=other_row(place), reason="x", at=factories.moment(hour=12), by=place.hr)


def apart(place, person, world):
    keep_apart(people=(person, other_row(place)), reason="x", at=factories.moment(hour=12), by=place.hr)


def slip(place, person, world):
    at = factories.moment(hour=12)
    issue_activations(scope=place.scope, people=[person], seen_at=at, at=at, by=place.hr)


def account(place, person, world):
    open_account(username="x", password=None, at=factories.moment(hour=12), by=place.hr, person=person)


def duty(place, person, world):
    facts = {"kind": "designated-teacher", "starts_on": factories.TODAY, "at": factories.moment(hour=12)}
    designate_person(person=person, institution=place.school, by=place.hr, **facts)


def correction(place, person, world):
    request_correction(person=person, field="name", message="x", at=factories.moment(hour=12), by=place.hr)


def paper(place, person, world):
    factories.make_sheet(person, unit=place.school, by=place.hr, at=factories.moment(hour=12))


def pin(place, person, world):
    issue_pins(people=[person], institution=place.school, at=factories.moment(hour=12), by=place.hr)


def case(place, person, world):
    factories.make_case(world | {"school": place.school}, person=person)


ACTS = [merged, merged_into, apart, slip, account, duty, correction, paper, pin, case]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_who_was_acted_on_is_kept(place, brought, act):
    found, person, world = brought
    act(place, person, world)
    plan = undoing.plan_undo(found)
    if act is not case:
        assert person.pk in {touched.person_id for touched in plan.touched}
    with pytest.raises(ImportRefused):
        undoing.undo_import(register_import=found, at=factories.moment(hour=13), by=place.hr)
    assert Person.objects.filter(pk=person.pk).exists()


def test_who_was_left_alone_is_forgotten_whole(place, brought):
    found, person, _world = brought
    undoing.undo_import(register_import=found, at=factories.moment(hour=13), by=place.hr)
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not TransferRequest.objects.filter(person=person.pk).exists()
