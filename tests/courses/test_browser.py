"""What HTMX adds to a question page, in a real browser under the site's own content policy."""

import datetime
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from courses.models import Attempt
from institutions import frozen

from .conftest import make_learner

pytestmark = pytest.mark.browser


@pytest.fixture
def learner(transactional_db):
    yield make_learner().finish_lessons()
    # The flush at the end of the test empties append-only tables; it puts their triggers back itself.
    frozen.remove_triggers()


@pytest.fixture
def page(live_server, chromium, learner):
    """The first question, open in a browser on which the learner is logged in."""
    client = Client()
    client.force_login(learner.user)
    client.post(f"/en/quiz/{learner.enrolment.pk}/")
    context = chromium.new_context(base_url=live_server.url)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"/en/quiz/{learner.enrolment.pk}/1/")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def test_choice_is_saved_at_once_and_a_lost_link_is_said(page, learner):
    status = page.get_by_role("status")
    here = page.url
    page.get_by_role("radio").nth(1).check()
    status.get_by_text(re.compile(r"Saved at \d\d:\d\d")).wait_for()
    question = Attempt.objects.get().questions.get(position=1)
    assert question.answer == question.option_order[1]
    assert page.complaints == []

    page.context.set_offline(True)
    page.get_by_role("radio").nth(2).check()
    status.get_by_text("Not saved yet").wait_for()
    page.get_by_role("button", name="Save and go on").click()
    assert page.url == here, "without a link the page stays, and with it the answer"
    page.context.set_offline(False)
    status.get_by_text(re.compile(r"Saved at \d\d:\d\d")).wait_for()
    question.refresh_from_db()
    assert question.answer == question.option_order[2]
    assert page.url == here

    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url("**/2/")
    question.refresh_from_db()
    assert question.answer == question.option_order[2]


def test_lost_answer_is_sent_again_by_itself_until_it_is_kept(page, learner):
    status = page.get_by_role("status")
    cut = {"left": 2}

    def lose(route):
        if route.request.method == "POST" and cut["left"]:
            cut["left"] -= 1
            route.abort()
        else:
            route.continue_()

    page.route("**/quiz/**", lose)
    page.get_by_role("radio").nth(1).check()
    status.get_by_text("Not saved yet").wait_for()
    status.get_by_text(re.compile(r"Saved at \d\d:\d\d")).wait_for(timeout=20_000)
    assert cut["left"] == 0
    question = Attempt.objects.get().questions.get(position=1)
    assert question.answer == question.option_order[1]


def test_minutes_count_down_and_say_calmly_that_the_time_is_over(page, learner):
    now = timezone.now()
    Attempt.objects.update(due_at=now + datetime.timedelta(seconds=65))
    page.reload()
    clock = page.get_by_role("timer")
    clock.get_by_text("2 min left").wait_for()
    clock.get_by_text("1 min left").wait_for(timeout=10_000)
    Attempt.objects.update(due_at=now - datetime.timedelta(seconds=1))
    page.reload()
    clock.get_by_text("The time is over").wait_for()
    assert page.complaints == []
