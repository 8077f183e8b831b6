"""A package in a real browser: it plays to its end in a sandbox, goes on elsewhere, and reaches nothing of ours."""

import pytest
from django.conf import settings
from django.test import Client

from courses.models import Enrolment, LessonProgress, ScormState
from institutions import frozen
from tests.factories.packages import make_package, package_file

from .conftest import make_learner

pytestmark = pytest.mark.browser

PRY = """<!DOCTYPE html><meta charset="utf-8"><title>Pry</title><body><script>
const found = {};
const tried = (name, what) => { try { found[name] = String(what()); } catch (error) { found[name] = error.name; } };
tried("origin", () => self.origin);
tried("cookie", () => document.cookie);
tried("storage", () => localStorage.length);
tried("top", () => top.document.title);
tried("parent", () => Object.keys(parent));
tried("frame", () => window.frameElement);
const asked = (name, address, how) =>
  fetch(address, how).then((answer) => { found[name] = answer.status; }, (error) => { found[name] = error.name; });
Promise.all([
  asked("own", "data.json"),
  asked("site", "/en/training/", { credentials: "include" }),
  asked("other", "https://example.org/"),
  asked("state", "STATE", { method: "POST", credentials: "include", body: "{}" }),
]).then(() => { document.body.dataset.found = JSON.stringify(found); });
</script>"""


@pytest.fixture
def learner(transactional_db):
    learner = make_learner()
    yield learner
    frozen.remove_triggers()  # the flush at the end of the test puts them back itself


@pytest.fixture
def device(live_server, chromium, learner):
    """Opens a page of a browser of its own, on which the learner is logged in."""
    contexts = []

    def open_device():
        client = Client()
        client.force_login(learner.user)
        context = chromium.new_context(base_url=live_server.url)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
        return page

    yield open_device
    for context in contexts:
        context.close()


def address(learner, lesson, end="package/"):
    return f"/en/learn/{learner.enrolment.pk}/{lesson.slug}/{end}"


def test_package_plays_to_its_end_goes_on_elsewhere_and_earns_no_pass(device, learner):
    lesson, last = learner.enrolment.lessons()
    for each in (lesson, last):
        make_package(each)

    phone = device()
    phone.goto(address(learner, lesson))
    inside = phone.frame_locator("#package iframe")
    inside.get_by_text("place none").wait_for()
    assert inside.locator("#began").text_content() == "true"
    inside.get_by_role("button", name="Go on").click()
    phone.get_by_role("status").get_by_text("Saved.").wait_for()
    phone.get_by_role("link", name="Save and go back to the lesson").press("Enter")
    phone.wait_for_url(f"**/{lesson.slug}/")
    state = ScormState.objects.get()
    assert (state.status, state.seconds, state.cmi["cmi.suspend_data"]) == ("incomplete", 65, "ចំណាំ|2")
    assert phone.get_by_role("link", name="Go on with the package").is_visible()
    assert phone.complaints == []

    desk = device()
    desk.goto(address(learner, lesson))
    inside = desk.frame_locator("#package iframe")
    inside.get_by_text("place 2").wait_for()
    inside.get_by_role("button", name="End").click()
    desk.get_by_role("status").get_by_text("self-reported").wait_for()
    state.refresh_from_db()
    assert (state.status, state.score) == ("passed", 100)
    progress = LessonProgress.objects.get(lesson=lesson)
    assert progress.basis == "reported" and progress.completed_at

    phone.goto(address(learner, last))
    inside = phone.frame_locator("#package iframe")
    inside.get_by_text("place none").wait_for()
    inside.get_by_role("button", name="End").click()
    phone.get_by_role("status").get_by_text("self-reported").wait_for()
    enrolment = Enrolment.objects.get(pk=learner.enrolment.pk)
    assert enrolment.trained_on and enrolment.passed_on is None and enrolment.completed_on is None
    assert (phone.complaints, desk.complaints) == ([], [])


def test_page_that_was_opened_again_elsewhere_says_so_and_saves_no_more(device, learner):
    lesson = learner.enrolment.lessons()[0]
    make_package(lesson)
    earlier, later = device(), device()
    for page in (earlier, later):
        page.goto(address(learner, lesson))
        page.frame_locator("#package iframe").get_by_text("place none").wait_for()
    earlier.frame_locator("#package iframe").get_by_role("button", name="End").click()
    earlier.get_by_role("status").get_by_text("opened again on another page").wait_for()
    assert earlier.locator("#package iframe").count() == 0
    assert ScormState.objects.get().status == "not attempted"


def test_content_reaches_neither_the_session_nor_the_page_nor_another_host(device, learner):
    lesson = learner.enrolment.lessons()[0]
    files = {"index.html": PRY.replace("STATE", address(learner, lesson, "package/state/")), "data.json": "{}"}
    make_package(lesson, file=package_file(files))
    page = device()
    page.goto(address(learner, lesson))
    body = page.frame_locator("#package iframe").locator("body[data-found]")
    found = body.evaluate("body => JSON.parse(body.dataset.found)")
    assert found == {
        "origin": "null",
        "cookie": "SecurityError",
        "storage": "SecurityError",
        "top": "SecurityError",
        "parent": "API,parent",
        "frame": "null",
        "own": 200,
        "site": "TypeError",
        "other": "TypeError",
        "state": "TypeError",
    }
    # Also on its own, without our frame around it, a page of a package has no origin.
    page.goto(page.locator("#package iframe").get_attribute("src"))
    assert page.evaluate("self.origin") == "null"
