"""Courses in the Wagtail admin: what is missing, new ones, lessons, translation, review, retirement, whose they are."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from certification.models import Requirement
from courses import actions
from courses.actions import EditingRefused, LearningRefused
from courses.bulk import Place, enrol_many
from courses.missing import PageState, words_of_courses
from courses.models import Course, CoursePage, CourseRetirement, Enrolment, LessonPage
from institutions.models import AuditEntry
from tests import factories
from tests.factories.questions import content_of_type

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
AT = factories.moment()


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: factories.moment(hour=14))


@pytest.fixture
def world(db):
    world = factories.make_bound_world()
    world["own"] = factories.make_course(sector=world["code"].sector)
    actions.open_course_section(course=world["own"], at=AT)
    return world


@pytest.fixture
def editor(world, client):
    user = factories.make_role("editor", world["ministry"]).user
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"kept_courses:{name}", args=args)


def page_of(lesson, language):
    return LessonPage.objects.filter(lesson=lesson, locale__language_code=language).first()


def state_of(course, language):
    (words,) = words_of_courses([course], TODAY)
    return [each.state for row in words.lessons for each in row.words if each.language == language]


def test_what_is_missing_is_counted_by_language(world):
    course = world["own"]
    assert words_of_courses([course], TODAY)[0].missing == 0
    first, second = course.lessons.order_by("order")
    page_of(first, "en").delete()
    page_of(second, "en").unpublish()
    assert state_of(course, "en") == [PageState.MISSING, PageState.DRAFT]
    assert state_of(course, "km") == [PageState.LIVE, PageState.LIVE]
    assert words_of_courses([course], TODAY)[0].missing == 2


def test_a_translation_is_behind_once_the_other_language_is_published_anew(world):
    lesson = world["own"].lessons.first()
    for language, hour in (("en", 8), ("km", 9)):
        LessonPage.objects.filter(pk=page_of(lesson, language).pk).update(
            last_published_at=factories.moment(TODAY, hour)
        )
    assert state_of(world["own"], "en")[0] == PageState.BEHIND
    assert state_of(world["own"], "km")[0] == PageState.LIVE
    page = page_of(lesson, "km")
    page.title = "ថ្មី"
    page.save_revision()
    assert state_of(world["own"], "km")[0] == PageState.CHANGED


def test_questions_in_one_language_count_as_missing(world):
    content = content_of_type("single")
    question = world["own"].banks.get().questions.first()
    actions.write_question(
        bank=question.bank, question=question, content=_only_english(content), facts={}, at=AT, by=None
    )
    (words,) = words_of_courses([world["own"]], TODAY)
    assert (words.one_language, words.missing) == (1, 1)


def _only_english(content):
    return type(content)(content.type, {"en": "Only"}, content.options, content.key, content.details, {})


def test_number_of_queries_of_the_list_does_not_grow(world, django_assert_num_queries):
    with django_assert_num_queries(5):
        words_of_courses([world["own"]], TODAY)
    more = [factories.make_course(sector=world["code"].sector) for _each in range(2)]
    with django_assert_num_queries(5):
        words_of_courses([world["own"], *more], TODAY)


def test_an_editor_makes_a_course_with_quiz_bank_and_drafts_in_both_languages(world, editor, client):
    sector = world["code"].sector
    sent = {"name": "វគ្គថ្មី", "name_latin": "New course", "slug": "new-course", "sector": sector.pk}
    response = client.post(address("add"), sent)
    assert response["Location"] == address("course", "new-course")
    course = Course.objects.get(slug="new-course")
    assert (course.quiz.draw, course.banks.get().slug) == (10, "new-course")
    pages = {page.locale.language_code: page for page in CoursePage.objects.filter(course=course)}
    assert {language: (page.title, page.live) for language, page in pages.items()} == {
        "km": ("វគ្គថ្មី", False),
        "en": ("New course", False),
    }
    assert pages["km"].translation_key == pages["en"].translation_key
    assert all(page.permissions_for_user(editor).can_edit() for page in pages.values())
    assert not any(page.permissions_for_user(editor).can_publish() for page in pages.values())
    assert AuditEntry.objects.filter(verb="courses.create_course", actor=editor).exists()
    again = client.post(address("add"), sent)
    assert again.status_code == 400
    assert "There is a course of this short name already" in again.content.decode()
    assert "វគ្គថ្មី" in again.content.decode(), "what was typed stays"


def test_a_course_for_every_sector_is_made_by_the_platform_owner_only(world, editor, client):
    sent = {"name": "ក", "name_latin": "A", "slug": "for-all", "sector": ""}
    assert client.post(address("add"), sent).status_code == 400
    foreign = factories.make_sector("police", name_latin="Police")
    assert client.post(address("add"), sent | {"sector": foreign.pk}).status_code == 400
    assert not Course.objects.filter(slug="for-all").exists()
    client.force_login(factories.make_user(is_superuser=True))
    assert client.post(address("add"), sent).status_code == 302
    assert Course.objects.get(slug="for-all").sector is None


def test_a_lesson_is_added_at_the_end_and_nobody_inside_gets_it(world, editor, client):
    course = world["own"]
    person = factories.make_post(institution=world["school"]).person
    inside = actions.enrol(person=person, course=course, day=TODAY)
    sent = {"title_km": "មេរៀនថ្មី", "title_en": "New lesson", "slug": "new-lesson", "minutes": "5"}
    assert client.post(address("lesson_add", course.slug), sent)["Location"] == address("course", course.slug)
    lesson = course.lessons.order_by("order").last()
    assert (lesson.slug, lesson.minutes) == ("new-lesson", 5)
    assert {page.title for page in lesson.pages.all()} == {"មេរៀនថ្មី", "New lesson"}
    inside.refresh_from_db()
    assert lesson.pk not in inside.lesson_ids
    assert client.post(address("lesson_add", course.slug), sent).status_code == 400
    assert client.post(address("lesson_add", course.slug), sent | {"slug": "x", "title_km": ""}).status_code == 400


def test_lessons_change_places_and_the_ends_stay(world, editor, client):
    course = world["own"]
    first, second = course.lessons.order_by("order")
    client.post(address("lesson_move", course.slug, second.pk), {"way": "up"})
    assert list(course.lessons.order_by("order")) == [second, first]
    client.post(address("lesson_move", course.slug, second.pk), {"way": "up"})
    assert list(course.lessons.order_by("order")) == [second, first]
    client.post(address("lesson_move", course.slug, second.pk), {"way": "down"})
    assert list(course.lessons.order_by("order")) == [first, second]


def test_a_missing_translation_begins_as_a_copy_and_is_the_editors_to_write(world, editor, client):
    lesson = world["own"].lessons.first()
    page_of(lesson, "en").delete()
    khmer = page_of(lesson, "km")
    sent = client.post(address("translate", world["own"].slug, khmer.pk), {"language": "en"})
    made = page_of(lesson, "en")
    assert sent["Location"] == reverse("wagtailadmin_pages:edit", args=[made.pk])
    assert (made.live, made.lesson, made.translation_key) == (False, lesson, khmer.translation_key)
    assert made.permissions_for_user(editor).can_edit()
    client.post(address("translate", world["own"].slug, khmer.pk), {"language": "en"})
    assert LessonPage.objects.filter(lesson=lesson).count() == 2
    assert client.post(address("translate", world["own"].slug, khmer.pk), {"language": "xx"}).status_code == 404


def test_what_an_editor_submits_reaches_learners_once_a_reviewer_approves(world, editor, client):
    lesson = world["own"].lessons.first()
    page = page_of(lesson, "km")
    page.title = "ចំណងជើងថ្មី"
    page.save_revision(user=editor)
    state = page.get_workflow().start(page, editor)
    reviewer = factories.make_role("reviewer", world["ministry"]).user
    assert page_of(lesson, "km").title != "ចំណងជើងថ្មី"
    assert state.current_task_state.task.specific.user_can_access_editor(page, reviewer)
    assert state.current_task_state.task.specific.get_actions(page, editor) == []
    state.current_task_state.specific.approve(user=reviewer)
    assert page_of(lesson, "km").title == "ចំណងជើងថ្មី"


def test_a_course_that_a_requirement_asks_for_is_not_retired(world):
    with translation.override("en"), pytest.raises(EditingRefused, match="asks for this course"):
        actions.retire_course(course=world["course"], retired_on=TODAY, reason="old", at=AT, by=None)
    assert not CourseRetirement.objects.exists()
    Requirement.objects.update(active_to=TODAY - datetime.timedelta(days=1))
    user = factories.make_user()
    actions.retire_course(course=world["course"], retired_on=TODAY, reason="old", at=AT, by=user)
    actions.retire_course(course=world["course"], retired_on=TODAY, reason="again", at=AT, by=user)
    assert CourseRetirement.objects.get().reason == "old"


def test_nobody_begins_a_retired_course_and_whoever_is_inside_may_finish(world, editor, client):
    course = world["own"]
    inside, late = (factories.make_post(institution=world["school"]).person for _each in range(2))
    factories.give_account(inside)
    enrolment = actions.enrol(person=inside, course=course, day=TODAY)
    page = client.get(address("retire", course.slug)).content.decode()
    assert "1 person is inside the course." in page
    tomorrow = TODAY + datetime.timedelta(days=1)
    past = client.post(address("retire", course.slug), {"retired_on": "2020-01-01", "reason": "old"})
    assert past.status_code == 400
    assert client.post(address("retire", course.slug), {"retired_on": tomorrow, "reason": " "}).status_code == 400
    sent = client.post(address("retire", course.slug), {"retired_on": tomorrow, "reason": "replaced"})
    assert sent["Location"] == address("course", course.slug)
    with pytest.raises(LearningRefused):
        actions.enrol(person=late, course=course, day=tomorrow)
    with pytest.raises(LearningRefused):
        enrol_many([Place(person=late, course=course, day=tomorrow)])
    assert actions.enrol(person=inside, course=course, day=tomorrow) == enrolment
    finished, mark = factories.learn(enrolment, tomorrow)
    assert (mark.passed, finished.completed_on) == (True, tomorrow)
    assert "replaced" in client.get(address("course", course.slug)).content.decode()
    assert course not in Course.objects.taught_on(tomorrow)
    assert course in Course.objects.taught_on(TODAY)


def test_a_foreign_course_is_not_there_for_any_view(world, editor, client):
    foreign = factories.make_course(sector=factories.make_sector("police"))
    lesson = foreign.lessons.first()
    for name, args in (
        ("course", ()),
        ("lesson_add", ()),
        ("lesson", (lesson.pk,)),
        ("lesson_move", (lesson.pk,)),
        ("translate", (page_of(lesson, "km").pk,)),
        ("retire", ()),
    ):
        assert client.get(address(name, foreign.slug, *args)).status_code in (404, 405), name
        assert client.post(address(name, foreign.slug, *args)).status_code == 404, name
    assert client.get(address("lesson", world["own"].slug, lesson.pk)).status_code == 404
    assert client.post(address("translate", world["own"].slug, page_of(lesson, "km").pk)).status_code == 404
    page = client.get(address("index")).content.decode()
    assert world["own"].name_latin in page
    assert foreign.name_latin not in page


def test_hr_has_no_course_to_keep(world, client):
    client.force_login(factories.make_role("hr", world["school"]).user)
    assert client.get(address("index")).status_code in (302, 403, 404)


def test_a_draft_is_previewed_at_phone_width_as_everybody_and_as_an_officer(world, editor, client):
    lesson = world["own"].lessons.order_by("order").last()
    page = page_of(lesson, "km")
    page.body = [("text", "<p>អត្ថបទថ្មីក្នុងសេចក្តីព្រាង</p>")]
    page.save_revision(user=editor)
    assert (page.default_preview_size, page.preview_sizes[0]["device_width"]) == ("mobile", 360)
    shown = {}
    for mode, _name in page.preview_modes:
        seen = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode})
        shown[mode] = seen.content.decode()
        assert "អត្ថបទថ្មីក្នុងសេចក្តីព្រាង" in shown[mode]
        assert 'lang="km"' in shown[mode]
    assert "<progress" in shown["officer"]
    assert "<progress" not in shown[""]
    assert not Enrolment.objects.filter(course=world["own"]).exists()


def test_pages_of_courses_are_made_by_the_list_and_stay_with_their_lesson(world, editor, client):
    page = page_of(world["own"].lessons.first(), "km")
    form = page.get_edit_handler().get_form_class()
    assert "lesson" not in form.base_fields
    assert not LessonPage.is_creatable
    assert not CoursePage.is_creatable


def test_editors_keep_pictures_and_files_in_a_collection_of_their_ministry_only(world, editor):
    foreign_owner = factories.make_institution(code="other-ministry")
    code = factories.make_code(factories.make_sector("police"), owner=foreign_owner)
    foreign = factories.make_course(sector=code.sector)
    actions.open_course_section(course=foreign, at=AT)
    actions.open_course_section(course=world["own"], at=AT)
    own = Collection.objects.get(name=f"Courses · {world['ministry'].code}")
    for model in (get_image_model(), get_document_model()):
        policy = policy_registry.get_by_type(model)
        assert list(policy.collections_user_has_permission_for(editor, "add")) == [own]
        assert list(policy.collections_user_has_permission_for(editor, "choose")) == [own]
