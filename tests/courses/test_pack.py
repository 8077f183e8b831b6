"""A course on paper: what is in it, for whom, and that the key leaves the site only with a trainer."""

import json

import pytest
from django.core.cache import cache
from django.utils.translation import override

from courses import pack as packs
from courses.models import Enrolment, LessonPage, Question, QuestionVersion
from courses.pack import course_pack, course_page, trainer_sheet
from courses.printing import rich
from institutions.models import AuditEntry
from tests import factories

from .test_lesson_parts import blocks
from .test_pages import library  # noqa: F401

pytestmark = pytest.mark.django_db


def address(path):
    return f"https://conduct.example{path}"


def made(learner, make=course_pack, language="en", **options):
    with override(language):
        page = course_page(learner.world["course"].slug)
        return make(page, day=factories.TODAY, address=address, **options)


def text_of(pack):
    return json.dumps(pack.inputs, ensure_ascii=False)


@pytest.fixture
def rich_library(library, learner):  # noqa: F811
    for page in LessonPage.objects.filter(lesson__slug="l1"):
        page.body = blocks()
        page.remember = [("point", "Call 1288")]
        page.save_revision().publish()
    return library


def test_pack_holds_every_lesson_and_every_kind_of_block_in_words(rich_library, learner):
    pack = made(learner)
    assert [lesson["title"] for lesson in pack.inputs["lessons"]] == ["Lesson l1", "Lesson l2"]
    text = text_of(pack)
    for words in ("Words first.", "A green field", "She says.", "He says.", "What now?", "Report it.", "Line 2"):
        assert words in text
    for words in ("Scene 1", "Walk on → 4", "The story ends here.", "https://conduct.example/documents/", "Call 1288"):
        assert words in text
    assert pack.inputs["words"]["address"].startswith("conduct.example/en/courses-en/")
    assert pack.pdf().startswith(b"%PDF")


def test_pack_is_in_the_language_of_the_page(rich_library, learner):
    pack = made(learner, language="km")
    assert pack.inputs["language"] == "km"
    assert pack.inputs["lessons"][0]["title"] == "មេរៀន l1"
    assert pack.pdf().startswith(b"%PDF")


def test_pack_cites_the_articles_that_its_questions_are_about(rich_library, learner):
    assert made(learner).inputs["articles"] == []
    article = learner.world["edition"].articles.get(number="2")
    Question.objects.filter(bank__course=learner.world["course"]).update(
        code=learner.world["code"], article_key=article.key
    )
    articles = made(learner).inputs["articles"]
    assert [row["label"] for row in articles] == ["Article 2."]
    assert articles[0]["paragraphs"]


def test_pack_is_drawn_once_for_its_contents(rich_library, learner, monkeypatch):
    cache.clear()
    drawn = []
    monkeypatch.setattr(packs.pdf, "render", lambda *args, **kwargs: drawn.append(1) or b"%PDF")
    made(learner).pdf()
    made(learner).pdf()
    assert len(drawn) == 1
    page = LessonPage.objects.get(lesson__slug="l2", locale__language_code="en")
    page.title = "Another title"
    page.save_revision().publish()
    made(learner).pdf()
    assert len(drawn) == 2


def test_pack_is_public_and_kept_by_caches_until_it_changes(client, rich_library, learner):
    url = f"/en/packs/{learner.world['course'].slug}/"
    answer = client.get(url)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "public, max-age=300")
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert not answer.cookies
    assert f'href="{url}"' in client.get(rich_library).content.decode()
    assert client.get("/en/packs/no-such/").status_code == 404


