"""A file into a bank: all or nothing, another language into the same questions, a second time without a change."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from conduct_codes.models import Topic
from courses import formats, importing
from courses.actions import ImportRefused, QuestionRefused, import_questions, retire_question, write_question
from courses.models import Question, QuestionBank, QuestionVersion
from courses.models.catalogue import latest_versions
from courses.question_types import normal
from courses.ties import Ties
from institutions.models import AuditEntry
from tests import factories
from tests.factories.questions import CONTENTS, content_of_type, make_all_types, make_question

pytestmark = pytest.mark.django_db
AT = factories.moment()


@pytest.fixture
def bank():
    """An empty bank of a sector with a code in force."""
    world = factories.make_bound_world()
    course = factories.make_course(questions=0, sector=world["code"].sector)
    Topic.objects.get_or_create(slug="reporting", defaults={"name": "ការរាយការណ៍", "name_latin": "Reporting"})
    return course.banks.get()


def take(bank, name, content, language="en"):
    reading = formats.read(name, content, language=language)
    return import_questions(bank=bank, reading=reading, language=language, day=factories.TODAY, at=AT, by=None)


def given_out(bank, name, language="en"):
    questions = importing.outgoing(Question.objects.filter(bank=bank).order_by("pk"), Ties(bank, factories.TODAY))
    return formats.write(name, questions, language=language)[0]


def contents(bank):
    return {v.question.key: v for v in latest_versions(Question.objects.filter(bank=bank)).select_related("question")}


@pytest.mark.parametrize(
    ("name", "language"), [("xlsx", "km"), ("moodle-xml", "km"), ("moodle-xml", "en"), ("gift", "en")]
)
def test_what_was_given_out_changes_nothing_when_it_comes_back(bank, name, language):
    code = bank.course.sector.code
    article = code.editions.get().articles.first()
    for question in make_all_types(bank).values():
        question.code, question.article_key, question.lesson = code, article.key, bank.course.lessons.first()
        question.save()
    before = {key: (version.pk, version.question.article_key) for key, version in contents(bank).items()}
    plan = take(bank, name, given_out(bank, name, language), language)
    assert (plan.created, plan.changed) == (0, 0)
    assert plan.unchanged == {"xlsx": 8, "moodle-xml": 7, "gift": 6}[name]
    assert {key: (version.pk, version.question.article_key) for key, version in contents(bank).items()} == before


@pytest.mark.parametrize("kind", sorted(set(CONTENTS) - {"scenario"}))
def test_another_language_fills_the_same_question_by_its_id(bank, kind):
    other = factories.make_course(questions=0).banks.get()
    whole = normal(content_of_type(kind))
    question = make_question(other, whole)
    files = {language: given_out(other, "moodle-xml", language) for language in ("en", "km")}
    Question.objects.filter(pk=question.pk).update(bank=bank)
    take(bank, "moodle-xml", files["en"].replace(str(question.key).encode(), b"from-elsewhere"), "en")
    take(bank, "moodle-xml", files["km"].replace(str(question.key).encode(), b"from-elsewhere"), "km")
    filled = QuestionVersion.objects.exclude(question=question).order_by("-number").first()
    assert filled.languages == ",en,km,"
    assert filled.number == 2
    assert filled.stem == whole.stem
    assert [option.get("text") for option in filled.options] == sorted_as(filled, whole)


def sorted_as(filled, whole):
    """The texts of the options as an order is written: in the right one."""
    options = {option["id"]: option for option in whole.options}
    ids = whole.key if whole.type == "ordering" else options
    return [options[option_id].get("text") for option_id in ids]


def test_answers_that_do_not_pair_are_refused_and_nothing_is_taken(bank):
    gift = "// [id:one]\nWhom? {=teacher ~nobody}\n\n// [id:two]\nWhen? {=now ~later}"
    take(bank, "gift", gift.encode(), "en")
    km = "// [id:two]\nពេលណា? {=ឥឡូវ ~ក្រោយ}\n\n// [id:one]\nនរណា? {=គ្រូ ~គ្មាន ~ប៉ូល}"
    with pytest.raises(ImportRefused) as refused:
        take(bank, "gift", km.encode(), "km")
    assert [note.line for note in refused.value.plan.problems] == [5]
    assert not QuestionVersion.objects.filter(number=2).exists()


def test_a_changed_word_makes_a_new_version_and_keeps_the_other_language(bank):
    question = make_question(bank, content_of_type("single"))
    plan = take(bank, "moodle-xml", given_out(bank, "moodle-xml").replace(b"Answer b", b"Answer bb"))
    assert (plan.created, plan.changed) == (0, 1)
    newest = question.versions.order_by("-number").first()
    assert (newest.number, newest.option("b")["text"]["en"]) == (2, "Answer bb")
    assert newest.languages == ",en,km,"
    assert question.versions.get(number=1).option("b")["text"]["en"] == "Answer b"


def test_one_language_is_replaced_whole_where_there_is_no_other(bank):
    take(bank, "gift", b"// [id:one]\nWhom? {=teacher ~nobody}")
    take(bank, "gift", b"// [id:one]\nWhom? {=teacher ~nobody ~all}")
    assert len(contents(bank).popitem()[1].options) == 3


def test_a_file_without_ids_finds_its_questions_again_by_their_words(bank):
    file = b"Whom?\nA) nobody\nB) the teacher\nANSWER: B\n"
    assert take(bank, "aiken", file).created == 1
    assert take(bank, "aiken", file).unchanged == 1
    assert Question.objects.filter(bank=bank).count() == 1


def test_a_question_of_another_bank_is_never_touched(bank):
    other = factories.make_course(questions=0).banks.get()
    make_question(other, content_of_type("single"))
    with pytest.raises(ImportRefused):
        take(bank, "xlsx", given_out(other, "xlsx"))


def test_what_a_question_is_about_is_looked_up_and_refused_where_it_is_not_there(bank):
    good = b"// [id:a] [tag:article:2] [tag:competence:report] [tag:lesson:l1]\nWhom? {T}"
    take(bank, "gift", good)
    question = Question.objects.get(bank=bank)
    assert (question.competence, question.lesson.slug, question.code) == ("report", "l1", bank.course.sector.code)
    assert question.article_key == question.code.editions.get().articles.get(number="2").key
    for bad in ("article:99", "competence:knows", "lesson:l9", "topic:none", "article:2] [tag:code:police"):
        with pytest.raises(ImportRefused):
            take(bank, "gift", f"// [id:b] [tag:{bad}]\nWhom? {{T}}".encode())


def test_the_same_id_twice_in_a_file_is_refused(bank):
    with pytest.raises(ImportRefused) as refused:
        take(bank, "gift", b"// [id:a]\nWhom? {T}\n\n// [id:a]\nWhen? {T}")
    assert [note.line for note in refused.value.plan.problems] == [5]


# --- drawn or not ---------------------------------------------------------------------------------------------------


def test_an_untied_or_half_translated_question_is_never_drawn_and_says_why(bank):
    whole = make_question(bank, content_of_type("single"))
    untied = make_question(bank, content_of_type("single", " 2"), topic="")
    no_competence = make_question(bank, content_of_type("single", " 3"), competence="")
    take(bank, "gift", b"// [id:a] [tag:competence:report] [tag:topic:reporting]\nWhom? {T}")
    drawable = Question.objects.of_course(bank.course_id).drawable_on(factories.TODAY)
    assert list(drawable) == [whole]
    english = Question.objects.exclude(pk__in=[whole.pk, untied.pk, no_competence.pk]).get(bank=bank)
    newest = {version.question_id: version for version in latest_versions(Question.objects.filter(bank=bank))}
    gaps = {question.pk: question.gaps(newest.get(question.pk)) for question in Question.objects.filter(bank=bank)}
    assert gaps == {
        whole.pk: [],
        untied.pk: ["untied"],
        no_competence.pk: ["competence"],
        english.pk: ["language:km"],
    }


def test_a_newer_version_in_one_language_takes_a_question_out_of_the_draw(bank):
    question = make_question(bank, content_of_type("single"))
    content = content_of_type("single")
    content.stem.pop("km")
    write_question(bank=bank, question=question, content=content, facts={}, at=AT, by=None)
    assert not Question.objects.drawable_on(factories.TODAY).filter(pk=question.pk).exists()


def test_writing_the_same_again_makes_no_version_and_a_wrong_one_is_refused(bank):
    question = make_question(bank, content_of_type("single"))
    for _round in range(2):
        write_question(bank=bank, question=question, content=content_of_type("single"), facts={}, at=AT, by=None)
    assert question.versions.count() == 1
    broken = replace(content_of_type("single"), key=[])
    with pytest.raises(QuestionRefused):
        write_question(bank=bank, question=question, content=broken, facts={}, at=AT, by=None)


def test_a_retired_question_is_not_drawn_from_that_day_on(bank):
    question = make_question(bank, content_of_type("single"))
    for _again in range(2):
        retire_question(question=question, day=factories.TODAY, at=AT, by=None)
    assert not Question.objects.drawable_on(factories.TODAY).filter(pk=question.pk).exists()
    assert AuditEntry.objects.filter(verb="courses.retire_question").count() == 1


# --- the commands ---------------------------------------------------------------------------------------------------


def run(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_the_command_tells_without_doing_and_then_does(bank, tmp_path):
    file = tmp_path / "questions.gift.txt"
    file.write_text("::Name:: Whom? {=teacher ~nobody}\n\nWrite. {}", encoding="utf-8")
    facts = ("import_questions", file, "--format=gift", f"--bank={bank.slug}", "--language=en")
    report = json.loads(run(*facts, "--dry-run", "--report=json"))
    assert (report["applied"], report["created"], report["problems"]) == (False, 1, [])
    assert {note["line"] for note in report["left_out"]} == {1, 3}
    assert not Question.objects.filter(bank=bank).exists()
    assert "1 created" in run(*facts)
    assert json.loads(run(*facts, "--report=json"))["unchanged"] == 1


def test_the_command_names_rows_of_a_workbook_and_takes_nothing_of_a_bad_one(bank, tmp_path):
    make_question(bank, content_of_type("single"))
    file = tmp_path / "questions.xlsx"
    run("export_questions", file, "--format=xlsx", f"--bank={bank.slug}")
    before = QuestionVersion.objects.count()
    assert "1 unchanged" in run("import_questions", file, "--format=xlsx", f"--bank={bank.slug}")
    Question.objects.filter(bank=bank).update(bank=QuestionBank.objects.create(slug="other", course=bank.course))
    with pytest.raises(CommandError, match="1 problems"):
        run("import_questions", file, "--format=xlsx", f"--bank={bank.slug}", "--report=json")
    assert QuestionVersion.objects.count() == before


def test_the_command_says_what_is_wrong_with_a_file_that_it_cannot_read(bank, tmp_path):
    file = tmp_path / "questions.xml"
    file.write_text("<quiz>", encoding="utf-8")
    with pytest.raises(CommandError):
        run("import_questions", file, "--format=moodle-xml", f"--bank={bank.slug}", "--report=json")
    with pytest.raises(CommandError, match="no bank"):
        run("import_questions", file, "--format=moodle-xml", "--bank=none")
