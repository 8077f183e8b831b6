"""The demo's words: complete in both languages, each written afresh, and tied to what the product needs."""

import re
from itertools import combinations

import pytest

from conduct_site.nation import content, markup
from courses.question_types import Content, languages, problems
from institutions.khmer import words as khmer_words

LANGUAGES = ("km", "en")
MOST_ALIKE = 0.6
SHARED_ARTICLES = 3
COMMON_TOPICS = {
    "purpose",
    "best-interests",
    "non-discrimination",
    "confidentiality",
    "non-violence",
    "sexual-abuse",
    "images",
    "retaliation",
    "reporting",
    "referral",
    "first-response",
    "discipline-procedure",
    "review-final",
}
OWN_TOPICS = {"profession-duty", "exploitation", "gifts", "safe-conduct", "records", "supervision"}
PROHIBITED_TOPICS = {"non-violence", "sexual-abuse", "images", "retaliation"}
HOTLINES = {"117", "118", "1288"}
CORE, MODULE = (6, 24), (4, 12)
COMPETENCES = {"identify", "refer", "report", "respond"}

each_code = pytest.mark.parametrize("slug", content.code_slugs())
each_course = pytest.mark.parametrize("slug", content.course_slugs())
each_language = pytest.mark.parametrize("language", LANGUAGES)


def trigrams(text, language):
    """The sets of three words that follow each other, Khmer cut into words by ICU."""
    found = khmer_words(text) if language == "km" else re.findall(r"\w+", text.lower())
    return set(zip(found, found[1:], found[2:], strict=False))


def alike(one, other):
    """Jaccard: what two texts have in common, as a part of all that either has."""
    return len(one & other) / len(one | other) if one or other else 1


