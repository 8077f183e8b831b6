"""What a lesson holds beside text, on the page of everybody and on the page of one learner."""

import re
import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils.translation import override
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.models import Rendition

from conduct_codes.models import EditionText
from courses.actions import tick_lines
from courses.lesson_blocks import ScenarioBlock, VideoBlock, article_choices
from courses.models import LessonPage, LessonProgress
from tests import factories
from tests.factories.files import CAPTIONS, MP3, PDF

from .conftest import make_learner
from .test_pages import library  # noqa: F401
from .test_weight import weight

pytestmark = pytest.mark.django_db


def scene(key, text, *choices, article=""):
    return {
        "key": key,
        "text": f"<p>{text}</p>",
        "article": article,
        "choices": [{"text": t, "to": k} for t, k in choices],
    }


STORY = [
    scene("start", "A child cries.", ("Ask", "ask"), ("Walk on", "walk")),
    scene("ask", "She tells you.", ("Report", "told"), article="topic:reporting"),
    scene("told", "She is safe."),
    scene("walk", "Nobody helps.", ("Go back", "start")),
]
LINES = [str(uuid.uuid5(uuid.NAMESPACE_DNS, name)) for name in ("one", "two", "three")]


def blocks(**more):
    """Raw blocks of a lesson page with one of each kind."""
    film, captions = factories.make_document(), factories.make_document("film.vtt", CAPTIONS)
    voice, form = (
        factories.make_document("voice.mp3", MP3),
        factories.make_document("form.pdf", PDF + b"\0" * 1_500_000),
    )
    lines = [{"type": "item", "id": pk, "value": f"Line {n}"} for n, pk in enumerate(LINES, start=1)]
    return [
        {"type": "text", "value": "<p>Words first.</p>"},
        {
            "type": "image",
            "value": {"image": factories.make_image().pk, "description": "A green field", "caption": "Field"},
        },
        {
            "type": "video",
            "value": {"title": "The film", "file": film.pk, "captions": captions.pk, "transcript": "<p>She says.</p>"},
        },
        {"type": "audio", "value": {"title": "The voice", "file": voice.pk, "transcript": "<p>He says.</p>"}},
        {"type": "reveal", "value": {"question": "What now?", "answer": "<p>Report it.</p>"}},
        {"type": "checklist", "id": "check", "value": {"title": "Before you go", "lines": lines}},
        {"type": "scenario", "value": {"title": "The market", "scenes": [_item(each) for each in STORY]}},
        {"type": "download", "value": {"title": "The form", "file": form.pk}},
    ]


def _item(value):
    choices = [{"type": "item", "id": str(uuid.uuid4()), "value": choice} for choice in value["choices"]]
    return {"type": "item", "id": str(uuid.uuid4()), "value": {**value, "choices": choices}}


@pytest.fixture
def rich(learner):
    """The learner before a lesson with every kind of block."""
    for page in LessonPage.objects.filter(lesson__slug="l1"):
        page.body = blocks()
        page.save_revision().publish()
    return learner


def address(learner, below=""):
    return f"/en/learn/{learner.enrolment.pk}/l1/{below}"


def page_of(client, url):
    return BeautifulSoup(client.get(url).content, "html.parser")


def test_picture_has_its_description_its_size_and_waits_until_it_is_near(browser, rich):
    picture = page_of(browser, address(rich)).find("img", alt="A green field")
    assert picture["loading"] == "lazy"
    widths = re.findall(r"\.webp (\d+)w", picture["srcset"])
    assert widths == ["360", "720", "1080"]
    assert (picture["width"], picture["height"]) == ("1080", "607")


def test_picture_that_comes_first_is_not_made_to_wait(browser, rich):
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    page.body = blocks()[1:2]
    page.save_revision().publish()
    answer = browser.get(address(rich))
    picture = BeautifulSoup(answer.content, "html.parser").find("img", alt="A green field")
    assert "loading" not in picture.attrs
    made = Rendition.objects.filter(filter_spec__contains="width-540").get()  # what the sharpest phone fetches
    assert made.file.size > 10_000
    assert weight(answer) + made.file.size < 100_000


def test_film_and_voice_load_nothing_by_themselves_and_say_how_large_they_are(browser, rich):
    page = page_of(browser, address(rich))
    for name in ("video", "audio"):
        assert page.find(name)["preload"] == "none"
        assert "KB)" in page.find(name).parent.get_text()
        assert "autoplay" not in page.find(name).attrs
    track = page.find("track")
    assert (track["kind"], track["srclang"]) == ("captions", "en")
    assert track["src"].startswith("/documents/")
    assert "He says." in page.find("audio").parent.get_text()
    download = page.find("a", string="The form").parent.get_text(" ", strip=True)
    assert "PDF" in download
    assert "1.5 MB" in download


def test_khmer_page_names_sizes_in_khmer_and_captions_as_khmer(browser, rich):
    page = page_of(browser, address(rich).replace("/en/", "/km/"))
    assert "១,៥ មេកាបៃ" in page.get_text()
    assert page.find("track")["srclang"] == "km"


def test_every_way_of_the_story_is_a_link_to_a_scene_of_the_page(browser, rich):
    page = page_of(browser, address(rich))
    scenes = {each["id"]: each for each in page.select(".scene")}
    assert len(scenes) == 4
    for link in page.select(".scenes a[href^='#']"):
        assert link["href"][1:] in scenes
    assert page.select(".scene")[-1]["id"] == "scene-1-1"  # the start stands last: the style sheet hides it by that
    assert "scene-start" in page.select(".scene")[-1]["class"]
    end = scenes["scene-1-3"]
    assert "one way the story ends" in end.get_text()


