"""A course without a link in a real browser: saved, read, answered, sent once, and gone when it must be."""

import pytest
from django.conf import settings
from django.test import Client

from courses.actions import finish_attempt
from courses.models import Attempt, OfflineAnswer
from institutions import frozen
from tests import factories

from .conftest import make_learner

pytestmark = pytest.mark.browser

LOSE_THE_FIRST_REPLY = """() => {
  const real = window.fetch;
  let left = 1;
  window.fetch = async (address, options) => {
    const reply = await real(address, options);
    if (address.endsWith("/answers/") && left-- > 0) throw new TypeError("lost");
    return reply;
  };
}"""


@pytest.fixture
def learner(transactional_db):
    yield make_learner().finish_lessons()
    frozen.remove_triggers()


def log_in(context, server, user):
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}])
    return client


@pytest.fixture
def phone(live_server, chromium, learner):
    """The phone of a learner who has started the quiz and saved the course."""
    context = chromium.new_context(base_url=live_server.url)
    log_in(context, live_server, learner.user).post(f"/en/quiz/{learner.enrolment.pk}/")
    page = context.new_page()
    page.complaints, page.hosts = [], set()
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    context.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
    page.goto(f"/en/quiz/{learner.enrolment.pk}/")
    assert page.evaluate("indexedDB.databases()") == [], "nothing is kept before somebody asks for it"
    assert page.evaluate("caches.keys()") == []
    page.get_by_text("Learn without internet").click()
    page.get_by_role("button", name="Save this course on this phone").click()
    page.get_by_text("Saved on this phone:").wait_for()
    yield page
    context.close()


def holds_nothing(page):
    page.wait_for_function("indexedDB.databases().then((all) => !all.length)")
    page.wait_for_function("caches.keys().then((all) => !all.length)")
    page.wait_for_function("localStorage.length === 0")
    page.wait_for_function("navigator.serviceWorker.getRegistrations().then((all) => !all.length)")


def choose(page, place):
    page.get_by_role("radio").nth(place - 1).check()


def answer_offline(page, learner):
    """Cut the link, walk to the quiz through the saved course, answer the three questions rightly."""
    page.context.set_offline(True)
    page.goto("/en/training/")  # any page: the phone shows what it has
    page.wait_for_url("**/en/learn/offline/")
    page.get_by_role("link", name=learner.enrolment.course.name_latin).click()
    page.get_by_role("link", name="Question 1").click()
    for question in Attempt.objects.get().questions.order_by("position"):
        if question.position > 1:
            page.get_by_role("link", name="Next question").click()
            page.get_by_text(f"Question {question.position}", exact=True).wait_for()
        choose(page, question.option_order.index("a") + 1)
        page.get_by_text("Saved on this phone, not sent yet", exact=True).wait_for()


def test_saved_course_is_read_and_answered_without_a_link_and_sent_once(phone, learner, live_server):
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.url.endswith("/answers/") else None)
    answer_offline(phone, learner)
    phone.get_by_text("Saved on this phone, not sent yet: 3").wait_for()
    phone.get_by_role("link", name=learner.enrolment.course.name_latin).click()
    phone.get_by_role("link", name="Lesson l1").click()
    phone.get_by_role("heading", name="Lesson l1").wait_for()
    phone.reload()
    phone.get_by_role("heading", name="Lesson l1").wait_for()
    assert not OfflineAnswer.objects.exists() and sent == []

    phone.context.set_offline(False)
    phone.get_by_text("Every answer has been sent.").wait_for()
    assert OfflineAnswer.objects.filter(verdict="taken").count() == 3
    phone.reload()
    phone.wait_for_load_state("networkidle")
    assert len(sent) == 1, "what has been sent is not sent again"
    attempt = Attempt.objects.get()
    assert finish_attempt(attempt=attempt, at=factories.moment(hour=20), by=learner.user).right == 3
    assert phone.hosts == {live_server.url.split("/")[2]}
    lost = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    assert [words for words in phone.complaints if not any(each in words for each in lost)] == []


def test_answer_lost_on_its_way_back_is_sent_again_and_counts_once(phone, learner):
    answer_offline(phone, learner)
    phone.evaluate(LOSE_THE_FIRST_REPLY)
    phone.context.set_offline(False)
    phone.get_by_text("No connection. Your answers stay on this phone").wait_for()
    phone.get_by_role("button", name="Send now").click()
    phone.get_by_text("Every answer has been sent.").wait_for()
    assert OfflineAnswer.objects.count() == 3


