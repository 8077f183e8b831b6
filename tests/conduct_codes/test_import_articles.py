"""Articles from a file: keys kept by number, a dry run first, exactly that applied, a draft and never law."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from wagtail.models import Revision

from conduct_codes import importing
from conduct_codes.actions import open_section
from conduct_codes.actions.importing import DraftMoved, ImportRefused, import_articles
from conduct_codes.models import CodePage, Edition
from institutions.models import AuditEntry
from tests import factories
from tests.conduct_codes.article_files import document, workbook
from tests.factories import TODAY, article, moment

pytestmark = pytest.mark.django_db

KEYS = [f"00000000-0000-4000-8000-{place:012d}" for place in (1, 2, 3)]
HEADINGS = ("Number", "Kind", "Heading", "Text")
UNCHANGED = [("Article 1. មាត្រា 1", "អត្ថបទ 1"), ("Article 2. មាត្រា 2", "អត្ថបទ 2"), ("Article 3. មាត្រា 3", "អត្ថបទ 3")]


@pytest.fixture(autouse=True)
def english_sentences():
    with translation.override("en"):
        yield


@pytest.fixture
def page():
    made = factories.make_code_page()
    open_section(code=made.code, at=moment())
    made.save_revision()
    return CodePage.objects.get(pk=made.pk)


def word(*pairs, first=()):
    return document(*first, *(line for pair in pairs for line in pair))


def plan_of(page, name, content):
    return importing.plan_of(page, importing.read_file(page, name, content), day=TODAY)


def take(page, content, name="docx", remove_missing=False, judged=None, by=None):
    page = CodePage.objects.get(pk=page.pk)
    reading = importing.read_file(page, name, content)
    judged = judged or importing.plan_of(page, reading, day=TODAY).judged
    facts = {"at": moment(), "day": TODAY, "by": by}
    import_articles(page=page, reading=reading, judged=judged, remove_missing=remove_missing, **facts)
    return importing.values_of(importing.draft_of(CodePage.objects.get(pk=page.pk)))


# --- keys, and what a file does not say -----------------------------------------------------------------------------


def test_an_article_keeps_its_key_and_what_word_does_not_say(page):
    changed = [UNCHANGED[0], ("មាត្រា ២៖ ចំណងជើងថ្មី", "អត្ថបទថ្មី"), UNCHANGED[2]]
    values = take(page, word(*changed))
    assert list(values) == KEYS
    second = values[KEYS[1]]
    assert (second["number"], second["heading"], second["text"]) == ("2", "ចំណងជើងថ្មី", "អត្ថបទថ្មី")
    assert (second["kind"], second["topic"]) == ("prohibition", "non-violence")
    assert [row["measure"] for row in second["measures"]] == ["reprimand", "dismissal"]
    assert values[KEYS[0]] == importing.values_of(page)[KEYS[0]]


def test_a_new_number_gets_a_new_key_and_a_missing_article_stays_where_it_stood(page):
    values = take(page, word(UNCHANGED[0], UNCHANGED[2], ("Article 4. New", "Text")))
    assert [value["number"] for value in values.values()] == ["1", "2", "3", "4"]
    assert list(values)[:3] == KEYS
    assert list(values)[3] not in KEYS


def test_a_missing_article_goes_only_when_somebody_says_so(page):
    values = take(page, word(UNCHANGED[0], UNCHANGED[2]), remove_missing=True)
    assert list(values) == [KEYS[0], KEYS[2]]


def test_a_number_that_the_draft_lost_keeps_the_key_and_facts_of_the_edition_in_force(page):
    edition = factories.make_edition(page.code)
    draft = importing.draft_of(CodePage.objects.get(pk=page.pk))
    del draft.articles[1]
    draft.save_revision()
    values = take(CodePage.objects.get(pk=page.pk), word(*UNCHANGED))
    assert list(values) == KEYS
    assert [row["measure"] for row in values[KEYS[1]]["measures"]] == ["reprimand", "dismissal"]
    assert Edition.objects.get() == edition


def test_a_sheet_says_measures_and_an_unknown_one_stops_the_whole_file(page):
    factories.make_regime("police")
    heads = (*HEADINGS, "Seriousness", "Repetition", "Measure")
    rows = [(2, "Prohibition", "A", "B", "Minor", "First time", "Suspension")]
    values = take(page, workbook(heads, *rows), "xlsx")
    assert values[KEYS[1]]["measures"] == [{"seriousness": "minor", "repetition": "first", "measure": "suspension"}]
    bad = workbook(
        heads, (1, "Duty", "New", "New"), (2, "Prohibition", "A", "B", "Minor", "First time", "police-dismissal")
    )
    before = Revision.objects.count()
    with pytest.raises(ImportRefused, match="another corps"):
        take(page, bad, "xlsx")
    assert Revision.objects.count() == before


# --- a translation --------------------------------------------------------------------------------------------------


def test_a_translation_pairs_by_number_and_must_have_the_articles_of_the_law(page):
    english = factories.make_code_page(page.code, "en", articles=[article(1, "principle", "en")], keys=[KEYS[0]])
    pairs = [(f"Article {number}. Heading", f"Words {number}") for number in (1, 2, 3)]
    with pytest.raises(ImportRefused, match="has article 3"):
        take(english, word(*pairs[:2]))
    with pytest.raises(ImportRefused, match="would have article 4"):
        take(english, word(*pairs, ("Article 4. More", "Words")))
    values = take(english, word(*pairs))
    assert list(values) == KEYS
    assert (values[KEYS[1]]["kind"], values[KEYS[1]]["text"]) == ("prohibition", "Words 2")


# --- a draft and never law ------------------------------------------------------------------------------------------


def test_an_import_leaves_a_revision_by_its_author_and_publishes_and_adopts_nothing(page):
    author = factories.make_user("author")
    live = CodePage.objects.get(pk=page.pk).articles.get_prep_value()
    take(page, word(("Article 1. New", "New")), by=author)
    found = CodePage.objects.get(pk=page.pk)
    assert found.articles.get_prep_value() == live
    assert found.has_unpublished_changes
    assert found.latest_revision.user == author
    assert not Edition.objects.exists()
    assert AuditEntry.objects.filter(verb="conduct_codes.import_articles", actor=author).count() == 1


def test_a_file_that_says_what_the_draft_says_leaves_no_revision(page):
    before = Revision.objects.count()
    take(page, word(*UNCHANGED))
    assert Revision.objects.count() == before


@pytest.mark.parametrize("file_format", ["xlsx", "docx"])
@pytest.mark.parametrize("language", ["km", "en"])
def test_what_is_exported_is_unchanged_when_it_comes_back(page, file_format, language):
    made = page if language == "km" else factories.make_code_page(page.code, "en")
    plan = plan_of(made, file_format, importing.written(made, file_format))
    assert plan.problems == []
    assert importing.preview_for(made, plan).counts == {"added": 0, "changed": 0, "missing": 0, "same": 3}
    assert not plan.changes_something(remove_missing=True)


def test_plain_words_from_a_sheet_explain_the_text_beside_them_and_word_leaves_them(page):
    heads = ("Number", "Heading", "Text", "In plain words")
    take(page, workbook(heads, (2, "A", "B", "Plain")), "xlsx")
    draft = importing.draft_of(CodePage.objects.get(pk=page.pk))
    assert list(draft.explained) == [KEYS[1]]
    values = take(page, word(("Article 2. A", "Changed")))
    assert values[KEYS[1]]["plain_words"] == "Plain"
    assert importing.draft_of(CodePage.objects.get(pk=page.pk)).explained == draft.explained


def test_nothing_is_written_if_the_draft_moved_since_it_was_judged(page):
    content = word(("Article 1. New", "New"))
    judged = plan_of(page, "docx", content).judged
    draft = importing.draft_of(page)
    draft.articles[0].value["text"] = "Somebody else's words"
    draft.save_revision()
    before = Revision.objects.count()
    with pytest.raises(DraftMoved):
        take(page, content, judged=judged)
    assert Revision.objects.count() == before


def test_a_text_in_review_and_a_locked_page_take_no_file(page):
    factories.submit(page)
    with pytest.raises(ImportRefused, match="in review"):
        take(page, word(("Article 1. New", "New")))


# --- the screen -----------------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client, page):
    user = factories.make_role("editor", page.code.owner).user
    client.force_login(user)
    return user


def address(page):
    return reverse("code_articles:import", args=[page.pk])


def post_file(client, page, content, name="articles.docx"):
    return client.post(address(page), {"file": SimpleUploadedFile(name, content)})


def carried(response, **more):
    return {"carried": response.context["carried"], "judged": response.context["plan"].judged, **more}


def test_the_editor_sees_what_the_file_would_do_and_then_takes_it(client, page, editor):
    content = word(("Article 1. មាត្រា 1", "អត្ថបទ 1"), ("Article 2. មាត្រា 2", "ហាម 2"), ("Article 9. New", "New words"))
    before = Revision.objects.count()
    shown = post_file(client, page, content)
    body = shown.content.decode()
    assert Revision.objects.count() == before
    assert shown.context["preview"].counts == {"added": 1, "changed": 1, "missing": 1, "same": 1}
    for words in ("<ins>ហាម", "New words", "Missing in the file", "choose it in the editor"):
        assert words in body
    response = client.post(address(page), carried(shown))
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    values = importing.values_of(importing.draft_of(CodePage.objects.get(pk=page.pk)))
    assert [value["number"] for value in values.values()] == ["1", "2", "3", "9"]
    assert Revision.objects.latest("pk").user == editor


def test_if_the_draft_moved_the_screen_shows_the_new_plan_and_writes_nothing(client, page, editor):
    shown = post_file(client, page, word(("Article 1. New", "New")))
    draft = importing.draft_of(page)
    draft.articles[0].value["heading"] = "New"
    draft.articles[0].value["text"] = "New"
    draft.save_revision()
    before = Revision.objects.count()
    again = client.post(address(page), carried(shown))
    assert again.context["preview"].counts["same"] == 1
    assert again.context["refusal"]
    assert Revision.objects.count() == before


def test_what_is_wrong_is_said_in_the_language_of_the_page_and_offers_no_import(client, page, editor):
    response = post_file(client, page, workbook(HEADINGS, ("x", "Duty", "A", "B")), "a.xlsx")
    body = response.content.decode()
    assert "នេះមិនមែនជាលេខមាត្រា" in body
    assert 'name="judged"' not in body


def test_a_foreign_file_is_refused_at_the_field(client, page, editor):
    response = post_file(client, page, b"%PDF-1.7", "code.pdf")
    assert response.context["form"].errors["file"]
    large = post_file(client, page, b"0" * (1024 * 1024 + 1), "code.docx")
    assert "1 MB" in str(large.context["form"].errors["file"])


def test_a_carried_file_is_taken_for_its_own_page_only(client, page, editor):
    shown = post_file(client, page, word(("Article 1. New", "New")))
    other = factories.make_code_page(page.code, "en")
    open_section(code=page.code, at=moment())
    client.force_login(factories.make_user(is_superuser=True))
    assert client.post(address(other), carried(shown)).status_code == 404
    assert client.post(address(page), carried(shown, carried="forged")).status_code == 404


def test_the_button_stands_where_the_page_can_be_edited_and_goes_during_review(client, page, editor):
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert address(page) in client.get(edit).content.decode()
    factories.submit(page, by=editor)
    client.force_login(factories.make_user(is_superuser=True))
    assert address(page) not in client.get(edit).content.decode()
    assert (
        "in review" in client.get(address(page)).content.decode()
        or "ពិនិត្យ" in client.get(address(page)).content.decode()
    )


def test_templates_and_exports_are_files_with_a_name(client, page, editor):
    for kind, name in (("articles", "export"), ("template", "template")):
        for file_format in ("xlsx", "docx"):
            response = client.get(reverse(f"code_articles:{name}", args=[page.pk, file_format]))
            assert response.status_code == 200
            assert f"{page.code.slug}-{kind}-km.{file_format}" in response["Content-Disposition"]
    assert client.get(reverse("code_articles:export", args=[page.pk, "pdf"])).status_code == 404


# --- the command ----------------------------------------------------------------------------------------------------


def run(tmp_path, content, *options, name="a.docx"):
    file = tmp_path / name
    file.write_bytes(content)
    out = io.StringIO()
    call_command("import_articles", str(file), "--code", "education", "--report", "json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_says_what_it_would_do_and_does_it(page, tmp_path):
    content = word(UNCHANGED[0], ("Article 2. New", "New"))
    report = run(tmp_path, content, "--dry-run")
    assert report == {
        "applied": False,
        "added": [],
        "changed": ["2"],
        "missing": ["3"],
        "same": ["1"],
        "problems": [],
    }
    assert run(tmp_path, content, "--remove-missing")["applied"]
    values = importing.values_of(importing.draft_of(CodePage.objects.get(pk=page.pk)))
    assert list(values) == KEYS[:2]


def test_the_command_refuses_a_page_that_is_not_there_and_a_file_with_problems(page, tmp_path):
    with pytest.raises(CommandError, match="no page"):
        run(tmp_path, b"", "--language", "en")
    with pytest.raises(CommandError, match="1 problems"):
        run(tmp_path, word(("Article 1. A", "B"), ("Article 1. C", "D")))
    assert CodePage.objects.get(pk=page.pk).latest_revision_id == page.latest_revision_id
