"""The Khmer catalogues: every text of today, none missing, none fuzzy, compiled."""

import re

import polib
import pytest

from conduct_site.messages import APPS, catalogue_path, messages_of

PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|%[sd]|\{[a-z_]*\}")


@pytest.fixture(params=APPS)
def app(request):
    return request.param


def catalogue(app: str) -> polib.POFile:
    path = catalogue_path(app)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def words(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def test_catalogue_has_exactly_the_texts_of_the_app(app):
    held = {(entry.msgctxt, entry.msgid) for entry in catalogue(app) if not entry.obsolete}
    assert held == set(messages_of(app)), "run `make messages`"


def test_no_khmer_text_is_missing_or_fuzzy(app):
    gaps = [entry.msgid for entry in catalogue(app) if not words(entry).strip() or entry.fuzzy]
    assert not gaps


def test_placeholders_are_the_same_in_both_languages(app):
    wrong = [
        entry.msgid
        for entry in catalogue(app)
        if words(entry)
        and not set(PLACEHOLDER.findall(words(entry)))
        <= {
            *PLACEHOLDER.findall(entry.msgid),
            *PLACEHOLDER.findall(entry.msgid_plural),
        }
    ]
    assert not wrong


def test_compiled_catalogue_says_what_the_source_says(app):
    translated = {(e.msgctxt, e.msgid): words(e) for e in catalogue(app) if words(e)}
    compiled_path = catalogue_path(app).with_suffix(".mo")
    compiled = polib.mofile(str(compiled_path)) if compiled_path.exists() else []
    assert {(e.msgctxt, e.msgid): words(e) for e in compiled} == translated, "run `make messages`"
