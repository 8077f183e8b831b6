"""Slips for access: who may issue them, what they open, and that nothing else does."""

import datetime
import threading

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from institutions import activation
from institutions.access import access_to, without_access
from institutions.access_actions import (
    ActivationSpent,
    find_activation,
    issue_activations,
    revoke_activation,
    use_activation,
)
from institutions.access_rules import Facts, Refusal, refusal_of
from institutions.actions import RegisterRefused, end_post, open_account
from institutions.models import Activation, AuditEntry, Institution, Person, Role, User
from tests import factories

pytestmark = pytest.mark.django_db
DAY, NOW = factories.TODAY, factories.moment(hour=11)
DAYS = datetime.timedelta
PASSWORD = "a sentence only I know"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()


@pytest.fixture
def place():
    """A ministry with two departments, the first one's HR clerk, and the ministry's registrar."""

    class Place:
        ministry = factories.make_institution(code="edu")
        department = factories.make_institution(ministry, Institution.Kind.DEPARTMENT)
        school = factories.make_institution(department)
        other = factories.make_institution(ministry, Institution.Kind.DEPARTMENT)
        hr = factories.make_role(Role.Kind.HR, department).user
        registrar = factories.make_role(Role.Kind.REGISTRAR, ministry).user

    return Place


def officer(institution, number="220001", **facts):
    return factories.make_post(institution=institution, staff_number=number, starts_on=DAY - DAYS(100), **facts).person


def with_account(person, password=PASSWORD):
    open_account(username=str(900000 + person.pk), password=password, person=person, at=NOW, by=None)
    return person


def issue(user, *people, at=NOW, **facts):
    return issue_activations(
        scope=factories.scope_of(user), people=people, seen_at=facts.pop("seen_at", at), at=at, by=user, **facts
    )


def refusal(user, person):
    return access_to(factories.scope_of(user), [person])[0].refusal


# --- the code on the slip -------------------------------------------------------------------------------------------


def test_a_code_is_read_back_however_it_is_typed():
    for _time in range(50):
        code = activation.new_code()
        assert len(code) == 12
        assert activation.tidy_code(activation.grouped(code)) == code
        assert activation.tidy_code(f" {code.lower()} ") == code
        khmer = code.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
        assert activation.tidy_code(khmer) == code


def test_one_wrong_sign_or_two_swapped_ones_are_noticed():
    code = activation.new_code()
    for place, sign in enumerate(code):
        for other in set(activation.ALPHABET) - {sign}:
            assert activation.tidy_code(code[:place] + other + code[place + 1 :]) == ""
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or activation.tidy_code(swapped) == ""


def test_the_database_holds_no_secret_of_a_slip(place):
    slip = issue(place.hr, officer(place.school))[0]
    kept = " ".join(str(value) for value in Activation.objects.values_list().get())
    assert slip.token not in kept and slip.code not in kept
    assert slip.token not in repr(slip) and slip.code not in repr(slip)


# --- who may --------------------------------------------------------------------------------------------------------


def test_a_clerk_gives_first_access_and_new_passwords_inside_the_own_subtree_only(place):
    assert refusal(place.hr, officer(place.school)) is None
    assert refusal(place.hr, with_account(officer(place.school, "220002"))) is None
    assert refusal(place.hr, officer(place.other, "220003")) == Refusal.LEFT


def test_who_also_serves_elsewhere_is_reset_by_the_registrar_above_both(place):
    person = officer(place.school)
    factories.make_post(person=person, institution=place.other, starts_on=DAY - DAYS(5), staff_number="220001")
    assert refusal(place.hr, person) is None  # a first access takes nothing from anybody
    with_account(person)
    access = access_to(factories.scope_of(place.hr), [person])[0]
    assert (access.refusal, access.ask) == (Refusal.ELSEWHERE, place.ministry)
    assert refusal(place.registrar, person) is None


def test_who_serves_in_two_ministries_is_reset_by_the_platform_owner(place):
    person = with_account(officer(place.school))
    factories.make_post(person=person, starts_on=DAY - DAYS(5))
    access = access_to(factories.scope_of(place.registrar), [person])[0]
    assert access.refusal == Refusal.ELSEWHERE and access.asks_owner


@pytest.mark.parametrize("kind", [Role.Kind.HR, Role.Kind.MONITOR, Role.Kind.TRAINER])
def test_an_account_with_a_role_is_reset_by_the_registrar_not_by_a_clerk(place, kind):
    person = with_account(officer(place.school))
    factories.make_role(kind, place.school, user=person.user)
    access = access_to(factories.scope_of(place.hr), [person])[0]
    assert (access.refusal, access.ask) == (Refusal.ROLE, place.ministry)
    assert refusal(place.registrar, person) is None