def test_server_says_which_answer_it_does_not_take(phone, learner, live_server):
    answer_offline(phone, learner)
    elsewhere = Client()
    elsewhere.force_login(learner.user)
    first = Attempt.objects.get().questions.get(position=1)
    wrong = first.option_order.index("b") + 1
    elsewhere.post(f"/en/quiz/{learner.enrolment.pk}/1/", {"attempt": 1, "answer": wrong})
    phone.context.set_offline(False)
    phone.get_by_text("Every answer has been sent.").wait_for()
    phone.get_by_role("link", name="All questions").click()
    phone.get_by_text("Not taken: you answered this question elsewhere").wait_for()
    first.refresh_from_db()
    assert first.answer == "b"
    phone.get_by_role("link", name="Question 1").click()
    radio = phone.get_by_role("radio").nth(wrong - 1)
    radio.wait_for()
    assert radio.is_checked(), "the phone shows what counts"


def test_logging_out_leaves_nothing_on_the_phone(phone, learner):
    answer_offline(phone, learner)
    phone.context.set_offline(False)
    phone.get_by_text("Every answer has been sent.").wait_for()
    phone.goto("/en/account/logout/")
    phone.get_by_role("button", name="Log out").click()
    phone.wait_for_url("**/en/")
    holds_nothing(phone)
    phone.goto("/en/learn/offline/")
    phone.get_by_text("No course is saved on this phone").wait_for()


def test_logging_out_warns_of_answers_that_were_not_sent(phone, learner):
    phone.route("**/answers/", lambda route: route.abort())
    answer_offline(phone, learner)
    phone.context.set_offline(False)
    phone.get_by_text("No connection. Your answers stay on this phone").wait_for()
    phone.goto("/en/account/logout/")
    phone.get_by_text("have not been sent yet. When you log out they are deleted").wait_for()


def test_another_account_sees_nothing_and_the_copies_go(phone, learner, live_server):
    answer_offline(phone, learner)
    other = make_learner(learner.world)
    phone.context.clear_cookies()  # before the link is back: the page sends at once when it is
    phone.context.set_offline(False)
    phone.goto("/en/learn/offline/")
    phone.get_by_text("You have been logged out. Your answers stay on this phone").wait_for()
    assert phone.evaluate("indexedDB.databases()"), "the end of a session loses no answer"
    log_in(phone.context, live_server, other.user)
    phone.goto("/en/training/")
    holds_nothing(phone)
    assert not OfflineAnswer.objects.exists()


def test_same_learner_logs_in_again_and_the_answers_go(phone, learner, live_server):
    answer_offline(phone, learner)
    phone.context.clear_cookies()  # before the link is back: the page sends at once when it is
    phone.context.set_offline(False)
    phone.goto("/en/learn/offline/")
    phone.get_by_text("You have been logged out. Your answers stay on this phone").wait_for()
    log_in(phone.context, live_server, learner.user)
    phone.goto("/en/learn/offline/")
    phone.get_by_text("Every answer has been sent.").wait_for()
    assert OfflineAnswer.objects.count() == 3


def test_without_javascript_the_pages_name_the_other_way(live_server, chromium, learner):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    log_in(context, live_server, learner.user)
    page = context.new_page()
    page.goto(f"/en/learn/{learner.enrolment.pk}/l1/")
    page.get_by_text("Learn without internet").click()
    assert page.get_by_text("read and printed from the open library").is_visible()
    assert not page.get_by_role("button", name="Save this course on this phone").is_visible()
    page.goto("/en/learn/offline/")
    assert page.get_by_text("read and printed from the open library").is_visible()
    context.close()


def test_page_of_saved_courses_shows_only_what_there_is_to_do(phone, learner):
    answer_offline(phone, learner)
    assert not phone.get_by_role("link", name="Next question").is_visible(), "the last question leads to no further one"
    phone.context.set_offline(False)
    phone.get_by_text("Every answer has been sent.").wait_for()
    assert not phone.get_by_role("button", name="Send now").is_visible()
    phone.get_by_role("link", name="All questions").click()
    phone.get_by_role("button", name="Delete this course from this phone").click()
    phone.get_by_text("No course is saved on this phone").wait_for()
    assert phone.evaluate("JSON.parse(localStorage['conduct-saved']).unsent") == 0