def test_measure_of_likeness_sees_a_copy_and_a_change():
    for language, text in (("en", "a b c d e f g h i j"), ("km", "កុមារត្រូវបានការពារពីហិង្សានៅសាលារៀន និងនៅផ្ទះ")):
        copy = trigrams(text, language)
        assert alike(copy, trigrams(text, language)) == 1
        assert alike(copy, trigrams(text[: len(text) // 2], language)) <= MOST_ALIKE


# --- codes ----------------------------------------------------------------------------------------------------------


def test_ten_sectors_have_a_code():
    assert len(content.code_slugs()) == 10


@each_code
def test_code_says_the_same_articles_in_both_languages(slug):
    numbers = [[row["number"] for row in content.read(f"codes/{slug}.{each}.yaml")["articles"]] for each in LANGUAGES]
    assert numbers[0] == numbers[1] == list(range(1, len(numbers[0]) + 1))
    assert len(numbers[0]) >= 12
    for article in content.code(slug)["articles"]:
        for language in LANGUAGES:
            assert article[language]["heading"]
            assert len(article[language]["text"]) > 60
            assert bool(article["km"]["legal_basis"]) == bool(article["en"]["legal_basis"])


@each_code
def test_code_treats_every_common_topic_once_and_two_of_its_own(slug):
    topics = [article["topic"] for article in content.code(slug)["articles"]]
    known = {topic["slug"] for topic in content.read("topics.yaml")}
    assert {topic for topic in COMMON_TOPICS if topics.count(topic) != 1} == set()
    assert sum(topic in OWN_TOPICS for topic in topics) >= 2
    assert set(topics) <= known


@each_code
def test_every_prohibition_names_measures_of_the_regime(slug):
    code = content.code(slug)
    regime = next(regime for regime in content.read("regimes.yaml") if regime["slug"] == code["regime"])
    measures = {measure["slug"] for measure in regime["measures"]}
    for article in code["articles"]:
        rows = [(row["seriousness"], row["repetition"], row["measure"]) for row in article["measures"]]
        assert len(rows) == len(set(rows))
        assert {measure for _seriousness, _repetition, measure in rows} <= measures
        assert article["kind"] != "prohibition" or rows
        assert article["topic"] not in PROHIBITED_TOPICS or article["kind"] == "prohibition"


@each_language
def test_sectors_do_not_share_article_texts(language):
    texts = {
        slug: [trigrams(article[language]["text"], language) for article in content.code(slug)["articles"]]
        for slug in content.code_slugs()
    }
    for one, other in combinations(texts, 2):
        shared = sum(any(alike(text, theirs) > MOST_ALIKE for theirs in texts[other]) for text in texts[one])
        assert shared <= SHARED_ARTICLES, (one, other)


@each_code
def test_codes_and_lessons_name_no_other_hotline(slug):
    text = "\n".join((content.FOLDER / f"codes/{slug}.{language}.yaml").read_text() for language in LANGUAGES)
    numbers = set(re.findall(r"(?<![\d-])1\d{2,3}(?![\d-])", text))
    assert numbers == HOTLINES


def test_two_codes_have_a_second_substantive_edition_and_one_an_erratum():
    histories = {slug: content.editions_of(slug) for slug in content.code_slugs()}
    classes = {slug: [change for change, _summary, _code in editions] for slug, editions in histories.items()}
    again = {slug for slug, changes in classes.items() if changes.count("substantive") == 2}
    assert len(again) == 2
    assert sum("erratum" in changes for changes in classes.values()) == 1
    for slug in again:
        first, second = histories[slug][0][2], histories[slug][1][2]
        assert len(second["articles"]) == len(first["articles"]) + 1
        before = {article["key"]: article for article in first["articles"]}
        changed = [
            article["key"]
            for article in second["articles"]
            if article["key"] in before and article["km"]["text"] != before[article["key"]]["km"]["text"]
        ]
        assert len(changed) == 1
        assert before[changed[0]]["en"]["text"] != next(
            article["en"]["text"] for article in second["articles"] if article["key"] == changed[0]
        )
        assert histories[slug][-1][2] == content.code(slug)


# --- courses --------------------------------------------------------------------------------------------------------


@each_course
def test_course_is_complete_in_both_languages(slug):
    both = [content.read(f"courses/{slug}.{language}.yaml") for language in LANGUAGES]
    lessons = [[lesson["slug"] for lesson in each["lessons"]] for each in both]
    questions = [[question["id"] for question in each["questions"]] for each in both]
    options = [[[option["id"] for option in q["options"]] for q in each["questions"]] for each in both]
    assert lessons[0] == lessons[1]
    assert questions[0] == questions[1]
    assert options[0] == options[1]
    assert (len(lessons[0]), len(questions[0])) == (MODULE if content.course(slug)["sector"] else CORE)
    assert len(set(questions[0])) == len(questions[0])


def test_every_sector_has_one_module_and_all_share_one_core():
    sectors = [content.course(slug)["sector"] for slug in content.course_slugs()]
    assert not sectors[0]
    assert sorted(sectors[1:]) == sorted(content.code_slugs())


def test_no_two_courses_use_the_same_id_for_a_question():
    ids = [question["id"] for slug in content.course_slugs() for question in content.course(slug)["questions"]]
    assert len(ids) == len(set(ids))


@each_course
def test_module_asks_about_many_articles_and_every_competence(slug):
    course = content.course(slug)
    assert {question["competence"] for question in course["questions"]} == COMPETENCES
    assert {question["lesson"] for question in course["questions"]} == {lesson["slug"] for lesson in course["lessons"]}
    if course["sector"]:
        topics = {row["number"]: row["topic"] for row in content.code(course["sector"])["articles"]}
        asked = {question["article"] for question in course["questions"]}
        assert len(asked) >= 7
        assert {topics[number] for number in asked} & PROHIBITED_TOPICS
        assert "reporting" in {topics[number] for number in asked}
        assert all(question["topic"] == topics[question["article"]] for question in course["questions"])


@each_course
@each_language
def test_feedback_of_an_option_is_its_own(slug, language):
    """Why this option and not only whether: a sentence that no other option of any question repeats."""
    said = [
        option["feedback"][language] for question in content.course(slug)["questions"] for option in question["options"]
    ]
    assert len(said) == len(set(said))
    assert min(map(len, said)) > 20


@each_course
def test_every_question_can_be_answered_and_says_what_it_is_about(slug):
    course = content.course(slug)
    lessons = {lesson["slug"] for lesson in course["lessons"]}
    topics = {topic["slug"] for topic in content.read("topics.yaml")}
    articles = {row["number"] for row in content.code(course["sector"])["articles"]} if course["sector"] else set()
    for question in course["questions"]:
        ids = [option["id"] for option in question["options"]]
        assert question["answer"] in ids
        assert 3 <= len(ids) == len(set(ids)) <= 4
        assert question["lesson"] in lessons
        assert question["topic"] in topics
        assert question["competence"] in COMPETENCES
        assert question["article"] in articles if course["sector"] else question["article"] is None
        for option in question["options"]:
            assert all(option[name][language] for name in ("text", "feedback") for language in LANGUAGES)
    keys = [question["answer"] for question in course["questions"]]
    assert max(keys.count(key) for key in keys) <= len(keys) / 2


@each_course
@each_language
def test_lessons_can_be_held_by_a_page(slug, language):
    for lesson in content.course(slug)["lessons"]:
        html = markup.rich_text(lesson[language]["body"])
        assert html.startswith("<")
        assert "**" not in html
        assert len(lesson[language]["remember"]) == 3


@each_course
def test_questions_of_other_types_hold_together_in_both_languages(slug):
    course = content.course(slug)
    articles = {row["number"] for row in content.code(course["sector"])["articles"]} if course["sector"] else set()
    topics = {topic["slug"] for topic in content.read("topics.yaml")}
    for question in content.further_questions(slug):
        parts = {name: question.get(name, {}) for name in ("type", "stem", "options", "key", "details", "feedback")}
        assert problems(Content(**parts)) == [], question["id"]
        assert languages(Content(**parts)) == ["en", "km"], question["id"]
        assert question["lesson"] in {lesson["slug"] for lesson in course["lessons"]}
        assert question["topic"] in topics and question["article"] in articles


@each_language
@pytest.mark.parametrize("what", ["lessons", "questions"])
def test_no_two_lessons_or_questions_are_alike(what, language):
    texts = {}
    for slug in content.course_slugs():
        course = content.course(slug)
        for lesson in course["lessons"] if what == "lessons" else ():
            texts[slug, lesson["slug"]] = trigrams(lesson[language]["body"], language)
        for question in course["questions"] if what == "questions" else ():
            whole = [question["stem"][language], *(option["text"][language] for option in question["options"])]
            texts[slug, question["id"]] = trigrams("\n".join(whole), language)
    for one, other in combinations(texts, 2):
        assert alike(texts[one], texts[other]) <= MOST_ALIKE, (one, other)


def test_markup_that_a_page_cannot_hold_is_refused():
    for source in ("[link](https://example.org)", "*slanted*", "# Title", "`code`", "<i>raw</i>"):
        with pytest.raises(markup.NotAllowed):
            markup.rich_text(source)


def test_markup_becomes_the_tags_of_the_editor():
    source = "## Head\n\nOne **bold** & word.\n\n- a\n- b\n\nThen:\n\n1. c\n\n> note\n"
    assert markup.rich_text(source) == (
        "<h2>Head</h2><p>One <b>bold</b> &amp; word.</p><ul><li>a</li><li>b</li></ul><p>Then:</p>"
        "<ol><li>c</li></ol><blockquote>note</blockquote>"
    )


# --- lists ----------------------------------------------------------------------------------------------------------


def test_staff_numbers_of_two_sectors_cannot_meet():
    prefixes = [sector["staff_prefix"] for sector in content.read("sectors.yaml")["sectors"]]
    assert len(set(prefixes)) == len(prefixes) == 10


def test_every_province_has_its_own_tile():
    tiles = content.read("tiles.yaml")
    assert len(tiles) == len({tuple(place) for place in tiles.values()}) == 25
