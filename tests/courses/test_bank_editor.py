"""The bank editor: own sections only, both languages, a new version for a change, a file looked at before it counts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conduct_codes.actions import open_section
from courses.models import Question, QuestionVersion
from courses.models.catalogue import latest_versions
from courses.question_types import Type, content_of, normal
from institutions.models import AuditEntry
from tests import factories
from tests.factories.kept import made_once
from tests.factories.questions import content_of_type, make_question

from .conftest import words

pytestmark = pytest.mark.django_db


@made_once
def make_section(slug):
    """(bank, its editor) of a sector of its own."""
    sector = factories.make_sector(slug)
    ministry = factories.make_institution(code=f"{slug}-ministry")
    code = factories.make_code(sector, owner=ministry)
    factories.make_edition(code)
    open_section(code=code, at=factories.moment())
    bank = factories.make_course(f"{slug}-course", questions=0, sector=sector).banks.get()
    return bank, factories.make_role("editor", ministry).user


@pytest.fixture
def section(clock):
    return make_section("education")


@pytest.fixture
def bank(section):
    return section[0]


@pytest.fixture
def editor(client, section):
    """The admin as the section's editor finds it."""
    client.force_login(section[1])
    return client


def url(name, *args):
    return reverse(f"question_banks:{name}", args=args)


def sent_by(response, **changes):
    """What the browser sends when the editor presses save on the page as it is."""
    page = response.context["editor"]
    data = {}
    for forms in page.forms:
        if hasattr(forms, "management_form"):
            data |= {field.html_name: field.value() for field in forms.management_form}
        for form in getattr(forms, "forms", [forms]):
            for field in form:
                if field.value() not in (None, False):
                    data[field.html_name] = field.value()
    return data | changes


@pytest.mark.parametrize("kind", Type.values)
def test_a_question_saved_as_it_is_makes_no_new_version(editor, bank, kind):
    question = make_question(bank, content_of_type(kind))
    address = url("edit", bank.slug, question.key)
    page = editor.get(address)
    assert page.status_code == 200 and "Draw it again" not in words(page)
    sent = editor.post(address, sent_by(page))
    assert sent.status_code == 302, words(sent)
    assert question.versions.count() == 1


@pytest.mark.parametrize("kind", Type.values)
def test_a_question_of_each_type_is_written_from_an_empty_page(editor, bank, kind):
    twin = make_question(bank, content_of_type(kind))
    filled = sent_by(editor.get(url("edit", bank.slug, twin.key)))
    filled = {name: value for name, value in filled.items() if not (name.endswith("-id") and kind != "truefalse")}
    empty = editor.get(url("add", bank.slug, kind))
    assert empty.status_code == 200
    assert editor.post(url("add", bank.slug, kind), filled).status_code == 302
    made = QuestionVersion.objects.exclude(question=twin).get()
    assert (made.languages, made.question.topic) == (",en,km,", "reporting")
    assert normal(content_of(made)).stem == normal(content_of_type(kind)).stem
    assert made.key and len(made.options) == len(content_of_type(kind).options)


def test_a_changed_word_is_a_new_version_and_the_old_one_stays(editor, bank):
    question = make_question(bank, content_of_type("single"))
    address = url("edit", bank.slug, question.key)
    editor.post(address, sent_by(editor.get(address), **{"q-stem_en": "Changed"}))
    assert [v.stem["en"] for v in question.versions.order_by("number")] == ["Stem single", "Changed"]
    assert AuditEntry.objects.filter(verb="courses.write_question").count() == 1


def test_what_is_wrong_is_said_and_nothing_is_lost(editor, bank):
    question = make_question(bank, content_of_type("single"))
    address = url("edit", bank.slug, question.key)
    data = sent_by(editor.get(address), **{"q-stem_en": "Typed just now"})
    del data["a-0-right"]
    page = editor.post(address, data)
    assert "Say which answer is right" in words(page) and "Typed just now" in words(page)
    assert question.versions.count() == 1


def test_the_list_says_why_a_question_is_never_drawn_and_filters(editor, bank):
    make_question(bank, content_of_type("single"))
    make_question(bank, content_of_type("numeric"), topic="")
    half = content_of_type("short")
    half.feedback["en"] = "only here"
    make_question(bank, half)
    page = words(editor.get(url("bank", bank.slug)))
    assert "Says no article and no topic" in page and "Not complete in ខ្មែរ" in page
    only = words(editor.get(url("bank", bank.slug), {"state": "gaps", "type": "numeric"}))
    assert "How many" in only and "Stem single" not in only and "Whom" not in only
    assert "Stem single" in words(editor.get(url("bank", bank.slug), {"state": "ready"}))


