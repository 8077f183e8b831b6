"""Taking signatures: once, of the right person, under the text in force."""

import datetime

import pytest

from conduct_codes import actions
from conduct_codes.models import SignOff, SignRequest
from conduct_codes.rules import STATEMENTS
from conduct_codes.signals import edition_signed
from institutions import actions as register
from institutions.models import AuditEntry
from tests import factories
from tests.factories import TODAY, moment
from tests.racing import at_once

MONTH = datetime.timedelta(days=30)

pytestmark = pytest.mark.usefixtures("english_sentences")


@pytest.fixture
def asked(db):
    """A request to a person with an account, for the edition in force."""
    factories.make_edition()
    post = factories.make_post()
    factories.give_account(post.person)
    return SignRequest.objects.select_related("edition__code", "person__user").get(person=post.person)


def sign(request, **facts):
    text = actions.text_to_sign(request, language="km", day=TODAY)
    return actions.sign_edition(
        **{
            "request": request,
            "text_sha256": text.sha256,
            "statements": list(STATEMENTS),
            "at": moment(),
            "by": request.person.user,
            **facts,
        }
    )


def test_sign_edition_keeps_text_post_institution_and_day(asked):
    sign_off = sign(asked)
    post = asked.person.posts.get()
    assert (sign_off.person, sign_off.edition, sign_off.edition_text.language) == (asked.person, asked.edition, "km")
    assert (sign_off.post, sign_off.institution, sign_off.signed_on) == (post, post.institution, TODAY)
    assert sign_off.statements == sorted(STATEMENTS)
    assert len(sign_off.receipt) == 16
    assert AuditEntry.objects.filter(verb="conduct_codes.sign", subject=f"person:{asked.person.pk}").count() == 1


def test_sign_edition_twice_gives_the_first_sign_off_and_one_piece_of_news(asked):
    heard = []
    edition_signed.connect(lambda sender, sign_off, **_: heard.append(sign_off), weak=False, dispatch_uid="test")
    try:
        assert sign(asked) == sign(asked)
    finally:
        edition_signed.disconnect(dispatch_uid="test")
    assert SignOff.objects.count() == len(heard) == 1


def test_sign_edition_is_undone_where_a_receiver_of_its_news_fails(asked):
    def refuse(sender, **_):
        raise RuntimeError

    edition_signed.connect(refuse, dispatch_uid="test")
    try:
        with pytest.raises(RuntimeError):
            sign(asked)
    finally:
        edition_signed.disconnect(dispatch_uid="test")
    assert not SignOff.objects.exists()
    assert not AuditEntry.objects.filter(verb="conduct_codes.sign").exists()


def test_sign_edition_refuses_anybody_but_the_person_asked(asked):
    for stranger in (None, factories.make_user(), factories.make_role().user):
        with pytest.raises(actions.SigningRefused, match="Only the person"):
            sign(asked, by=stranger)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize("ticked", [[], ["read"], ["read", "report"], [*STATEMENTS, "more"]])
def test_sign_edition_refuses_all_but_exactly_the_statements(asked, ticked):
    with pytest.raises(actions.SigningRefused, match="every statement"):
        sign(asked, statements=ticked)


def test_sign_edition_refuses_an_unknown_text(asked):
    with pytest.raises(actions.NewerEdition):
        sign(asked, text_sha256="0" * 64)


def test_sign_edition_refuses_the_text_of_a_replaced_edition(asked):
    old = actions.text_to_sign(asked, language="km", day=TODAY)
    factories.make_edition(asked.edition.code, day=TODAY, change_class="erratum")
    with pytest.raises(actions.NewerEdition):
        sign(asked, text_sha256=old.sha256)
    assert sign(asked).edition.number == 2


def test_sign_edition_refuses_a_request_for_a_replaced_substantive_edition(asked):
    edition = factories.make_edition(asked.edition.code, day=TODAY)
    with pytest.raises(actions.NewerEdition):
        sign(asked)
    actions.ask_bound_people(edition=edition, day=TODAY)
    newer = SignRequest.objects.of(asked.person).open_on(TODAY).get()
    assert sign(newer).edition.number == 2


def test_sign_edition_refuses_a_person_whom_the_code_does_not_bind_any_more(asked):
    post = asked.person.posts.get()
    register.end_post(post=post, ends_on=TODAY, at=moment(), by=None)
    sign_day = TODAY + datetime.timedelta(days=1)
    with pytest.raises(actions.SigningRefused, match="no post"):
        sign(asked, at=moment(sign_day))
    assert sign(asked, at=moment(TODAY)).signed_on == TODAY