def test_questions_stand_in_the_pack_without_anything_of_the_key(rich_library, learner):
    version = QuestionVersion.objects.first()
    version.pk, version.number, version.feedback = None, 2, {"en": "General feedback", "km": "មតិទូទៅ"}
    version.save()
    plain = made(learner)
    assert plain.inputs["questions"] == []
    pack = made(learner, with_questions=True)
    assert len(pack.inputs["questions"]) == 4
    assert all(len(question["answers"]) == 3 for question in pack.inputs["questions"])
    assert "eedback" not in text_of(pack)
    assert pack.inputs["key"] == []
    # The right option is always the first of the bank; on paper it is not.
    first = [question["answers"][0] for question in pack.inputs["questions"]]
    assert not all("Option a" in answer for answer in first)
    assert pack.pdf().startswith(b"%PDF")


def test_sheet_numbers_its_answers_as_the_pack_does(rich_library, learner):
    questions = made(learner, with_questions=True).inputs["questions"]
    sheet = made(learner, trainer_sheet)
    assert [row["stem"] for row in sheet.inputs["key"]] == [row["stem"] for row in questions]
    assert all(row["right"][0].startswith("Option a") for row in sheet.inputs["key"])
    assert sheet.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("below", ["questions/", "answers/"])
def test_questions_and_key_are_for_trainers_alone(client, rich_library, learner, below):
    url = f"/en/packs/{learner.world['course'].slug}/{below}"
    assert client.get(url).status_code == 302
    for user in (learner.user, factories.make_role("hr", learner.world["ministry"]).user):
        client.force_login(user)
        assert client.get(url).status_code == 404
    client.force_login(factories.make_role("trainer", learner.world["school"]).user)
    answer = client.get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]


def test_key_printed_is_in_the_record(client, rich_library, learner):
    trainer = factories.make_role("trainer", learner.world["school"]).user
    client.force_login(trainer)
    client.get(f"/en/packs/{learner.world['course'].slug}/answers/")
    assert AuditEntry.objects.get(verb="courses.print_key").actor == trainer


def test_trainer_who_has_the_quiz_before_them_sees_no_key(client, rich_library, learner):
    factories.make_role("trainer", learner.world["school"], user=learner.user)
    client.force_login(learner.user)
    url = f"/en/packs/{learner.world['course'].slug}/answers/"
    assert client.get(url).status_code == 404
    factories.learn(Enrolment.objects.get(pk=learner.enrolment.pk))
    assert client.get(url).status_code == 200


def test_rich_text_becomes_paragraphs_without_markup():
    found = rich("<h2>Who?</h2><p>A <b>bold</b> word &amp; more</p><ul><li>One</li><li><b>Two</b></li></ul>")
    assert found[0] == {"kind": "heading", "runs": [["Who?", False]]}
    assert found[1]["runs"] == [["A ", False], ["bold", True], [" word & more", False]]
    assert found[2] == {"kind": "points", "items": [[["One", False]], [["Two", True]]]}
    assert rich("<blockquote>Note</blockquote>")[0]["kind"] == "note"
    assert rich("") == []


def test_session_page_leads_a_trainer_to_the_papers_and_nobody_else(client, rich_library, learner):
    world = learner.world
    trainer = factories.make_trainer(world["school"])
    session = factories.make_session(course=world["course"], institution=world["school"], trainer=trainer)
    hr = factories.make_role("hr", world["ministry"]).user
    for user, seen in ((trainer.user, True), (hr, False)):
        client.force_login(user)
        page = client.get(f"/en/sessions/{session.pk}/").content.decode()
        assert (f"/en/packs/{world['course'].slug}/answers/" in page) is seen


@pytest.mark.parametrize("below", ["questions/", "answers/"])
def test_a_trainer_of_another_profession_gets_neither_questions_nor_key(client, rich_library, learner, below):
    course = learner.world["course"]
    client.force_login(factories.make_role("trainer", factories.make_institution(kind="ministry")).user)
    url = f"/en/packs/{course.slug}/{below}"
    type(course).objects.filter(pk=course.pk).update(sector=learner.person.posts.get().sector)
    assert client.get(url).status_code == 404
    type(course).objects.filter(pk=course.pk).update(sector=None)
    assert client.get(url).status_code == 200, "a course without a sector is everybody's"