def test_a_registrar_does_not_reset_an_account_that_sees_more(place):
    for kind in (Role.Kind.DISCIPLINE, Role.Kind.REGISTRAR, Role.Kind.AUDITOR, Role.Kind.EDITOR, Role.Kind.ADOPTER):
        person = with_account(officer(place.school, f"3{kind}"))
        factories.make_role(kind, place.ministry, user=person.user)
        assert refusal(place.registrar, person) == Refusal.RESERVED, kind
    area = with_account(officer(place.school, "220008"))
    factories.make_role(Role.Kind.MONITOR, area=factories.make_area(), user=area.user)
    assert refusal(place.registrar, area) == Refusal.RESERVED
    outside = with_account(officer(place.school, "220009"))
    factories.make_role(Role.Kind.HR, user=outside.user)
    assert refusal(place.registrar, outside) == Refusal.ROLE


def test_a_role_that_begins_tomorrow_counts_and_one_that_ended_does_not():
    assert refusal_of(Facts(posts_here=1, roles=frozenset({"hr"}))) == Refusal.ROLE
    assert refusal_of(Facts(posts_here=1, is_above_ministries=True)) == Refusal.RESERVED
    assert refusal_of(Facts(posts_here=1, is_viewer=True)) == Refusal.OWN
    assert refusal_of(Facts(posts_here=1, is_active=False)) == Refusal.CLOSED
    assert refusal_of(Facts(posts_here=1, has_name=False)) == Refusal.NO_NUMBER
    assert refusal_of(Facts(posts_here=0)) == Refusal.LEFT


def test_a_future_role_is_a_role(place):
    person = with_account(officer(place.school))
    factories.make_role(Role.Kind.HR, place.school, user=person.user, starts_on=DAY + DAYS(3))
    assert refusal(place.hr, person) == Refusal.ROLE


def test_two_registers_with_the_same_number_give_two_names_to_log_in_with(place):
    here = officer(place.school, "77")
    ministry = factories.make_institution(code="health")
    officer(factories.make_institution(ministry), "77")
    assert access_to(factories.scope_of(place.hr), [here])[0].account_name == "EDU-77"
    alone = officer(place.school, "78")
    assert access_to(factories.scope_of(place.hr), [alone])[0].account_name == "78"


def test_access_of_many_is_read_in_as_many_queries_as_of_one(place, django_assert_num_queries):
    people = [officer(place.school, str(500 + count)) for count in range(5)]
    scope = factories.scope_of(place.hr)
    from django.test.utils import CaptureQueriesContext

    counts = []
    for some in (people[:1], people):
        some = list(Person.objects.filter(pk__in=[person.pk for person in some]))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            access_to(scope, some)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- issuing --------------------------------------------------------------------------------------------------------


def test_a_new_slip_ends_the_former_and_both_stand_in_the_record(place):
    person = officer(place.school)
    first = issue(place.hr, person)[0]
    later = NOW + DAYS(1)
    second = issue(place.hr, person, at=later)[0]
    name = second.access.account_name
    assert find_activation(account_name=name, secret=first.code, at=later) is None
    assert find_activation(account_name=name, secret=second.code, at=later) == second.activation
    assert AuditEntry.objects.filter(verb="institutions.issue_activation", institution=place.school).count() == 2


def test_one_open_slip_a_person_is_held_by_the_database(place):
    slip = issue(place.hr, officer(place.school))[0].activation
    with pytest.raises(IntegrityError), transaction.atomic():
        Activation.objects.create(
            person=slip.person,
            account_name="another",
            token_print="a",
            code_print="b",
            issued_at=NOW,
            issued_by=place.hr,
            expires_at=NOW + DAYS(1),
        )


def test_a_second_click_does_not_end_the_slips_of_the_first(place):
    person = officer(place.school)
    slip = issue(place.hr, person, seen_at=NOW - DAYS(0, 60))[0]
    with translation.override("en"), pytest.raises(RegisterRefused, match="a moment ago"):
        issue(place.hr, person, seen_at=NOW - DAYS(0, 30), at=NOW + DAYS(0, 5))
    slip.activation.refresh_from_db()
    assert slip.activation.is_usable_at(NOW)


