"""The open library of courses: for everybody, kept by any cache, without a trace of who looks."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from wagtail.models import Page, Site

from courses.models import CourseIndexPage, CoursePage, LessonPage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(learner):
    """The world's course below a front page in each language; returns the address of its English page."""
    cache.clear()
    factories.root_page().refresh_from_db()
    front = Page(title="Front", slug="front", locale=factories.locale("km"))
    Page.objects.get(depth=1).add_child(instance=front)
    english = front.copy_for_translation(factories.locale("en"))
    english.save_revision().publish()
    for index in CourseIndexPage.objects.all():
        home = front if index.locale.language_code == "km" else english
        index.move(Page.objects.get(pk=home.pk), pos="last-child")
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=Page.objects.get(pk=front.pk), is_default_site=True)
    Site.clear_site_root_paths_cache()
    return f"/en/courses-en/{learner.world['course'].slug}-en/"


def test_library_lists_courses_with_lessons_and_minutes(client, library, learner):
    factories.make_course(lessons=3)
    page = client.get("/en/courses-en/").content.decode()
    assert f'href="{library}"' in page
    assert "2 lessons · about 16 minutes" in page
    assert "3 lessons · about 24 minutes" in page
    assert page.count("btn-primary") == 1


def test_empty_library_says_what_will_be_there(client, library):
    LessonPage.objects.all().delete()
    for page in CoursePage.objects.all():
        page.delete()
    assert "No course is published yet" in client.get("/en/courses-en/").content.decode()


def test_course_page_lists_its_lessons_in_order_and_tells_of_the_quiz(client, library):
    page = client.get(library).content.decode()
    assert re.findall(r'href="[^"]+/(l\d)/">(\d)\. Lesson l\d', page) == [("l1", "1"), ("l2", "2")]
    assert "a quiz of 3 questions; 60% must be right" in page


def test_course_page_without_lessons_says_so(client, library):
    for page in LessonPage.objects.all():
        page.unpublish()
    assert "has no lesson yet" in client.get(library).content.decode()


def test_lesson_page_leads_from_part_to_part_and_then_to_the_quiz(client, library):
    first = client.get(f"{library}l1/").content.decode()
    assert f'href="{library}l2/">Next part: Lesson l2' in first
    assert "Lesson text" in first
    assert "Previous part" not in first
    last = client.get(f"{library}l2/").content.decode()
    assert 'href="/en/learn/">Log in and take the quiz' in last
    assert f'href="{library}l1/"' in last
    assert "Lesson 2 of 2" in last


def test_public_and_private_lesson_share_their_text(client, library, learner):
    public = client.get(f"{library}l1/").content.decode()
    client.force_login(learner.user)
    private = client.get(f"/en/learn/{learner.enrolment.pk}/l1/").content.decode()
    body = re.compile(r'<div class="stack">.*?</div>', re.DOTALL)
    assert body.search(public).group() == body.search(private).group()


@pytest.mark.parametrize("below", ["", "l1/"])
def test_public_pages_are_the_same_for_everybody_and_kept_by_any_cache(client, library, learner, below):
    for address in (library + below, "/en/courses-en/"):
        stranger = client.get(address)
        assert stranger["Cache-Control"] == "public, max-age=300"
        assert not stranger.cookies
        assert "Cookie" not in stranger.get("Vary", "")
    nobody = client.get(library + below).content
    client.force_login(learner.user)
    known = client.get(library + below)
    assert known.content == nobody
    assert learner.person.name_latin not in known.content.decode()
    assert learner.user.username not in known.content.decode()


def test_lesson_page_takes_few_queries_whatever_the_number_of_lessons(client, library, django_assert_num_queries):
    longer = factories.make_course(lessons=6)
    few = f"{library}l1/"
    many = f"/en/courses-en/{longer.slug}-en/l1/"
    client.get(few)
    client.get(many)
    with django_assert_num_queries(13):
        client.get(few)
    with django_assert_num_queries(13):
        client.get(many)


def test_lesson_text_carries_the_class_names_of_the_stylesheet(client, library):
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    page.body = [("text", "<h2>Whom</h2><ul><li>One</li></ul><ol><li>Two</li></ol><blockquote>Note</blockquote>")]
    page.remember = [("point", "Under 18 <b>is</b> a child")]
    page.save_revision().publish()
    html = client.get(f"{library}l1/").content.decode()
    assert '<ul class="list">' in html
    assert '<ol class="list">' in html
    assert '<p class="alert">Note</p>' in html
    assert "Under 18 &lt;b&gt;is&lt;/b&gt; a child" in html
    assert html.count("<h1") == 1


def test_draft_of_a_lesson_can_be_looked_at_before_it_is_published(client, library):
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    page.unpublish()
    draft = page.make_preview_request(preview_mode=page.default_preview_mode)
    assert "Lesson 1 of 1" in draft.render().content.decode()


@pytest.mark.parametrize("model", [CoursePage, LessonPage])
def test_second_page_of_a_course_or_lesson_in_one_language_is_refused(learner, model):
    page = model.objects.first()
    twin = model(title="Twin", slug="twin", locale=page.locale)
    field = "course" if model is CoursePage else "lesson"
    setattr(twin, field, getattr(page, field))
    with pytest.raises(ValidationError) as problem:
        twin.clean()
    assert field in problem.value.message_dict
