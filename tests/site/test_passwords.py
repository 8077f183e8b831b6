"""Which passwords are taken, for whom, and what a role asks more of one that was taken before."""

import datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from conduct_site.passwords import WORDS, NotGuessable
from institutions.models import Role, User
from institutions.passwords import LEAST, LEAST_OF_ROLES, known_of, least_length
from tests import factories
from tests.site.khmer_reading import latin_words, read

pytestmark = pytest.mark.django_db
TWELVE, FIFTEEN = "kdam prahok!", "kdam prahok ok!"
HOME = "institutions:session_list"


@pytest.fixture(autouse=True)
def fresh_tries():
    cache.clear()


def why_not(password, user=None):
    """The codes of what is wrong with a password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {problem.code for problem in error.error_list}
    return set()


def account(password=TWELVE, **facts):
    user = factories.make_user(**facts)
    user.set_password(password)
    user.save()
    return user


def give_role(user, kind=Role.Kind.HR):
    return factories.make_role(kind, user=user)


def log_in(user, password=TWELVE):
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.username, "password": password})
    assert answer.status_code == 302, answer.context["form"].errors
    return client


def is_led_to_more(client, name=HOME):
    answer = client.get(reverse(name))
    return answer.status_code == 302 and answer["Location"] == reverse("second_step_required")


# --- length -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("has_role", "has_second_step", "least"),
    [(False, False, LEAST), (False, True, LEAST), (True, True, LEAST), (True, False, LEAST_OF_ROLES)],
)
def test_a_role_without_a_second_step_asks_for_fifteen(has_role, has_second_step, least):
    assert least_length(has_role=has_role, has_second_step=has_second_step) == least


@pytest.mark.parametrize("kind", Role.Kind.values)
def test_each_role_asks_for_fifteen_until_there_is_a_second_step(kind):
    user = factories.make_user()
    assert (len(TWELVE), why_not(TWELVE, user)) == (12, set())
    give_role(user, kind)
    assert why_not(TWELVE, user) == {"password_too_short"} and why_not(FIFTEEN, user) == set()
    TOTP.activate(user, generate_totp_secret())
    assert why_not(TWELVE, user) == set() and why_not(TWELVE[1:], user) == {"password_too_short"}


def test_a_role_that_begins_tomorrow_counts_and_one_that_ended_does_not(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", factories.moment)
    day = datetime.timedelta(days=1)
    user = factories.make_user()
    role = factories.make_role(Role.Kind.HR, user=user, starts_on=factories.TODAY + day)
    assert why_not(TWELVE, user)
    Role.objects.filter(pk=role.pk).update(starts_on=factories.TODAY - 2 * day, ends_on=factories.TODAY - day)
    assert not why_not(TWELVE, user)


def test_the_platform_owner_chooses_fifteen_from_the_first_password_on(monkeypatch, capsys):
    assert why_not(TWELVE, factories.make_user(is_superuser=True)) == {"password_too_short"}
    monkeypatch.setattr(
        "sys.stdin", type("Typed", (), {"isatty": lambda self: False, "readline": lambda self: TWELVE})()
    )
    with pytest.raises(CommandError, match=r"15|១៥"):
        call_command("first_administrator", username="boss")
    assert not User.objects.filter(username="boss").exists()


def test_a_long_sentence_in_khmer_is_taken_and_can_be_logged_in_with():
    password = "ព្រឹកនេះទន្សាយស៊ីការ៉ុតពីរនៅក្រោមដើមត្នោត ហើយដេកលក់ដល់ពេលល្ងាច"
    assert len(password) > 60 and why_not(password) == set()
    for longer in ("x y z ក ខ " * 10, "rice field moon " * 8):
        assert why_not(f"{longer}end of it") == set()
    assert log_in(account(password), password).get(reverse(HOME)).status_code == 200


def test_fields_for_passwords_take_what_is_pasted(client):
    for name in ("account_login", "institutions:activate"):
        page = client.get(reverse(name)).content.decode()
        assert "onpaste" not in page
    assert 'autocomplete="current-password"' in client.get(reverse("account_login")).content.decode()


# --- what can be guessed ----------------------------------------------------------------------------------------------


def test_the_list_of_refused_passwords_has_more_than_three_thousand_and_words_in_both_languages():
    assert len(NotGuessable().passwords) >= 3_000
    assert any(word.isascii() for word in WORDS) and any(not word.isascii() for word in WORDS)
    assert all(word == word.lower() for word in WORDS)


@pytest.mark.parametrize(
    "password",
    [
        *("Password1234!", "password-password", "Cambodia2026!!", "conduct-conduct-1", "my-password-2026"),
        *("123456789012", "987654321098765", "111111111111111", "qwertyuiop1234", "abcabcabcabcabc"),
        *("ពាក្យសម្ងាត់១២៣៤", "កម្ពុជា២០២៦កម្ពុជា", "គ្រូបង្រៀនសាលារៀន", "ប៉ូលិសនគរបាល១២៣", "dragon dragon 99"),
    ],
)
def test_common_words_and_rows_of_digits_are_refused_whatever_is_put_around_them(password):
    assert why_not(password) & {"password_guessable", "password_too_common"}


@pytest.mark.parametrize(
    "password", ["twelve signs", "ដប់មួយតួ ហើយ", "rumduol-demo-2026", "correct horse battery", "830274619305"]
)
def test_words_that_nobody_expects_are_taken(password):
    assert why_not(password) == set()


def make_officer():
    person = factories.make_person(name="កែវ សុភា", name_latin="Keo Sophea", birth_date=datetime.date(1988, 5, 31))
    factories.make_post(person=person, institution=factories.make_institution(), staff_number="0022345")
    return person


@pytest.mark.parametrize(
    "password",
    [
        *(
            "0022345-0022345",
            "22345!22345!22345",
            "Sophea31051988",
            "1988-05-31-keo",
            "keo.sophea.1988",
            "31/05/88 31/05/88",
        ),
        *("កែវសុភា៣១០៥១៩៨៨", "សុភា សុភា សុភា", "២២៣៤៥២២៣៤៥២២៣"),
    ],
)
def test_staff_number_name_and_birth_date_make_no_password(password):
    person = make_officer()
    assert "password_guessable" not in why_not(password) or why_not(password)
    named = User(username="0022345")
    named.known_person = person
    assert why_not(password, named) & {"password_guessable", "password_too_similar"}
    assert why_not(password, factories.give_account(person))


def test_of_an_account_without_a_person_its_name_alone_is_known():
    assert known_of(User(username="MOEYS-220001")) == {"moeys-220001", "moeys", "220001"} and known_of(None) == set()


# --- a role given to an account whose password is short ---------------------------------------------------------------


def test_at_the_first_page_after_the_role_was_given_more_than_the_password_is_asked_for():
    user = account()
    client = log_in(user)
    assert client.get(reverse(HOME)).status_code == 200
    give_role(user)
    for name in (HOME, "start", "certification:person_list"):
        assert is_led_to_more(client, name)
    assert client.post(reverse("institutions:session_end_others"))["Location"] == reverse("second_step_required")
    for name in ("account_logout", "help", "account_change_password", "mfa_index"):
        assert client.get(reverse(name)).status_code == 200


def test_at_the_next_login_too():
    user = account()
    give_role(user)
    assert is_led_to_more(log_in(user))


def test_a_longer_password_will_do():
    user = account()
    give_role(user)
    client = log_in(user)
    typed = {"oldpassword": TWELVE, "password1": TWELVE[::-1], "password2": TWELVE[::-1]}
    assert client.post(reverse("account_change_password"), typed).status_code in (200, 400) and is_led_to_more(client)
    typed |= {"password1": FIFTEEN, "password2": FIFTEEN}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    assert client.get(reverse(HOME)).status_code == 200
    assert log_in(user, FIFTEEN).get(reverse(HOME)).status_code == 200


def test_a_second_step_will_do_until_it_is_taken_away():
    user = account()
    give_role(user)
    client = log_in(user)
    step = TOTP.activate(user, generate_totp_secret()).instance
    assert client.get(reverse(HOME)).status_code == 200
    step.delete()
    assert is_led_to_more(client)


def test_a_short_password_that_replaces_a_long_one_is_noted():
    user = account(FIFTEEN)
    client = log_in(user, FIFTEEN)
    typed = {"oldpassword": FIFTEEN, "password1": TWELVE, "password2": TWELVE}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    give_role(user)
    assert is_led_to_more(client)


def test_where_a_second_step_is_mandatory_a_longer_password_is_no_way_round_it(settings):
    user = account(FIFTEEN)
    give_role(user)
    settings.CONDUCT_MFA_ROLES = ["hr"]
    client = log_in(user, FIFTEEN)
    assert is_led_to_more(client) and is_led_to_more(client, "account_change_password")
    assert client.get(reverse("second_step_required")).context["is_required"]


def test_nobody_else_is_asked():
    for user, password in ((account(), TWELVE), (account(FIFTEEN), FIFTEEN)):
        client = log_in(user, password)
        assert client.get(reverse(HOME)).status_code == 200
        assert client.get(reverse("second_step_required"))["Location"] == reverse("start")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_says_why_and_names_the_three_ways(language):
    user = account()
    give_role(user)
    page = log_in(user).get(f"/{language}/account/second-step/").content.decode()
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
        assert reverse(name).replace("/km/", f"/{language}/") in page
    if language == "km":
        assert "១៥" in page and latin_words(read(page)) == set()


def test_an_account_without_a_password_is_told_how_to_get_one_instead_of_an_error(client):
    user = factories.make_user()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    answer = client.get(reverse("account_change_password"))
    assert answer["Location"] == reverse("institutions:login_list")
    assert client.get(answer["Location"]).status_code == 200
