"""Signing without a password: the account confirms in its own way, just now, and nothing ticked is lost."""

import datetime
from types import SimpleNamespace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.utils import timezone

from conduct_codes import actions, rules
from conduct_codes.models import SignOff, SignRequest
from tests import factories

pytestmark = pytest.mark.django_db

ALL = ["read", "penalties", "report"]


def asked_without_password():
    """A request to somebody logged in whose account has an authenticator app and no password."""
    factories.make_edition()
    post = factories.make_post(starts_on=timezone.localdate() - datetime.timedelta(days=5))
    user = factories.give_account(post.person)
    user.set_unusable_password()
    user.save()
    secret, client = generate_totp_secret(), Client()
    TOTP.activate(user, secret)
    client.force_login(user)
    asked = SignRequest.objects.select_related("edition__code", "person__user").get(person=post.person)
    return SimpleNamespace(client=client, asked=asked, user=user, secret=secret, url=f"/en/sign/{asked.pk}/")


@pytest.fixture
def signer():
    return asked_without_password()


def send(signer, statements=ALL, sha256=None):
    text = actions.text_to_sign(signer.asked, language="en", day=timezone.localdate())
    fields = {"text_sha256": sha256 or text.sha256, "statements": statements}
    return signer.client.post(signer.url, fields)


def confirm(signer, code=None, address=None):
    counter = next(yield_hotp_counters_from_time())
    address = address or f"/en/account/two-step/reauthenticate/?next={signer.url}"
    code = code or format_hotp_value(hotp_value(signer.secret, counter))
    return signer.client.post(address, {"code": code, "next": signer.url})


def page_of(signer):
    return signer.client.get(signer.url).content.decode()


def later(monkeypatch, **span):
    now = timezone.now() + datetime.timedelta(**span)
    monkeypatch.setattr("institutions.middleware.timezone.now", lambda: now)


def test_who_has_no_password_is_sent_to_confirm_and_signs_with_the_ticks_of_before(signer):
    page = page_of(signer)
    assert 'type="password"' not in page and "Confirm that it is you" in page
    answer = send(signer)
    assert answer["Location"] == f"/en/account/reauthenticate/?next=%2Fen%2Fsign%2F{signer.asked.pk}%2F"
    assert not SignOff.objects.exists()
    form = signer.client.get(answer["Location"], follow=True)
    assert form.redirect_chain[-1][0].startswith("/en/account/two-step/reauthenticate/")
    assert confirm(signer)["Location"] == signer.url
    page = page_of(signer)
    assert page.count(" checked") == 3 and "You have confirmed that it is you" in page
    receipt = send(signer)["Location"]
    sign_off = SignOff.objects.get()
    assert receipt == f"/en/receipts/{sign_off.receipt}/" and sign_off.method == SignOff.Method.CONFIRMED
    assert "Online, identity confirmed again" in signer.client.get(receipt).content.decode()


def test_a_recovery_code_confirms_too(signer):
    codes = RecoveryCodes.activate(signer.user)
    send(signer)
    confirm(signer, code=codes.get_unused_codes()[0])
    send(signer)
    assert SignOff.objects.get().method == SignOff.Method.CONFIRMED


def test_a_wrong_code_confirms_nothing(signer):
    send(signer)
    assert confirm(signer, code="000000").status_code == 200
    assert send(signer).status_code == 302 and not SignOff.objects.exists()


def test_a_missing_tick_is_said_before_anybody_is_sent_away(signer):
    page = send(signer, statements=["read", "report"]).content.decode()
    assert "Tick every statement before you sign." in page and page.count(" checked") == 2


def test_to_have_confirmed_for_something_else_before_does_not_count(signer):
    confirm(signer)
    answer = send(signer)
    assert answer["Location"].startswith("/en/account/reauthenticate/") and not SignOff.objects.exists()


def test_a_confirmation_grows_old_after_five_minutes_and_the_ticks_stay(signer, monkeypatch):
    send(signer)
    confirm(signer)
    later(monkeypatch, minutes=6)
    page = page_of(signer)
    assert "You have confirmed" not in page and page.count(" checked") == 3
    assert send(signer)["Location"].startswith("/en/account/reauthenticate/") and not SignOff.objects.exists()


def test_a_confirmation_is_of_the_text_that_was_shown(signer):
    send(signer)
    confirm(signer)
    page = signer.asked.edition.code.pages.get(locale__language_code="en")
    page.preamble = "A clearer preamble"
    page.save()
    today = timezone.localdate()
    at = timezone.now() - datetime.timedelta(minutes=1)
    factories.make_edition(signer.asked.edition.code, day=today, change_class="clarification", at=at)
    page = page_of(signer)
    assert page.count(" checked") == 0 and "You have confirmed" not in page
    assert send(signer)["Location"].startswith("/en/account/reauthenticate/") and not SignOff.objects.exists()


def test_the_confirmation_of_another_account_in_the_same_browser_does_not_count(signer):
    send(signer)
    confirm(signer)
    signer.client.force_login(factories.make_user())
    signer.client.force_login(signer.user)
    assert send(signer)["Location"].startswith("/en/account/reauthenticate/") and not SignOff.objects.exists()


def test_a_password_does_not_count_for_who_has_none_and_confirming_does_not_for_who_has_one(signer):
    signer.user.set_password(factories.PASSWORD)
    signer.user.save()
    signer.client.force_login(signer.user)
    confirm(signer)
    assert send(signer).status_code == 200 and not SignOff.objects.exists()
    assert 'type="password"' in page_of(signer)


def test_who_has_no_way_at_all_is_told_so_and_whom_to_ask(signer):
    signer.user.authenticator_set.all().delete()
    page = page_of(signer)
    assert "neither a password nor another way" in page and "Ask your HR unit" in page
    assert 'type="password"' not in page
    send(signer)
    assert not SignOff.objects.exists()


@pytest.mark.parametrize(
    ("confirmed", "now", "holds"),
    [(None, 9, False), (-1, 9, False), (0, 9, True), (60, 360, True), (60, 361, False), (10, 9, False)],
)
def test_is_confirmed_since_it_was_asked_for_and_at_most_five_minutes_ago(confirmed, now, holds):
    begun = factories.moment()
    at, when = (begun + datetime.timedelta(seconds=s) if s is not None else None for s in (now, confirmed))
    assert rules.is_confirmed(asked_at=begun, confirmed_at=when, at=at) is holds