def test_the_list_takes_the_same_queries_for_one_question_and_for_many(editor, bank):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for mark in range(3):
        make_question(bank, content_of_type("single", f" {mark}"))
        editor.get(url("bank", bank.slug))
        with CaptureQueriesContext(connection) as queries:
            editor.get(url("bank", bank.slug))
        counts.append(len(queries))
    assert counts[0] == counts[2]


@pytest.mark.parametrize("kind", Type.values)
@pytest.mark.parametrize("language", ["km", "en"])
def test_the_preview_shows_the_officers_page_in_either_language(editor, bank, kind, language):
    question = make_question(bank, content_of_type(kind))
    page = words(editor.get(url("preview", bank.slug, question.key), {"lang": language}))
    assert content_of_type(kind).stem[language] in page
    assert f'<html lang="{language}"' in page


def test_a_question_is_retired_and_taken_back(editor, bank):
    question = make_question(bank, content_of_type("single"))
    for retired in (True, False):
        editor.post(url("retire", bank.slug, question.key))
        question.refresh_from_db()
        assert (question.retired_on is not None) == retired


# --- whose bank -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bank", "add", "import", "export", "edit", "preview", "retire"])
def test_a_bank_of_another_section_is_not_there(editor, bank, name):
    other, _editor = make_section("police")
    question = make_question(other, content_of_type("single"))
    more = {"add": ["single"], "export": ["xlsx"]}.get(name, [])
    more = [question.key] if name in ("edit", "preview", "retire") else more
    assert editor.get(url(name, other.slug, *more)).status_code in (404, 405)
    assert editor.post(url(name, other.slug, *more)).status_code in (404, 405)
    if more == [question.key]:  # nor through the address of the own bank
        assert editor.post(url(name, bank.slug, *more)).status_code in (404, 405)
    question.refresh_from_db()
    assert question.retired_on is None
    assert other.course.label not in words(editor.get(url("index")))


def test_the_banks_stand_in_the_menu_of_editors(editor, bank):
    assert url("index") in words(editor.get(reverse("wagtailadmin_home")))


def test_a_common_bank_is_the_platform_owners(editor, client, bank):
    common = factories.make_course(questions=0).banks.get()
    assert editor.get(url("bank", common.slug)).status_code == 404
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get(url("bank", common.slug)).status_code == 200
    assert common.course.name_latin in words(client.get(url("index")))


# --- files ----------------------------------------------------------------------------------------------------------


def look(editor, bank, content, name="gift", language="en"):
    file = SimpleUploadedFile("questions.txt", content)
    return editor.post(url("import", bank.slug), {"file": file, "format": name, "language": language})


def test_a_file_is_looked_at_first_and_then_taken(editor, bank):
    page = look(editor, bank, b"::Name:: Whom? {=teacher ~nobody}\n\nWrite. {}")
    assert "1 new, 0 changed, 0 as before" in words(page) and "essay" in words(page)
    assert not Question.objects.filter(bank=bank).exists()
    sent = editor.post(url("import", bank.slug), {"carried": page.context["carried"]})
    assert sent["Location"] == url("bank", bank.slug)
    assert latest_versions(Question.objects.filter(bank=bank)).get().stem == {"en": "Whom?"}


def test_a_file_with_a_problem_cannot_be_taken(editor, bank):
    page = look(editor, bank, b"Whom? {=teacher ~nobody}\n\nBroken {#many}")
    assert "Line 3" in words(page) and 'name="carried"' not in words(page)
    editor.post(url("import", bank.slug), {"carried": page.context["carried"]})
    assert not Question.objects.filter(bank=bank).exists()


def test_what_is_carried_is_for_its_bank_and_cannot_be_made_up(editor, bank):
    carried = look(editor, bank, b"Whom? {=teacher ~nobody}").context["carried"]
    other = factories.make_course("education-more", questions=0, sector=bank.course.sector).banks.get()
    assert editor.post(url("import", other.slug), {"carried": carried}).status_code == 404
    assert editor.post(url("import", bank.slug), {"carried": carried[:-2] + "xx"}).status_code == 404


@pytest.mark.parametrize("name", ["gift", "moodle-xml", "aiken", "xlsx"])
def test_an_export_names_what_it_leaves_out_before_the_file(editor, bank, name):
    for kind in Type.values:
        make_question(bank, content_of_type(kind))
    page = editor.get(url("export", bank.slug, name), {"language": "en"})
    if name == "xlsx":
        assert page["Content-Disposition"].endswith('.xlsx"')
        return
    assert "Scenario in steps" in words(page)
    file = editor.get(url("export", bank.slug, name), {"language": "en", "known": "yes"})
    assert b"Stem single" in file.content and file["Content-Disposition"].startswith("attachment")
