"""The page on which a code is signed and the receipt: refusals keep what was ticked, strangers find nothing."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from conduct_codes import actions
from conduct_codes.models import SignOff, SignRequest
from institutions import actions as register
from tests import factories
from tests.factories import PASSWORD, TODAY, moment

pytestmark = pytest.mark.django_db

ALL = ["read", "penalties", "report"]


@pytest.fixture
def asked(client):
    """A request to a person who is logged in."""
    factories.make_edition()
    post = factories.make_post(starts_on=TODAY - datetime.timedelta(days=5))
    client.force_login(factories.give_account(post.person))
    return SignRequest.objects.select_related("edition__code", "person__user").get(person=post.person)


def url_of(request, language="en"):
    return f"/{language}/sign/{request.pk}/"


def shown_hash(request, language="en"):
    return actions.text_to_sign(request, language=language, day=TODAY).sha256


def send(client, request, **facts):
    values = {"text_sha256": shown_hash(request), "statements": ALL, "password": PASSWORD, **facts}
    return client.post(url_of(request), {name: value for name, value in values.items() if value is not None})


def ticks(response):
    return response.content.decode().count(" checked")


def test_sign_page_shows_the_whole_text_and_the_statements_and_is_kept_by_nobody(client, asked):
    response = client.get(url_of(asked))
    page = response.content.decode()
    for words in ("Text 1", "Text 2", "Text 3", shown_hash(asked), 'type="password"'):
        assert words in page
    assert (page.count('name="statements"'), ticks(response)) == (3, 0)
    assert "alert-danger" not in page
    assert "no-store" in response["Cache-Control"]


def test_signing_leads_to_the_receipt_with_every_fact(client, asked):
    response = send(client, asked)
    sign_off = SignOff.objects.get()
    assert response["Location"] == f"/en/receipts/{sign_off.receipt}/"
    page = client.get(response["Location"]).content.decode()
    facts = [
        sign_off.receipt,
        asked.person.name_latin,
        sign_off.post.staff_number.number,
        sign_off.institution.name_latin,
        sign_off.edition_text.sha256,
        "Edition 1",
        "English",
        "Online, with password",
        "I have read this code of conduct",
    ]
    assert [fact for fact in facts if fact not in page] == []


def test_signing_the_page_in_khmer_records_the_khmer_text(client, asked):
    khmer = shown_hash(asked, "km")
    client.post(url_of(asked, "km"), {"text_sha256": khmer, "statements": ALL, "password": PASSWORD})
    assert SignOff.objects.get().edition_text.language == "km"


def test_a_wrong_password_signs_nothing_and_keeps_the_ticks(client, asked):
    response = send(client, asked, password="wrong")
    page = response.content.decode()
    assert response.status_code == 200
    assert "The password is not right" in page
    assert 'href="#id_password"' in page
    assert ticks(response) == 3
    assert "wrong" not in page.split("<main")[1].replace("wrong</li>", "")
    assert not SignOff.objects.exists()


def test_a_missing_tick_signs_nothing_and_keeps_the_others(client, asked):
    response = send(client, asked, statements=["read", "report"])
    assert "Tick every statement before you sign." in response.content.decode()
    assert 'href="#id_statements_0"' in response.content.decode()
    assert ticks(response) == 2
    assert not SignOff.objects.exists()


def test_an_unknown_statement_signs_nothing(client, asked):
    assert send(client, asked, statements=["read", "penalties", "more"]).status_code == 200
    assert not SignOff.objects.exists()


def test_the_password_of_another_account_signs_nothing(client, asked):
    other = factories.make_user()
    other.set_password("another password of theirs")
    other.save()
    send(client, asked, password="another password of theirs")
    assert not SignOff.objects.exists()


def test_an_account_without_a_password_is_told_whom_to_ask(client, asked):
    user = asked.person.user
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert "Ask your HR unit" in send(client, asked).content.decode()
    assert not SignOff.objects.exists()


def test_passwords_cannot_be_tried_without_end(client, asked, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reauthenticate": "3/m/user"}
    for _ in range(3):
        send(client, asked, password="wrong")
    response = send(client, asked)
    assert "Too many tries" in response.content.decode()
    assert ticks(response) == 3
    assert not SignOff.objects.exists()


def test_a_newer_text_is_shown_to_be_read_and_clears_the_ticks(client, asked):
    old = shown_hash(asked)
    page = asked.edition.code.pages.get(locale__language_code="en")
    page.preamble = "A clearer preamble"
    page.save()
    factories.make_edition(asked.edition.code, day=TODAY, change_class="clarification")
    for password in (PASSWORD, "wrong"):
        response = send(client, asked, text_sha256=old, password=password)
        shown = response.content.decode()
        assert "A newer text has come into force. Read it, then sign." in shown
        assert "A clearer preamble" in shown
        assert "<details>" not in shown
        assert ticks(response) == 0
    assert not SignOff.objects.exists()
    assert shown_hash(asked) in shown
    send(client, asked)
    assert SignOff.objects.get().edition.number == 2


def test_a_replaced_request_leads_to_the_one_for_the_new_edition(client, asked):
    edition = factories.make_edition(asked.edition.code, day=TODAY)
    actions.ask_bound_people(edition=edition, day=TODAY)
    newer = SignRequest.objects.of(asked.person).open_on(TODAY).get()
    response = client.post(
        url_of(asked), {"text_sha256": "0" * 64, "statements": ALL, "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain == [(url_of(newer), 302)]
    assert "A newer text has come into force" in response.content.decode()
    assert not SignOff.objects.exists()


def test_ticks_come_back_after_a_login_in_between_but_not_the_password(client, asked):
    fields = {"text_sha256": shown_hash(asked), "statements": ["read", "report"]}
    response = client.post(url_of(asked), fields)
    page = response.content.decode()
    assert ticks(response) == 2
    assert "alert-danger" not in page
    assert PASSWORD not in page
    assert not SignOff.objects.exists()


def test_a_session_that_ended_meanwhile_loses_nothing_but_the_password(asked):
    client = Client()
    values = {"text_sha256": shown_hash(asked), "statements": ALL, "password": PASSWORD}
    response = client.post(url_of(asked), values, follow=True)
    assert response.redirect_chain[-1][0].startswith("/en/account/login/")
    assert not SignOff.objects.exists()
    login = {"login": asked.person.user.username, "password": PASSWORD}
    kept = client.post(response.redirect_chain[-1][0], login, follow=True)
    page = kept.content.decode()
    assert page.count('name="statements"') == 3
    assert PASSWORD not in page
    assert f'action="{url_of(asked)}"' in page
    del values["password"]
    assert ticks(client.post(url_of(asked), values)) == 3


def test_a_request_that_was_signed_leads_to_its_receipt(client, asked):
    receipt = send(client, asked)["Location"]
    assert client.get(url_of(asked))["Location"] == receipt
    assert send(client, asked)["Location"] == receipt
    assert SignOff.objects.count() == 1


def test_a_person_whom_the_code_does_not_bind_any_more_has_nothing_to_sign(client, asked):
    yesterday = TODAY - datetime.timedelta(days=1)
    register.end_post(post=asked.person.posts.get(), ends_on=yesterday, at=moment(yesterday), by=None)
    assert "Nothing to sign" in client.get(url_of(asked)).content.decode()
    assert "Nothing to sign" in send(client, asked).content.decode()
    assert not SignOff.objects.exists()


def test_another_persons_request_is_not_found(client, asked):
    stranger = factories.make_post().person
    client.force_login(factories.give_account(stranger))
    assert client.get(url_of(asked)).status_code == 404
    assert send(client, asked).status_code == 404
    hr = factories.make_role("hr", asked.person.posts.get().institution).user
    client.force_login(hr)
    assert client.get(url_of(asked)).status_code == 404
    assert not SignOff.objects.exists()


def test_sign_and_receipt_ask_a_visitor_to_log_in(asked):
    sign_off = factories.sign(asked.person)
    for url in (url_of(asked), f"/en/receipts/{sign_off.receipt}/"):
        assert Client().get(url)["Location"].startswith("/en/account/login/")


def test_receipt_is_for_the_signer_and_the_hr_above_and_not_found_by_others(client, asked):
    sign_off = factories.sign(asked.person)
    url = reverse("conduct_codes:receipt", args=[sign_off.receipt])
    hr = factories.make_role("hr", sign_off.institution).user
    viewers = [asked.person.user, hr, factories.make_role("hr").user, factories.make_user()]
    viewers.append(factories.give_account(factories.make_post().person))
    codes = []
    for viewer in viewers:
        client.force_login(viewer)
        codes.append(client.get(url).status_code)
    assert codes == [200, 200, 404, 404, 404]


def test_only_the_signer_is_led_on_from_the_receipt(client, asked):
    sign_off = factories.sign(asked.person)
    url = f"/en/receipts/{sign_off.receipt}/"
    assert 'class="panel"' in client.get(url).content.decode()
    client.force_login(factories.make_role("hr", sign_off.institution).user)
    other = client.get(url).content.decode()
    assert 'class="panel"' not in other
    assert asked.person.name_latin in other


def test_sign_page_takes_the_same_queries_for_one_request_and_for_three(client, asked, django_assert_max_num_queries):
    counts = []
    for cycle in (1, 2, 3):
        if cycle > 1:
            actions.request_signature(
                person=asked.person, edition=asked.edition, cause="renewal", asked_on=TODAY, cycle=cycle
            )
        client.get(url_of(asked))
        with django_assert_max_num_queries(40) as queries:
            client.get(url_of(asked))
        counts.append(len(queries))
    assert len(set(counts)) == 1
