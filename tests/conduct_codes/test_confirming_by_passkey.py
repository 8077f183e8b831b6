"""Signing with an account whose only way in is a passkey, in a real browser with a virtual authenticator."""

import datetime

import pytest
from django.utils import timezone

from conduct_codes.models import SignOff, SignRequest
from institutions import frozen
from institutions.models import User
from tests import factories
from tests.site.test_passkeys import DEVICE

pytestmark = pytest.mark.browser


@pytest.fixture
def officer(transactional_db):
    factories.make_edition()
    post = factories.make_post(starts_on=timezone.localdate() - datetime.timedelta(days=5))
    yield factories.give_account(post.person)
    frozen.remove_triggers()


@pytest.fixture
def phone(live_server, chromium, officer):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, base_url=live_server.url)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page
    context.close()


def press(page, button):
    with page.expect_navigation():
        page.click(button)


def test_an_account_with_a_passkey_alone_confirms_with_it_and_signs(phone, officer):
    phone.goto("/en/account/login/")
    phone.fill("input[name=login]", officer.username)
    phone.fill("input[name=password]", factories.PASSWORD)
    press(phone, "main .btn-primary")
    phone.goto("/en/account/two-step/webauthn/add/")
    if "reauthenticate" in phone.url:
        phone.fill("input[name=password]", factories.PASSWORD)
        press(phone, "main .btn-primary")
    press(phone, "#mfa_webauthn_add")
    user = User.objects.get(pk=officer.pk)
    user.set_unusable_password()
    user.save()

    phone.goto("/en/account/login/")
    press(phone, "#passkey_login")
    asked = SignRequest.objects.get(person=officer.person)
    phone.goto(f"/en/sign/{asked.pk}/")
    assert phone.locator("input[type=password]").count() == 0
    for box in phone.locator("input[name=statements]").all():
        box.check()
    press(phone, "main form .btn-primary")
    assert not SignOff.objects.exists()
    if phone.locator("#mfa_webauthn_reauthenticate").count() == 0:
        press(phone, "main a[href*='webauthn/reauthenticate']")
    press(phone, "#mfa_webauthn_reauthenticate")
    assert phone.url.endswith(f"/en/sign/{asked.pk}/")
    assert phone.locator("input[name=statements]:checked").count() == 3, "nothing ticked is lost"
    press(phone, "main form .btn-primary")
    assert SignOff.objects.get().person == officer.person
