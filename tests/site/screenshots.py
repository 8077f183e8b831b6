"""Photographs every kind of page of a demo nation, as its roles meet it: 360 and 1280 px, Khmer and English.

`python -m tests.site.screenshots [folder]` loads a nation of its own, because an officer is walked from the login to
the certificate on the way; `--nation` copies a loaded one, `--pictures docs/pictures` renews those of the README.
Other pages are found by following links from the first page of each role; one page stands for all of a route.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urljoin, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conduct_site.settings.dev")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Error, sync_playwright  # noqa: E402

from conduct_site.nation.accounts import DEFAULT_PASSWORD  # noqa: E402
from tests.conftest import chromium_path  # noqa: E402
from tests.site.running import RunningDemo, plain  # noqa: E402

WIDTHS = {360: 740, 1280: 960}
OFFICER = "4400001"
VIEWERS = {
    "public": None,
    "officer": OFFICER,
    "holder": "3300001",
    "hr": "2200002",
    "registrar": "2200003",
    "monitor": "monitor",
    "province": "province",
    "discipline": "2200004",
    "auditor": "auditor",
    "editor": "editor",
    "reviewer": "reviewer",
    "adopter": "adopter",
    "trainer": "2200006",
}
# What `--pictures` keeps, as it fills one screen: folder, page, language and width → name.
PICTURES = {
    ("line", "01-training", "km", 360): "training",
    ("line", "02-sign", "km", 360): "sign",
    ("line", "09-question-chosen", "km", 360): "quiz",
    ("line", "15-certificate", "km", 1280): "certificate",
    ("public", "page-codes-3", "km", 360): "code",
    ("registrar", "certification-person_list", "km", 1280): "people",
    ("monitor", "certification-coverage", "en", 1280): "coverage",
    ("discipline", "discipline-case", "km", 1280): "case",
}
LEFT_OUT = ("/admin/", "/static/", "/media/", "/km/account/logout/")
PAGES_A_ROLE = 40


class Camera:
    """Takes each page in both widths and both languages, and says where it is wider than the screen."""

    def __init__(self, browser, demo, folder, pictures=None):
        self.browser, self.demo, self.folder, self.pictures = browser, demo, folder, pictures
        self.taken, self.too_wide = set(), []

    def log_in(self, username):
        """A browser in which this account, or nobody, is logged in."""
        context = self.browser.new_context(viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.set_default_timeout(30_000)
        if username:
            page.goto(f"{self.demo.base}/km/account/login/")
            page.fill("input[name=login]", username)
            page.fill("input[name=password]", DEFAULT_PASSWORD)
            page.click("main .btn-primary")
        return page

    def shoot(self, page, role, name):
        """The page as it is now, in its language."""
        language = page.get_attribute("html", "lang")
        target = self.folder / role
        target.mkdir(parents=True, exist_ok=True)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_load_state("networkidle")
            picture = PICTURES.get((role, name, language, width))
            if self.pictures and picture:
                keep_small(page.screenshot(), self.pictures / f"{picture}.png")
            whole = page.evaluate("document.documentElement.scrollHeight")  # a bar at the foot stays at the foot
            page.set_viewport_size({"width": width, "height": max(whole, height)})
            page.screenshot(path=target / f"{name}-{language}-{width}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.too_wide.append(f"{page.url} ({language}) at {width} px is {wide} px wide")
        page.set_viewport_size({"width": 360, "height": 740})

    def shoot_both(self, page, role, name):
        """The page in both languages, by its own switch; ends where it began."""
        here = page.url
        self.shoot(page, role, name)
        other = page.locator("header a.lang")
        if other.count():
            page.goto(urljoin(here, other.first.get_attribute("href")))
            self.shoot(page, role, name)
            page.goto(here)
        self.taken.add(route(urlsplit(here).path))


def keep_small(png, path):
    """A picture for the documentation: as few colours as the eye lets go unnoticed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def route(path):
    """What makes two pages the same kind of page."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if match.view_name == "wagtail_serve":
        parts = [part for part in path.split("/") if part]
        return f"page-{parts[1] if len(parts) > 1 else 'home'}-{len(parts)}"
    return match.view_name.replace(":", "-")


def crawl(camera, page, role):
    """Every kind of page that links lead to from where the page stands, unless it was taken before."""
    waiting, seen = [urlsplit(page.url).path], set()
    while waiting and len(seen) < PAGES_A_ROLE:
        path = waiting.pop(0)
        name = route(path)
        if not name or name in seen or (name in camera.taken and seen):
            continue
        seen.add(name)
        try:
            answer = page.goto(camera.demo.base + path)
        except Error:  # a file to download
            continue
        if not answer or "html" not in answer.headers.get("content-type", ""):
            continue
        landed = route(urlsplit(page.url).path)
        if landed and (landed == name or landed not in seen | camera.taken):
            seen.add(landed)
            camera.shoot_both(page, role, landed)
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        here = urlsplit(camera.demo.base).netloc
        targets = [urlsplit(urljoin(page.url, link)) for link in links]
        paths = [target.path for target in targets if target.netloc == here]
        waiting += [path for path in paths if not path.startswith((*LEFT_OUT, "/en/"))]


def walk_the_officers_line(camera):
    """From the first login to the certificate, with the mistakes that people make on the way."""
    page = camera.log_in(OFFICER)
    answers = camera.demo.right_answers()

    def go_on():
        with page.expect_navigation():
            page.locator("main .btn-primary").first.click()

    def take(name, both=True):
        (camera.shoot_both if both else camera.shoot)(page, "line", name)

    def answer(right):
        stem = plain(page.locator("h1.q").inner_text())
        wanted = answers["km", stem]
        for box, label in zip(
            page.locator(".choices input").all(), page.locator(".choices label").all_inner_texts(), strict=True
        ):
            if (plain(label).split(". ", 1)[1] == wanted) == right:
                box.check()
                break

    take("01-training")
    go_on()
    take("02-sign")
    page.fill("main input[type=password]", "wrong")
    go_on()
    take("03-sign-refused", both=False)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.fill("main input[type=password]", DEFAULT_PASSWORD)
    go_on()
    take("04-receipt")
    go_on()
    take("05-lesson")
    for _lesson in range(6):
        go_on()
    take("06-quiz")
    go_on()
    take("07-question")
    go_on()
    take("08-question-refused", both=False)
    for number in range(10):
        answer(right=number > 3)
        if number == 4:
            take("09-question-chosen", both=False)
        go_on()
    take("10-check")
    go_on()
    take("11-not-passed")
    with page.expect_navigation():
        page.locator("main form .btn-primary").click()
    for _number in range(10):
        answer(right=True)
        go_on()
    go_on()
    take("12-passed")
    go_on()
    take("13-onward")
    page.goto(f"{camera.demo.base}/km/training/")
    take("14-training-done")
    page.locator("main .tasks a[href*='/certificates/']").first.click()
    take("15-certificate")
    page.locator("main a.btn-link").first.click()
    take("16-checked")
    page.context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=settings.DATA_DIR / "screenshots")
    parser.add_argument("--nation", type=Path, help="the data folder of a loaded demo nation, which is copied")
    parser.add_argument("--only", nargs="*", choices=["line", *VIEWERS], default=["line", *VIEWERS])
    parser.add_argument("--pictures", type=Path, help="keep the pictures of the documentation in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        demo = RunningDemo(Path(temporary) / "nation")
        if options.nation:
            shutil.copytree(options.nation, demo.folder, ignore=shutil.ignore_patterns("screenshots"))
        else:
            demo.folder.mkdir(parents=True, exist_ok=True)
            demo.load()
        try:
            demo.start()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
                camera = Camera(browser, demo, options.folder, options.pictures)
                for role, username in VIEWERS.items():
                    if role in options.only:
                        page = camera.log_in(username)
                        if username is None:
                            page.goto(f"{demo.base}/km/")
                        crawl(camera, page, role)
                        page.context.close()
                        say(f"{role}: {options.folder / role}")
                if "line" in options.only:
                    walk_the_officers_line(camera)
                    say(f"line: {options.folder / 'line'}")
                browser.close()
        finally:
            demo.stop()
    for line in camera.too_wide:
        say(f"wider than the screen: {line}")


def say(line):
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
