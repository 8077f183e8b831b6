"""The main pages of every role keep WCAG 2.2 AA as far as axe can tell, and never scroll sideways."""

from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe

from conduct_site.nation.accounts import DEFAULT_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
WIDTHS = (320, 360, 1280)
LONGEST_WAY_TO_A_QUESTION = 16
LOGIN = "/account/login/"

# Role → account and pages; "page > selector" is where the first such link of the page leads.
ROLES = {
    "public": (
        None,
        "/",
        LOGIN,
        f"{LOGIN} > main a[href*='/activate/']",
        "/help/",
        "/privacy/",
        "/accessibility/",
        "/nowhere/",
        "/codes/",
        "/codes/education/",
        "/codes/education/ > main a[href*='/editions/']",
        "/codes/education/ > main a[href*='/compare/education/']",
        "/register/",
        "/register/ > main a[href*='/compare/']",
        "/courses/",
        "/courses/ > main .tiles a",
        "/courses/core/ > main .tasks a",
        "/c/",
        "/c/?code=nonsense",
        "/c/K7Q2XXXXXXXXXXXXX/",
    ),
    "officer": (
        "2200001",
        "/training/",
        "/my-certificates/",
        "/training/ > main .tasks a[href*='/learn/']",
        "/training/ > main a[href$='/my-data/']",
        "/account/password/",
        "/account/two-step/",
        "/devices/",
        "/logins/",
        "/my-roles/",
        "/learn/offline/",
    ),
    "holder": (
        "3300001",
        "/training/",
        "/training/ > main a[href*='/sign/']",
        "/signed/police/compare/",
        "/training/ > main a[href*='/certificates/']",
        "/my-certificates/",
    ),
    "hr": (
        "2200002",
        "/people/",
        "/people/?status=certified&q=zzz",
        "/people/ > main .tbl a",
        "/people/ > main a[href*='/access/']",
        "/register/new/",
        "/people/ > main .tbl a > main a[href*='/posts/new/']",
        "/people/ > main .tbl a > main a[href*='/end/']",
        "/people/ > main .tbl a > main a[href*='/duties/new/']",
        "/to-do/",
        "/coverage/",
        "/signatures/",
        "/unsigned/",
        "/unsigned/message/",
        "/unsigned/sheet/?state=overdue",
        "/paper/",
        "/paper/new/?unit=moeys-06&on=",
        "/kiosks/",
        "/kiosks/open/",
        "/personal-codes/?unit=moeys-06",
        "/imports/",
        "/transfers/",
        "/read-again/",
        "/register/duplicates/",
        "/register/merges/",
        "/units-without-clerk/",
        "/duties/",
        "/duties/ > main .tbl a",
        "/exports/",
    ),
    "registrar": (
        "2200003",
        "/paper/",
        "/paper/ > main .tbl a",
        "/institutions/",
        "/institutions/moeys-01/",
        "/institutions/moeys-0102/close/",
        "/other-systems/",
        "/other-systems/new/",
        "/api/",
        "/webhooks/",
        "/webhooks/new/",
        "/roles/",
        "/roles/?state=all&q=zzz",
        "/roles/?kind=hr > main .tbl a",
        "/accounts/?q=2200001",
        "/accounts/?q=2200001 > main .tasks a",
    ),
    "monitor": (
        "monitor",
        "/coverage/",
        "/coverage/ > main .tbl a",
        "/coverage/?on=2020-01-01",
        "/signatures/",
        "/signatures/?on=2020-01-01",
        "/exports/",
    ),
    "trainer": (
        "2200006",
        "/tries/",
        "/tries/ > main .tasks a",
        "/regrade/",
        "/regrade/ > main .tasks a",
        "/questions/",
        "/questions/ > main .tasks a",
    ),
    "discipline": (
        "2200004",
        "/discipline/cases/",
        "/discipline/cases/ > main .tbl a",
        "/discipline/cases/new/",
        "/discipline/cases/new/?q=so",
    ),
    "auditor": ("auditor", "/record/"),
    "owner": (
        "owner",
        "/setup/",
        "/setup/institutions/",
        "/accounts/?q=2200001",
        "/accounts/?q=2200001 > main .tasks a",
    ),
    "editor": ("editor", "/texts/"),
    "reviewer": ("reviewer", "/review/", "/review/ > main .btn-primary"),
    "adopter": ("adopter", "/adoption/", "/adoption/ > main a[href*='/repeal/']"),
}


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(90_000)
    yield page
    context.close()


