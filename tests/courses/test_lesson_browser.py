"""A story that branches, told in a real browser without JavaScript."""

import pytest
from django.conf import settings
from django.test import Client

from courses.models import LessonPage
from institutions import frozen

from .conftest import make_learner
from .test_lesson_parts import STORY, _item

pytestmark = pytest.mark.browser


@pytest.fixture
def learner(transactional_db):
    learner = make_learner()
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    page.body = [{"type": "scenario", "value": {"title": "The market", "scenes": [_item(each) for each in STORY]}}]
    page.save_revision().publish()
    yield learner
    # The flush at the end of the test empties append-only tables; it puts their triggers back itself.
    frozen.remove_triggers()


def test_story_shows_one_scene_at_a_time_and_goes_on_by_links_alone(live_server, chromium, learner):
    client = Client()
    client.force_login(learner.user)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/en/learn/{learner.enrolment.pk}/l1/")

    def seen():
        return [scene.get_attribute("id") for scene in page.locator(".scene").all() if scene.is_visible()]

    assert seen() == ["scene-1-1"]
    page.get_by_role("link", name="Ask").click()
    assert seen() == ["scene-1-2"]
    page.get_by_role("link", name="Report").click()
    assert seen() == ["scene-1-3"]
    page.go_back()
    assert seen() == ["scene-1-2"]
    page.go_forward()
    page.get_by_role("link", name="Begin the story again").click()
    assert seen() == ["scene-1-1"]
    context.close()