def test_story_cites_the_article_of_the_learners_own_code_and_none_to_the_public(client, rich, library):  # noqa: F811
    text = EditionText.objects.filter(language="en").first()
    article = next(words for words in text.words["articles"] if words["kind"] == "reporting")
    public = client.get(f"{library}l1/").content.decode()
    assert article["text"] not in public
    client.force_login(rich.user)
    assert article["text"] in client.get(address(rich)).content.decode()


def test_story_cites_an_article_that_its_editor_chose_to_everybody(client, rich, library):  # noqa: F811
    with override("en"):
        value, label = next(choice for choice in article_choices() if not choice[0].startswith("topic:"))
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    story = [scene("start", "Begin.", ("On", "end")), scene("end", "Over.", article=value)]
    page.body = [{"type": "scenario", "value": {"title": "T", "scenes": [_item(each) for each in story]}}]
    page.save_revision().publish()
    assert value.partition(":")[2] in client.get(f"{library}l1/").content.decode()
    assert rich.world["code"].slug in label


def test_public_page_with_everything_is_cacheable_and_asks_nobody_to_tick(client, rich, library):  # noqa: F811
    answer = client.get(f"{library}l1/")
    assert answer["Cache-Control"] == "public, max-age=300"
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.find("form") is None
    assert len(page.select(".boxes li")) == 3
    assert not answer.cookies


def test_page_with_everything_weighs_less_than_the_limits(browser, rich):
    answer = browser.get(address(rich))
    assert weight(answer) < 100_000
    import gzip

    assert len(gzip.compress(answer.content, 6)) < 25_000  # all that a second visit fetches


def test_lesson_of_text_alone_does_not_fetch_the_style_sheet_of_parts(browser, rich):
    assert "lesson.css" in browser.get(address(rich)).content.decode()
    assert "lesson.css" not in browser.get(address(rich).replace("l1", "l2")).content.decode()


def test_ticks_are_kept_with_the_person_and_shown_in_the_other_language(browser, rich):
    browser.get(address(rich))
    back = browser.post(address(rich, "ticks/"), {"list": "check", "line": [LINES[0], LINES[2], "foreign"]})
    assert back["Location"] == f"{address(rich)}#list-1"
    assert LessonProgress.objects.get().ticks == [LINES[0], LINES[2]]
    ticked = page_of(browser, address(rich).replace("/en/", "/km/")).select("input[name=line][checked]")
    assert [box["value"] for box in ticked] == [LINES[0], LINES[2]]
    browser.post(address(rich, "ticks/"), {"list": "check", "line": [LINES[1]]})
    assert LessonProgress.objects.get().ticks == [LINES[1]]


def test_ticks_of_another_list_stay(rich):
    lesson = rich.enrolment.lessons()[0]
    facts = {"enrolment": rich.enrolment, "lesson": lesson, "at": factories.moment(), "by": rich.user}
    tick_lines(offered=["a", "b"], chosen={"a"}, **facts)
    assert tick_lines(offered=["c"], chosen={"c", "b"}, **facts).ticks == ["a", "c"]


def test_ticks_for_a_list_that_is_not_there_or_of_a_stranger_change_nothing(browser, rich):
    assert browser.post(address(rich, "ticks/"), {"list": "none"}).status_code == 404
    assert browser.post(address(rich, "ticks/")).status_code == 404
    stranger = make_learner(rich.world)
    assert browser.post(address(stranger, "ticks/"), {"list": "check", "line": LINES}).status_code == 404
    assert not LessonProgress.objects.exists()


def test_queries_of_a_lesson_do_not_grow_with_its_films(browser, rich, django_assert_max_num_queries):
    page = LessonPage.objects.get(lesson__slug="l1", locale__language_code="en")
    counts = []
    for times in (1, 3):
        page.body = [each for each in blocks() if each["type"] in ("video", "download", "scenario")] * times
        page.save_revision().publish()
        browser.get(address(rich))
        with django_assert_max_num_queries(40) as asked:
            browser.get(address(rich))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ([scene("a", "x", ("On", "c")), scene("b", "y")], "1. A choice leads to “c”"),
        ([scene("a", "x", ("On", "b")), scene("b", "y"), scene("c", "z")], "3. No choice leads to this scene"),
        ([scene("a", "x", ("On", "b")), scene("b", "y", ("Back", "a"))], "no end can be reached"),
        ([scene("a", "x", ("On", "a")), scene("a", "y")], "Two scenes are called “a”"),
    ],
)
def test_editor_is_told_what_is_wrong_with_a_story_and_where(story, words):
    block = ScenarioBlock()
    value = block.to_python({"title": "T", "scenes": [_item(each) for each in story]})
    with override("en"), pytest.raises(StructBlockValidationError) as wrong:
        block.clean(value)
    assert words in " ".join(" ".join(error.messages) for error in wrong.value.non_block_errors.as_data())


def test_editor_may_save_a_sound_story():
    block = ScenarioBlock()
    value = block.to_python({"title": "T", "scenes": [_item(each) for each in [*STORY[:1], *STORY[2:], STORY[1]]]})
    value["scenes"][3]["article"] = ""
    assert block.clean(value)


def test_editor_cannot_take_a_document_for_a_film_nor_leave_out_captions():
    block = VideoBlock()
    film, form = factories.make_document(), factories.make_document("form.pdf", PDF)
    for file, captions, wrong in ((form, form, {"file", "captions"}), (film, None, {"captions"})):
        value = block.to_python({"title": "T", "file": file.pk, "captions": captions and captions.pk, "transcript": ""})
        with pytest.raises(StructBlockValidationError) as refusal:
            block.clean(value)
        assert set(refusal.value.block_errors) == wrong