def test_one_person_too_many_and_nobody_gets_a_slip(place):
    mine, strange = officer(place.school), officer(place.other, "220009")
    with pytest.raises(RegisterRefused):
        issue(place.hr, mine, strange)
    assert not Activation.objects.exists()


def test_a_slip_is_only_ever_used_or_taken_back(place):
    slip = issue(place.hr, officer(place.school))[0].activation
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Activation.objects.filter(pk=slip.pk).update(expires_at=NOW + DAYS(365))


def test_who_has_never_set_a_password_is_listed_and_nobody_else(place):
    new, silent = officer(place.school), with_account(officer(place.school, "220002"), password=None)
    with_account(officer(place.school, "220003"))
    officer(place.other, "220004")
    scope = factories.scope_of(place.hr)
    assert set(without_access(scope)) == {new, silent}
    assert set(without_access(scope, place.department)) == {new, silent}


# --- using ----------------------------------------------------------------------------------------------------------


def test_a_slip_opens_an_account_once(place):
    person = officer(place.school)
    slip = issue(place.hr, person)[0]
    user = use_activation(activation=slip.activation, password=PASSWORD, at=NOW + DAYS(1))
    person.refresh_from_db()
    assert person.user == user and user.username == "220001" and user.check_password(PASSWORD)
    with pytest.raises(ActivationSpent):
        use_activation(activation=slip.activation, password="another one entirely", at=NOW + DAYS(1))
    assert AuditEntry.objects.filter(verb="institutions.use_activation", subject=f"person:{person.pk}").count() == 1


def test_fourteen_days_and_not_a_second_more(place):
    slip = issue(place.hr, officer(place.school))[0]
    end = NOW + DAYS(14)
    name = slip.access.account_name
    assert find_activation(account_name=name, secret=slip.token, at=end - DAYS(0, 1))
    assert find_activation(account_name=name, secret=slip.token, at=end) is None
    with pytest.raises(ActivationSpent):
        use_activation(activation=slip.activation, password=PASSWORD, at=end)


def test_a_slip_taken_back_opens_nothing(place):
    person = officer(place.school)
    slip = issue(place.hr, person)[0]
    assert revoke_activation(access=slip.access, at=NOW, by=place.hr)
    assert not revoke_activation(access=slip.access, at=NOW, by=place.hr)
    with pytest.raises(ActivationSpent):
        use_activation(activation=slip.activation, password=PASSWORD, at=NOW)


def test_the_slip_of_a_clerk_opens_no_account_that_has_got_a_role_since(place):
    person = with_account(officer(place.school))
    slip = issue(place.hr, person)[0]
    factories.make_role(Role.Kind.HR, place.school, user=person.user)
    with pytest.raises(ActivationSpent):
        use_activation(activation=slip.activation, password="another one entirely", at=NOW)
    assert User.objects.get(pk=person.user_id).check_password(PASSWORD)


def test_the_slip_of_a_clerk_opens_no_account_of_somebody_transferred_since(place):
    person = with_account(officer(place.school))
    slip = issue(place.hr, person)[0]
    end_post(post=person.posts.get(), ends_on=DAY - DAYS(1), at=NOW, by=None)
    factories.make_post(person=person, institution=place.other, starts_on=DAY, staff_number="220001")
    with pytest.raises(ActivationSpent):
        use_activation(activation=slip.activation, password="another one entirely", at=NOW)


def test_a_second_step_stays_unless_the_slip_says_that_it_ends(place):
    from allauth.mfa.models import Authenticator

    for ends in (False, True):
        person = with_account(officer(place.school, f"2200{ends:d}"))
        Authenticator.objects.create(user=person.user, type=Authenticator.Type.TOTP, data={})
        slip = issue(place.hr, person, ends_second_step=ends)[0]
        use_activation(activation=slip.activation, password="another one entirely", at=NOW)
        assert Authenticator.objects.filter(user=person.user).exists() is not ends


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_uses_of_one_slip_at_once_make_one_account():
    department = factories.make_institution(factories.make_institution(), Institution.Kind.DEPARTMENT)
    person = officer(department)
    slip = issue(factories.make_role(Role.Kind.HR, department).user, person)[0]
    barrier, results = threading.Barrier(2), []

    def run(password):
        try:
            barrier.wait(timeout=10)
            results.append(use_activation(activation=slip.activation, password=password, at=NOW))
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[f"password number {count}"]) for count in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(type(result).__name__ for result in results) == ["ActivationSpent", "User"]
    assert User.objects.filter(person=person).count() == 1
    assert AuditEntry.objects.filter(verb="institutions.use_activation").count() == 1
