"""The three lines, walked in a browser on the demo nation: officer, HR unit, ministry."""

import json
import re

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from conduct_site.nation.accounts import DEFAULT_PASSWORD
from tests.site.running import plain

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

OFFICER, TEACHER, HR, MONITOR = "4400001", "2200001", "4400002", "province"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TAPS_ALLOWED = 25


class Walker:
    """A visitor with a browser of their own, who counts the taps that load a page."""

    def __init__(self, chromium, demo, *, size=PHONE, javascript=True, language="km"):
        self.context = chromium.new_context(viewport=size, java_script_enabled=javascript, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.demo, self.language, self.taps, self.bodies = demo, language, 0, []
        self.foreign = []
        self.page.on("response", self.keep)
        self.page.on("request", self.watch)

    def watch(self, request):
        if not request.url.startswith((self.demo.base, "data:")):
            self.foreign.append(request.url)

    def keep(self, response):
        if "html" in response.headers.get("content-type", "") and response.status == 200:
            self.bodies.append((response.url, response.text()))

    def go(self, path):
        self.page.goto(self.demo.base + path)

    def tap(self, target):
        target = self.page.locator(target).first if isinstance(target, str) else target
        with self.page.expect_navigation():
            target.click()
        self.taps += 1

    def next(self):
        self.tap("main .btn-primary")

    def log_in(self, username, path="/account/login/"):
        self.go(f"/{self.language}{path}")
        self.page.fill("input[name=login]", username)
        self.page.fill("input[name=password]", DEFAULT_PASSWORD)
        self.next()

    def sign(self):
        for box in self.page.locator("main input[type=checkbox]").all():
            box.check()
        self.page.fill("main input[type=password]", DEFAULT_PASSWORD)
        self.next()

    def stem(self):
        return plain(self.page.locator("h1.q").inner_text())

    def options(self):
        return [plain(text).split(". ", 1)[1] for text in self.page.locator(".choices label").all_inner_texts()]

    def choose(self, wanted):
        self.page.locator(".choices input").nth(self.options().index(wanted)).check()

    def answer_right(self):
        self.choose(self.demo.right_answers()[self.language, self.stem()])
        self.next()


def coverage_of_province(chromium, demo):
    """Certified people of the province as its monitor sees them."""
    monitor = Walker(chromium, demo, size=DESKTOP, language="en")
    monitor.log_in(MONITOR)
    if "/coverage/" not in monitor.page.url:
        monitor.go("/en/coverage/")
    text = monitor.page.locator("main .lede + p").first.inner_text()
    certified, people = re.match(r"([\d,]+) of ([\d,]+)", text).groups()
    return int(certified.replace(",", "")), int(people.replace(",", ""))


@pytest.mark.parametrize("javascript", [False])
def test_three_lines_from_log_in_to_certificate_roster_and_figure(chromium, demo, javascript, tmp_path):
    certified_before, people_before = coverage_of_province(chromium, demo)

    officer = Walker(chromium, demo, javascript=javascript)
    officer.log_in(OFFICER)
    assert officer.page.url.endswith("/km/training/")
    officer.next()
    officer.sign()
    officer.next()
    for _lesson in range(6):
        officer.next()
    officer.next()
    for _question in range(10):
        officer.answer_right()
    officer.next()
    officer.next()
    if "/certificates/" not in officer.page.url:
        officer.tap("main .tasks a")
    assert "/certificates/" in officer.page.url
    assert officer.taps <= TAPS_ALLOWED, f"{officer.taps} taps"
    before_the_end = [body for address, body in officer.bodies if "/quiz" in address and "/result" not in address]
    assert len(before_the_end) >= 11
    feedback = demo.feedback()
    assert not [text for body in before_the_end for text in feedback if text in plain(body)]
    assert officer.foreign == []

    code = plain(officer.page.locator("main code").first.inner_text())
    serial = officer.page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]
    holder = officer.page.locator("article.cert h1").inner_text()
    paper = officer.context.request.get(f"{demo.base}/certificates/{serial}/pdf/")
    assert paper.body().startswith(b"%PDF")

    stranger = Walker(chromium, demo, javascript=False, language="en")
    stranger.go(f"/c/{code.replace('-', '')}/?lang=en")
    answer = stranger.page.locator("main").inner_text()
    assert "This certificate is valid" in answer
    assert holder in answer
    assert "DEMONSTRATION" in answer

    hr = Walker(chromium, demo, size=DESKTOP, language="en")
    hr.log_in(HR)
    hr.taps = 0
    if "/people/" not in hr.page.url:
        hr.tap("nav a[href='/en/people/']")
    everyone = hr.page.locator(".chips a").last
    hr.tap(everyone)
    with hr.page.expect_download() as download:
        hr.page.locator("main a.btn-primary, main button.btn-primary").first.click()
    hr.taps += 1
    assert hr.taps <= 3
    roster = tmp_path / "roster.xlsx"
    download.value.save_as(roster)
    row = roster_row(roster, holder)
    assert serial in row
    assert not [value for value in row if isinstance(value, str) and value.startswith("=")]

    certified_after, people_after = coverage_of_province(chromium, demo)
    assert (certified_after, people_after) == (certified_before + 1, people_before)


