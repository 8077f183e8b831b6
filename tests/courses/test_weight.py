"""What a first visit to a learner's page costs over the wire."""

import gzip
import random
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from courses.models import LessonPage
from courses.scorm.serving import SCRIPTS
from tests.factories.packages import make_package

pytestmark = pytest.mark.django_db

LIMIT, NEXT = 100_000, 25_000
LINKED = re.compile(rb'(?:href|src)="/static/([^"?]+)"')
FONT = re.compile(rb'url\("?([^")]+\.woff2)"?\)')


def packed(content):
    return len(gzip.compress(content, 6))


def weight(response):
    """The page, every stylesheet, script and picture it names, and the fonts that those name; each counted once."""
    total = packed(response.content)
    seen = {name.decode() for name in LINKED.findall(response.content)}
    for name in sorted(seen):
        path = Path(finders.find(name))
        content = path.read_bytes()
        total += len(content) if path.suffix == ".woff2" else packed(content)
        for font in FONT.findall(content):
            if (path.parent / font.decode()).name not in {Path(other).name for other in seen}:
                total += (path.parent / font.decode()).stat().st_size
    return total


def long_words():
    """12,000 characters of Khmer that compress no better than prose; a real lesson has about 2,500."""
    rng = random.Random(7)
    letters = [chr(code) for code in range(0x1780, 0x17A3)]
    return "<p>" + " ".join("".join(rng.choices(letters, k=5)) for _word in range(2000)) + "</p>"


@pytest.fixture
def heavy(browser, learner):
    """The learner before a lesson that is longer than any real one."""
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="km")
    page.body = [("text", long_words())]
    page.save_revision().publish()
    return learner


def test_lesson_page_weighs_less_than_the_limit_on_a_first_visit(browser, heavy):
    response = browser.get(f"/km/learn/{heavy.enrolment.pk}/l1/")
    assert 30_000 < weight(response) < LIMIT


def test_quiz_pages_weigh_less_than_the_limits_on_a_first_visit_and_the_next(browser, learner):
    learner.finish_lessons()
    browser.post(f"/km/quiz/{learner.enrolment.pk}/")
    for below in ("", "1/", "check/"):
        response = browser.get(f"/km/quiz/{learner.enrolment.pk}/{below}")
        assert response.status_code == 200
        assert weight(response) < LIMIT and packed(response.content) < NEXT


def test_pages_name_no_other_host_and_hold_no_inline_code(browser, learner):
    learner.finish_lessons()
    browser.post(f"/en/quiz/{learner.enrolment.pk}/")
    for address in (f"/en/learn/{learner.enrolment.pk}/l1/", f"/en/quiz/{learner.enrolment.pk}/1/"):
        page = browser.get(address).content.decode()
        assert not re.search(r"(src|href|action)=\"(https?:)?//", page)
        assert not re.search(r"\sstyle=|\son\w+=\"", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        assert "<style" not in page


def test_page_that_plays_a_package_weighs_less_than_the_limits_without_the_package(browser, learner):
    lesson = learner.enrolment.lessons()[0]
    make_package(lesson)
    response = browser.get(f"/km/learn/{learner.enrolment.pk}/{lesson.slug}/package/")
    # What its frame loads of ours comes on top; the files of the package are media on demand.
    ours = sum(packed(Path(finders.find(name)).read_bytes()) for name in SCRIPTS)
    assert response.status_code == 200 and ours > 10_000
    assert weight(response) + ours < LIMIT and packed(response.content) < NEXT
