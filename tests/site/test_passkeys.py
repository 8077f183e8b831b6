"""A passkey in a real browser with a virtual authenticator: added, used to log in, asked again, removed."""

import pytest

from conduct_site.nation.accounts import DEFAULT_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ACCOUNT = "2200005"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium, demo):
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(20_000)
    # A passkey belongs to a name; browsers take none of an address in figures.
    page.base = demo.base.replace("127.0.0.1", "localhost")
    page.refused = []
    page.on("console", lambda message: message.type == "error" and page.refused.append(message.text))
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page
    context.close()


def press(page, button):
    with page.expect_navigation():
        page.click(button)


def log_in(page):
    page.goto(f"{page.base}/km/account/login/")
    page.fill("input[name=login]", ACCOUNT)
    page.fill("input[name=password]", DEFAULT_PASSWORD)
    press(page, "main .btn-primary")


def log_out(page):
    page.goto(f"{page.base}/km/account/logout/")
    press(page, "main .btn-primary")


def test_a_passkey_is_added_opens_the_account_and_is_removed(page):
    log_in(page)
    page.goto(f"{page.base}/km/account/two-step/webauthn/add/")
    page.fill("input[name=password]", DEFAULT_PASSWORD)
    press(page, "main .btn-primary")
    press(page, "#mfa_webauthn_add")
    assert "recovery-codes" in page.url

    log_out(page)
    page.goto(f"{page.base}/km/account/login/")
    press(page, "#passkey_login")
    assert "/account/" not in page.url.removesuffix("/account/start/")

    log_out(page)
    log_in(page)
    assert page.url.endswith("/two-step/authenticate/")
    press(page, "#mfa_webauthn_authenticate")
    assert "/two-step/" not in page.url

    page.goto(f"{page.base}/km/account/two-step/webauthn/")
    press(page, "main a[href*='/remove/']")
    if "reauthenticate" in page.url:
        page.goto(f"{page.base}/km/account/two-step/webauthn/reauthenticate/?next=/km/account/two-step/webauthn/")
        press(page, "#mfa_webauthn_reauthenticate")
        press(page, "main a[href*='/remove/']")
    press(page, "main .btn-danger")
    assert page.locator("main a[href*='/remove/']").count() == 0
    assert page.refused == []
