"""Logging in with a ministry's identity provider: whom it opens an account for, and whom not."""

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conduct_site.providers.views import ANSWERS
from institutions.actions import end_post
from institutions.merging import merge_people
from institutions.models import AccountSession, AuditEntry, Institution, Person, Role, User
from tests import factories
from tests.site.fake_provider import CLIENT_ID
from tests.site.khmer_reading import latin_words
from tests.site.provider_visits import (
    DAY,
    DAYS,
    NOW,
    REFUSED,
    come_back,
    go,
    is_refused,
    log_in,
    nurse,
    refusals,
    user_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    cache.clear()


# --- the happy line -------------------------------------------------------------------------------------------------


def test_the_login_page_has_a_button_for_each_provider_in_its_language(provider, client, settings):
    settings.CONDUCT_OIDC.append(provider.entry(id="edu", name={"km": "ក្រសួងអប់រំ", "en": "Ministry of Education"}))
    for language, names in (("en", ["Health", "Education"]), ("km", ["ក្រសួងសុខាភិបាល", "ក្រសួងអប់រំ"])):
        page = BeautifulSoup(client.get(f"/{language}/account/login/?next=/en/devices/").content, "html.parser")
        forms = [page.find("form", action=f"/{language}/account/provider/{name}/") for name in ("moh", "edu")]
        assert all(name in form.button.text for name, form in zip(names, forms, strict=True))
        assert all(form.find("input", {"name": "next"})["value"] == "/en/devices/" for form in forms)


def test_a_login_opens_the_account_of_the_staff_number_and_links_it_once(provider, ministry):
    person = nurse(ministry)
    for _time in range(2):
        client, answer = log_in(provider)
        assert answer.status_code == 302 and answer["Location"] == "/en/account/start/"
        assert user_of(client) == person.user
    link = SocialAccount.objects.get()
    assert (link.user, link.provider, link.uid, link.extra_data) == (person.user, "moh", "f:1", {})
    assert not SocialToken.objects.exists()
    entry = AuditEntry.objects.get(verb="institutions.link_login")
    assert (entry.subject, entry.actor, entry.institution) == (f"person:{person.pk}", person.user, ministry)


def test_what_is_sent_is_little_and_cannot_be_bent_by_the_address(provider, ministry):
    client = Client()
    bent = reverse("provider_login", args=["moh"]) + "?scope=email&auth_params=prompt%3Dnone&process=connect"
    asked, _query = provider.consent(client.post(bent)["Location"])
    assert set(asked) == {
        *("client_id", "redirect_uri", "scope", "response_type", "state", "prompt", "nonce", "ui_locales"),
        *("code_challenge", "code_challenge_method"),
    }
    assert (asked["scope"], asked["prompt"], asked["code_challenge_method"]) == ("openid", "login", "S256")
    assert asked["redirect_uri"] == "http://testserver/account/provider/moh/callback/"
    assert len(asked["nonce"]) > 40 and asked["client_id"] == CLIENT_ID


def test_the_site_asks_the_provider_for_nothing_but_the_token_and_its_key(provider, ministry):
    nurse(ministry)
    log_in(provider)
    paths = {path.rsplit("/", 1)[1] for path, _form in provider.asked}
    assert paths == {"openid-configuration", "token", "certs"}


def test_a_number_in_khmer_digits_is_the_same_number(provider, ministry):
    person = nurse(ministry)
    client, _answer = log_in(provider, staff_number=" ៤៤០០០១ ")
    assert user_of(client) == person.user


def test_somebody_who_serves_and_never_had_an_account_gets_one_with_the_first_login(provider, ministry):
    person = nurse(ministry, account=False)
    people = Person.objects.count()
    client, answer = log_in(provider)
    person.refresh_from_db()
    assert user_of(client) == person.user and answer.status_code == 302
    assert person.user.username == "440001" and not person.user.has_usable_password()
    assert person.user.email == "" and person.user.last_name == "" and Person.objects.count() == people
    verbs = ["institutions.open_account", "institutions.link_login"]
    assert list(AuditEntry.objects.filter(verb__in=verbs).order_by("pk").values_list("verb", flat=True)) == verbs


def test_the_session_stands_in_the_list_of_devices_as_others_do(provider, ministry):
    person = nurse(ministry)
    client, _answer = log_in(provider)
    assert AccountSession.objects.of(person.user).count() == 1
    assert "Where you are logged in" in client.get("/en/devices/").content.decode()


@pytest.mark.parametrize(("asked", "led"), [("/en/devices/", "/en/devices/"), ("https://evil.example/", None)])
def test_the_login_leads_back_to_a_page_of_this_site_alone(provider, ministry, asked, led):
    nurse(ministry)
    _client, answer = log_in(provider, next_page=asked)
    assert answer["Location"] == (led or "/en/account/start/")


def test_a_merged_row_leads_to_the_row_that_stays(provider, ministry):
    kept, other = nurse(ministry), nurse(ministry, "440002")
    log_in(provider, staff_number="440002", sub="f:2")
    merge_people(kept=kept, other=other, reason="one human", at=NOW, by=None)
    for subject in ("f:2", "f:3"):
        client, _answer = log_in(provider, staff_number="440002", sub=subject)
        assert user_of(client) == kept.user
    assert not User.objects.get(pk=other.user_id).is_active


# --- what opens nothing ---------------------------------------------------------------------------------------------


def elsewhere(ministry):
    factories.make_post(institution=factories.make_institution(code="edu"), staff_number="990001")
    return {"staff_number": "990001"}


def ended(ministry):
    person = nurse(ministry)
    end_post(post=person.posts.get(), ends_on=DAY - DAYS(1), at=NOW, by=None)


def closed(ministry):
    person = nurse(ministry)
    User.objects.filter(pk=person.user_id).update(is_active=False)


def also_elsewhere(ministry):
    factories.make_post(nurse(ministry), factories.make_institution(code="edu"), starts_on=DAY - DAYS(9))


def role_elsewhere(ministry):
    factories.make_role(Role.Kind.HR, user=nurse(ministry).user)


def role_over_an_area(ministry):
    factories.make_role(Role.Kind.MONITOR, area=factories.make_area(), user=nurse(ministry).user)


def owner(ministry):
    User.objects.filter(pk=nurse(ministry).user_id).update(is_superuser=True)


NOT_OPENED = {
    "no claim": (nurse, {"staff_number": None}, "no-staff-number"),
    "empty claim": (nurse, {"staff_number": " "}, "no-staff-number"),
    "a figure": (nurse, {"staff_number": 440001}, "no-staff-number"),
    "a list": (nurse, {"staff_number": ["440001"]}, "no-staff-number"),
    "unknown number": (nurse, {"staff_number": "440009"}, "unknown-number"),
    "another register": (elsewhere, {"staff_number": "990001"}, "unknown-number"),
    "no post today": (ended, {}, "no-post-today"),
    "closed account": (closed, {}, "account-closed"),
    "post elsewhere too": (also_elsewhere, {}, "reaches-beyond-register"),
    "role elsewhere": (role_elsewhere, {}, "reaches-beyond-register"),
    "role over an area": (role_over_an_area, {}, "reaches-beyond-register"),
    "platform owner": (owner, {}, "reaches-beyond-register"),
    "no such register": (lambda ministry: Institution.objects.update(code="other"), {}, "no-such-register"),
}


@pytest.mark.parametrize("case", NOT_OPENED)
def test_every_refusal_is_one_and_the_same_page_and_is_recorded(provider, ministry, case):
    prepare, claims, reason = NOT_OPENED[case]
    prepare(ministry)
    users = User.objects.count()
    client, answer = log_in(provider, **claims)
    assert is_refused(answer) and user_of(client) is None
    assert [found for _subject, found in refusals()] == [reason]
    assert User.objects.count() == users and not SocialAccount.objects.exists()
    _client, again = log_in(provider, staff_number="no such number")
    assert body(again) == body(answer)


def body(answer):
    page = BeautifulSoup(answer.content, "html.parser")
    return page.find("main").text


def test_the_refusal_speaks_khmer_on_a_khmer_visit(provider, ministry):
    client = Client()
    provider.claims = {"staff_number": "440009"}
    _asked, query = provider.consent(go(client, provider, "km"))
    answer = come_back(client, query)
    text = answer.content.decode()
    assert answer.status_code == 403 and REFUSED not in text and "ការចូលនេះមិនបើកគណនី" in text


def test_an_e_mail_address_opens_nothing(provider, ministry):
    person = nurse(ministry)
    User.objects.filter(pk=person.user_id).update(email="sok.chan@example.org")
    _client, answer = log_in(provider, staff_number=None, email_verified=True)
    assert is_refused(answer)


def test_a_claim_that_the_provider_does_not_stand_by_opens_nothing(provider, ministry, settings):
    person = nurse(ministry)
    settings.CONDUCT_OIDC = [provider.entry(verified_claim="number_checked")]
    for said in (None, False, "true", 1):
        assert is_refused(log_in(provider, number_checked=said)[1])
    assert user_of(log_in(provider, number_checked=True)[0]) == person.user


def test_a_known_login_that_is_pointed_at_another_number_is_refused_and_recorded(provider, ministry):
    nurse(ministry)
    other = nurse(ministry, "440002")
    log_in(provider)
    client, answer = log_in(provider, staff_number="440002")
    assert is_refused(answer) and user_of(client) is None
    assert refusals() == [(f"person:{other.pk}", "login-of-another-number")]
    assert SocialAccount.objects.get().user != other.user


def test_a_second_login_of_the_provider_does_not_open_an_account_that_has_one(provider, ministry):
    nurse(ministry)
    log_in(provider)
    assert is_refused(log_in(provider, sub="f:9")[1])
    assert [reason for _subject, reason in refusals()] == ["account-of-another-login"]


def test_an_account_that_is_closed_later_is_refused_though_it_is_linked(provider, ministry):
    person = nurse(ministry)
    log_in(provider)
    User.objects.filter(pk=person.user_id).update(is_active=False)
    assert is_refused(log_in(provider)[1])


def test_the_record_of_a_refusal_holds_no_name_and_no_number(provider, ministry):
    log_in(provider, staff_number="440077", name="Keo Sophal")
    entry = AuditEntry.objects.get(verb="institutions.refuse_login")
    assert (entry.subject, entry.institution, entry.actor) == ("provider:moh", ministry, None)
    assert entry.facts == {"provider": "moh", "reason": "unknown-number"}


# --- what the browser may do, and when nothing is configured --------------------------------------------------------


def form_action(answer):
    policy = answer["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("form-action"))


def test_only_pages_with_a_button_let_forms_lead_to_the_provider(provider, client):
    assert form_action(client.get("/en/account/login/")) == f"form-action 'self' {provider.base}"
    assert form_action(client.get("/en/help/")) == "form-action 'self'"
    policy = client.get("/en/account/login/")["Content-Security-Policy"]
    assert policy.count(provider.base) == 1


def test_without_a_provider_there_is_no_button_and_no_way(client, settings):
    assert settings.CONDUCT_OIDC == []
    page = client.get("/en/account/login/")
    assert "/account/provider/" not in page.content.decode() and form_action(page) == "form-action 'self'"
    inside = Client()
    inside.force_login(factories.make_user())
    ways = ["/account/provider/moh/callback/"]
    ways += [f"/en/account/provider/moh/{way}" for way in ("", "again/", "refused/")]
    for way in ways:
        for visitor in (client, inside):
            assert visitor.get(way).status_code == 404 and visitor.post(way).status_code == 404


def test_without_debug_a_provider_must_speak_https(provider, client, settings):
    settings.DEBUG = False
    assert "/account/provider/" not in client.get("/en/account/login/").content.decode()
    assert client.post("/en/account/provider/moh/").status_code == 404


def test_half_a_configuration_offers_nothing(provider, client, settings):
    settings.CONDUCT_OIDC = [provider.entry(secret="")]
    assert client.post("/en/account/provider/moh/").status_code == 404


@pytest.mark.parametrize("page", ["signup/", "connections/", "3rdparty/", "social/login/error/", "login/cancelled/"])
def test_pages_of_the_library_that_nobody_needs_are_not_there(provider, client, page):
    assert client.get(f"/en/account/{page}").status_code == 404


def test_a_get_does_not_begin_a_login(provider, client):
    assert client.get("/en/account/provider/moh/").status_code == 405 and provider.asked == []


def test_whoever_is_logged_in_goes_on_where_they_are(provider, client):
    client.force_login(factories.make_user())
    assert client.post("/en/account/provider/moh/")["Location"] == "/en/account/start/" and provider.asked == []


@pytest.mark.parametrize("kind", ANSWERS)
def test_what_a_khmer_visitor_is_told_has_no_latin_word_and_can_be_read_in_english(provider, client, kind):
    page = client.get(f"/km/account/provider/moh/{kind}/")
    assert page.status_code == ANSWERS[kind]
    main = BeautifulSoup(page.content, "html.parser").main
    assert latin_words(main) == set() and "ត្រឡប់ទៅទំព័រចូល" in main.text
    assert f"/en/account/provider/moh/{kind}/" in page.content.decode()
    assert "Back to the login page" in client.get(f"/en/account/provider/moh/{kind}/").content.decode()


def test_no_other_answer_has_a_page(provider, client):
    assert client.get("/en/account/provider/moh/whatever/").status_code == 404


def test_the_buttons_have_no_latin_word_on_a_khmer_page(provider, client):
    main = BeautifulSoup(client.get("/km/account/login/").content, "html.parser").main
    assert latin_words(main) == set()
    client.force_login(factories.make_user())
    main = BeautifulSoup(client.get("/km/account/provider/moh/again/").content, "html.parser").main
    assert "ក្រសួងសុខាភិបាល" in main.text and latin_words(main) == set()


def test_the_page_on_privacy_says_what_a_provider_learns_where_there_is_one(provider, client, settings):
    words = "your ministry learns that you logged in here"
    assert words in client.get("/en/privacy/").content.decode()
    assert latin_words(BeautifulSoup(client.get("/km/privacy/").content, "html.parser").main) == set()
    settings.CONDUCT_OIDC = []
    assert words not in client.get("/en/privacy/").content.decode()
