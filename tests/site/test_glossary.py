"""The Khmer catalogues speak with one voice: the terms of docs/glossary.md, one typing order, no Latin words."""

import re
from pathlib import Path

import polib
import pytest
from khmerspell.khnormal import khnormal

from conduct_site.messages import APPS, catalogue_path

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?P<english>[^|]+) \| (?P<khmer>[^|]+) \|(?P<note>[^|]*)\|$", re.MULTILINE)
NEVER = re.compile(r"never ((?:«[^»]+»(?:, )?)+)")
KHMER = re.compile("[\u1780-\u17ff]+")
# Not read as words: pieces marked as English, placeholders, tags, entities, names that Khmer keeps, a sample code; of
# files with questions and packages, the names of formats and what must stand in them letter by letter.
NOT_WORDS = re.compile(
    r'<span lang="en">[^<]*</span>|<code lang="en"[^>]*>[^<]*</code>|%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>|&\w+;'
    r"|\bExcel\b|\bPDF\b|\bQR\b|\.xlsx\b|SHA-256|K7Q2-|application/json|\bJSON\b"
    r"|imsmanifest\.xml|\bSCORM\b|\bSCO\b|\borganization\b|\.zip\b|\bZIP64\b|\bMB\b"
    r"|\bGIFT\b|\bMoodle XML\b|\bAiken\b|\bXML\b|\bHTML\b|UTF-8|UTF-16|\bANSWER\b|«[a-z ()]+»"
    r"|\bWord\b|\.docx?\b|\bAlt\b|\bEnter\b|Ctrl\+Shift\+F9"
)


def rows() -> list[re.Match]:
    return [row for row in ROW.finditer(GLOSSARY.read_text(encoding="utf-8")) if row["english"] != "English"]


def rejected() -> list[str]:
    return [word for row in rows() for found in NEVER.findall(row["note"]) for word in re.findall("«([^»]+)»", found)]


def entries(app: str) -> list[polib.POEntry]:
    path = catalogue_path(app)
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def words(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


@pytest.fixture(params=APPS)
def app(request):
    return request.param


def test_glossary_names_each_term_once_and_is_marked_for_review():
    terms = [row["english"] for row in rows()]
    assert len(terms) >= 60
    assert len(terms) == len(set(terms))
    assert "To be read by a native reviewer" in GLOSSARY.read_text(encoding="utf-8")


def test_glossary_does_not_use_a_variant_that_it_rejects():
    assert rejected()
    assert not [row["khmer"] for row in rows() if any(word in row["khmer"] for word in rejected())]


def test_catalogue_says_the_terms_of_the_glossary(app):
    terms = {row["english"]: row["khmer"] for row in rows()}
    wrong = [
        (entry.msgid, words(entry))
        for entry in entries(app)
        if not entry.msgctxt and entry.msgid in terms and words(entry) not in ("", terms[entry.msgid])
    ]
    assert not wrong


def test_catalogue_holds_no_rejected_variant(app):
    assert not [words(entry) for entry in entries(app) if any(word in words(entry) for word in rejected())]


def test_catalogue_is_typed_in_one_order(app):
    wrong = [
        (run, khnormal(run)) for entry in entries(app) for run in KHMER.findall(words(entry)) if run != khnormal(run)
    ]
    assert not wrong


def test_catalogue_holds_no_latin_words(app):
    wrong = [words(entry) for entry in entries(app) if re.search("[A-Za-z]", NOT_WORDS.sub("", words(entry)))]
    assert not wrong


def test_one_english_text_has_one_khmer_text_in_all_apps():
    # gettext merges the catalogues of all apps into one, where the app that stands first speaks for all.
    said: dict[tuple[str | None, str], set[str]] = {}
    for app in APPS:
        for entry in entries(app):
            if words(entry):
                said.setdefault((entry.msgctxt, entry.msgid), set()).add(words(entry))
    assert not {key: texts for key, texts in said.items() if len(texts) > 1}