def log_in(page, demo, username, language):
    page.goto(f"{demo.base}/{language}{LOGIN}")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", DEFAULT_PASSWORD)
    with page.expect_navigation():
        page.click("main .btn-primary")


def go(page, demo, where, language):
    """Open a page of the list in one language; the address that it has in the end is returned."""
    path, *selectors = where.split(" > ")
    plain = path.startswith("/c/")
    page.goto(demo.base + (path if plain else f"/{language}{path}"))
    if page.get_attribute("html", "lang") != language:
        page.goto(urljoin(page.url, page.get_attribute("header a.lang", "href")))
    for selector in selectors:
        links = page.locator(selector)
        assert links.count(), f"{page.url} has no {selector}"
        page.goto(urljoin(page.url, links.first.get_attribute("href")))
    assert page.get_attribute("html", "lang") == language, f"{page.url} is not in {language}"
    return page.url


def faults_of(page):
    """What axe and the widths find on the page as it stands, one line each; empty where all is well."""
    found = []
    for violation in Axe().run(page, options=WCAG).response["violations"]:
        places = "; ".join(f"{node['target'][0]} {node['html'][:160]}" for node in violation["nodes"][:3])
        found.append(f"{page.url}: {violation['id']}: {places}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page.url}: {wide} px wide on a screen of {width} px")
    page.set_viewport_size({"width": 1280, "height": 900})
    if page.locator("h1").count() != 1:
        found.append(f"{page.url}: {page.locator('h1').count()} headings of the first level")
    if "DEMONSTRATION" not in page.locator("body").inner_text():
        found.append(f"{page.url}: does not say DEMONSTRATION")
    return found


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_main_pages_of_a_role_have_no_fault(page, demo, role, language):
    username, *pages = ROLES[role]
    if username:
        log_in(page, demo, username, language)
    found = []
    for where in pages:
        go(page, demo, where, language)
        found += faults_of(page)
    assert found == []


def test_signing_and_quiz_have_no_fault_with_and_without_a_mistake(page, demo):
    log_in(page, demo, "3300001", "km")
    found, ways = [], set()
    for _step in range(LONGEST_WAY_TO_A_QUESTION):
        way = page.url.split("/")[4]
        if way not in ways:
            ways.add(way)
            found += faults_of(page)
        if page.locator("h1.q").count():
            break
        if page.locator("main input[type=password]").count():
            press(page)  # nothing ticked, no password
            found += faults_of(page)
            for box in page.locator("main input[type=checkbox]").all():
                box.check()
            page.fill("main input[type=password]", DEFAULT_PASSWORD)
        press(page)
    assert page.locator("h1.q").count() == 1
    press(page)  # nothing chosen
    assert page.locator("[role=alert]").count()
    found += faults_of(page)
    assert found == []


def test_a_shared_device_has_no_fault(page, demo):
    log_in(page, demo, "2200002", "km")
    page.goto(f"{demo.base}/km/kiosks/open/")
    page.select_option("#id_unit", "moeys-06")
    press(page)
    found = faults_of(page)
    page.fill("#id_number", "2200001")
    press(page)
    found += faults_of(page)
    press(page)  # nothing ticked, no code
    assert page.locator("[role=alert]").count()
    found += faults_of(page)
    page.goto(f"{demo.base}/km/kiosk/signed/")
    found += faults_of(page)
    page.goto(f"{demo.base}/km/kiosk/")
    with page.expect_navigation():
        page.click("main form[action$='/end/'] button")
    assert found + faults_of(page) == []


def test_page_with_faults_is_found_out(page):
    page.set_content(
        "<html lang=en><title>t</title><main><h1>DEMONSTRATION</h1><input><p style='width:900px'>x</p></main>"
    )
    found = " ".join(faults_of(page))
    assert "label" in found and "320 px" in found and "1280 px" not in found


def press(page):
    with page.expect_navigation():
        page.locator("main .btn-primary").first.click()