def roster_row(path, holder):
    """The row of the holder, which both readers find with the same values."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.freeze_panes
    assert sheet.auto_filter.ref
    found = [[cell.value for cell in row] for row in sheet.iter_rows() if holder in [cell.value for cell in row]]
    assert len(found) == 1
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len([row for row in rows if holder in row]) == 1
    return found[0]


def test_quiz_goes_on_after_a_crash_on_another_device_in_the_other_language(chromium, demo):
    first = Walker(chromium, demo)
    first.log_in(TEACHER)
    for _step in range(12):
        if first.page.locator("h1.q").count():
            break
        if first.page.locator("main input[type=password]").count():
            first.sign()
        else:
            first.next()
    chosen = []
    for _question in range(4):
        option = first.options()[0]
        chosen.append(option)
        first.choose(option)
        first.next()
    enrolment_path = re.sub(r"\d+/$", "", first.page.url.removeprefix(demo.base))
    shown = drawn(first, enrolment_path)

    demo.kill()
    demo.start()

    second = Walker(chromium, demo, size=DESKTOP, language="en")
    second.log_in(TEACHER)
    again = drawn(second, enrolment_path.replace("/km/", "/en/", 1))
    assert [checked for _stem, checked, _count in again] == [checked for _stem, checked, _count in shown]
    assert [checked for _stem, checked, _count in again[:4]] == [0, 0, 0, 0]
    assert [checked for _stem, checked, _count in again[4:]] == [None] * len(again[4:])
    assert same_questions(demo, shown, again)


def drawn(walker, path):
    """Every question of the open attempt as its page shows it: stem, place of the checked option, options."""
    questions = []
    walker.go(f"{path}1/")
    total = int(walker.page.locator("progress").get_attribute("max"))
    for position in range(1, total + 1):
        walker.go(f"{path}{position}/")
        inputs = walker.page.locator(".choices input").all()
        checked = [place for place, box in enumerate(inputs) if box.is_checked()]
        questions.append((walker.stem(), checked[0] if checked else None, walker.options()))
    return questions


def same_questions(demo, khmer, english):
    """True if both lists show the same questions, with the same order of options."""
    versions = {}
    for number, (stem, options) in enumerate(
        demo.rows("SELECT stem, options FROM courses_questionversion WHERE type = 'single'")
    ):
        words = json.loads(stem)
        texts = [option["text"] for option in json.loads(options)]
        for language in ("km", "en"):
            order = {plain(text[language]): place for place, text in enumerate(texts)}
            versions[plain(words[language])] = (number, order)
    for (km_stem, _c, km_options), (en_stem, _d, en_options) in zip(khmer, english, strict=True):
        km_number, km_order = versions[km_stem]
        en_number, en_order = versions[en_stem]
        if km_number != en_number:
            return False
        if [km_order[option] for option in km_options] != [en_order[option] for option in en_options]:
            return False
    return True