def test_a_text_in_another_language_of_the_edition_can_be_signed(asked):
    english = actions.text_to_sign(asked, language="en", day=TODAY)
    assert english.language == "en"
    assert sign(asked, text_sha256=english.sha256).edition_text == english


def test_text_to_sign_is_the_authoritative_one_where_there_is_no_translation(asked):
    assert actions.text_to_sign(asked, language="fr", day=TODAY).language == "km"


def test_a_new_post_is_asked_for_the_edition_in_force_once(asked):
    assert SignRequest.objects.of(asked.person).count() == 1
    factories.make_post(asked.person)
    assert SignRequest.objects.of(asked.person).count() == 1


def test_a_post_recorded_late_is_asked_for_the_edition_of_today(asked):
    newer = factories.make_edition(asked.edition.code, day=TODAY - MONTH)
    late = factories.make_post(starts_on=TODAY - 5 * MONTH, at=moment(TODAY)).person
    assert SignRequest.objects.of(late).open_on(TODAY).get().edition == newer


def test_a_new_post_is_asked_for_the_chain_and_not_if_it_was_signed(asked):
    clarified = factories.make_edition(asked.edition.code, day=TODAY, change_class="clarification")
    newcomer = factories.make_post().person
    request = SignRequest.objects.of(newcomer).get()
    assert request.edition == clarified.continues == asked.edition
    sign(asked)
    SignRequest.objects.of(newcomer).delete()
    factories.make_post(asked.person)
    assert SignRequest.objects.of(asked.person).count() == 1


def test_a_post_that_begins_before_an_adopted_edition_is_in_force_is_asked_for_both(asked):
    page = asked.edition.code.pages.get(locale__language_code="km")
    coming = factories.adopt(factories.approve(page), in_force_from=TODAY + MONTH)
    person = factories.make_post(starts_on=TODAY).person
    asked_on = dict(SignRequest.objects.of(person).values_list("edition", "asked_on"))
    assert asked_on == {asked.edition.pk: TODAY, coming.pk: TODAY + MONTH}
    assert SignRequest.objects.of(person).open_on(TODAY).get().edition == asked.edition
    assert SignRequest.objects.of(person).open_on(TODAY + MONTH).get().edition == coming


def test_a_request_is_open_only_while_the_person_is_bound_and_has_not_signed(asked):
    def open_on(day):
        return SignRequest.objects.of(asked.person).open_on(day).exists()

    assert open_on(TODAY)
    assert not open_on(TODAY - datetime.timedelta(days=1))
    sign(asked)
    assert not open_on(TODAY)


def test_sign_offs_are_visible_to_the_signer_and_to_hr_above_and_nobody_else(asked):
    sign_off = sign(asked)
    day = TODAY
    own = factories.scope_of(asked.person.user, day)
    hr = factories.scope_of(factories.make_role("hr", sign_off.institution).user, day)
    other_hr = factories.scope_of(factories.make_role("hr").user, day)
    monitor = factories.scope_of(factories.make_role("monitor", sign_off.institution).user, day)
    nobody = factories.scope_of(factories.make_user(), day)
    seen = [SignOff.objects.visible_to(scope).count() for scope in (own, hr, other_hr, monitor, nobody)]
    assert seen == [1, 1, 0, 0, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_signatures_at_once_leave_one_row():
    factories.make_edition()
    person = factories.make_post().person
    factories.give_account(person)
    request = SignRequest.objects.select_related("edition__code", "person__user").get(person=person)
    results = at_once(lambda _number: sign(request), times=2)
    assert SignOff.objects.count() == 1
    assert results == [SignOff.objects.get()] * 2
    assert AuditEntry.objects.filter(verb="conduct_codes.sign").count() == 1


@pytest.mark.django_db
def test_one_signature_answers_every_request_made_by_then_for_its_chain():
    world = factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    edition = world["edition"]
    later = factories.TODAY + datetime.timedelta(days=3)
    for cycle, day in enumerate((factories.TODAY, later)):
        facts = {"cause": SignRequest.Cause.RENEWAL, "asked_on": day, "cycle": cycle}
        actions.request_signature(person=person, edition=edition, **facts)
    assert SignRequest.objects.of(person).open_on(factories.TODAY).count() == 2
    factories.sign(person, factories.TODAY)
    assert SignRequest.objects.of(person).open_on(factories.TODAY).count() == 0
    assert [r.cause for r in SignRequest.objects.of(person).open_on(later)] == [SignRequest.Cause.RENEWAL]
