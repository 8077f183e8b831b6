"""Questions in files: what others write is read, what cannot be held is named, and any bytes do no harm."""

import io
import zipfile
from xml.sax.saxutils import escape

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses import formats
from courses.formats import FileUnreadable, Outgoing
from courses.question_types import Content, normal, problems, tidy
from tests.factories.questions import CONTENTS, content_of_type


@pytest.fixture(autouse=True)
def english_sentences():
    """What a reader names is compared in English here."""
    with translation.override("en"):
        yield


# 300 cases for each reader and writer, 10,000 under `make soak`.
many = settings(
    max_examples=max(300, settings.default.max_examples), deadline=None, suppress_health_check=list(HealthCheck)
)

# --- what others write ----------------------------------------------------------------------------------------------

GIFT = r"""
$CATEGORY: $course$/Conduct

// a note to colleagues
// [id:q-1] [tag:topic:reporting] [tag:level-2]
::First:: Whom do you tell \: {
  =the designated teacher # Yes, on the same day.
  ~%50%the head # Only second.
  ~nobody # [html]<b>Never</b> nobody.
  ####Article 12 names the person.
}

::Several:: Which are signs? {~%50%bruises ~%50%fear ~%-50%hunger}

Hotline number? {#1280:0}

Between {#1..5#in the range}

Match {=Tell -> Teacher =Call -> Hotline = -> Press}

A child may be hit. {F#No, never.#Right.}

Write the word for {=hotline =%50%phone =%0%*#no} here.

Tell us your story. {}

Only a text to read.

Broken { nothing here

Bad number {#many}
"""


def lines(notes):
    return [note.line for note in notes]


def test_gift_is_read_with_all_that_it_says():
    reading = formats.read("gift", GIFT.encode(), language="en")
    first, several, number, span, match, truth, short = (draft.content for draft in reading.drafts)
    assert (reading.drafts[0].id, reading.drafts[0].ties, reading.drafts[0].line) == ("q-1", {"topic": "reporting"}, 6)
    assert first.stem == {"en": "Whom do you tell :"}
    assert [option.get("credit") for option in first.options] == [None, 50, None]
    assert first.options[2]["feedback"] == {"en": "Never nobody."}
    assert first.feedback == {"en": "Article 12 names the person."}
    assert (several.type, several.key) == ("multiple", ["a", "b"])
    assert (number.options[0]["value"], number.options[0]["tolerance"]) == ("1280", "0")
    assert (span.options[0]["value"], span.options[0]["tolerance"]) == ("3", "2")
    assert len(match.details["choices"]) == 3 and len(match.options) == 2
    assert (truth.key, truth.options[0]["feedback"]) == (["false"], {"en": "No, never."})
    assert short.stem == {"en": "Write the word for _____ here."}
    assert short.options[1]["credit"] == 50 and short.options[2]["otherwise"]
    assert [problems(draft.content) for draft in reading.drafts] == [[]] * 7


def test_gift_names_what_it_leaves_out_and_what_is_wrong_by_line():
    reading = formats.read("gift", GIFT.encode(), language="en")
    said = " · ".join(note.text for note in reading.left_out)
    for what in ("category", "level-2", "formatting b", "essay", "a text without a question"):
        assert what in said
    assert lines(reading.problems) == [29, 31]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top</text></category></question>
  <question type="multichoice">
    <name><text>First</text></name>
    <questiontext format="html"><text><![CDATA[<p>Whom do <i>you</i> tell?</p><p><img src="p.png"></p>]]></text>
      <file name="p.png" encoding="base64">AAAA</file></questiontext>
    <generalfeedback format="html"><text>&lt;p&gt;Article 12&lt;/p&gt;</text></generalfeedback>
    <defaultgrade>2.0</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden><idnumber>q-1</idnumber>
    <single>true</single><shuffleanswers>false</shuffleanswers><answernumbering>abc</answernumbering>
    <incorrectfeedback format="html"><text>Read again.</text></incorrectfeedback>
    <answer fraction="100" format="html"><text>teacher</text><feedback><text>Yes</text></feedback></answer>
    <answer fraction="50"><text>head</text></answer>
    <answer fraction="0"><text>nobody</text></answer>
    <hint format="html"><text>Think of the list.</text></hint>
    <tags><tag><text>topic:reporting</text></tag><tag><text>old</text></tag></tags>
  </question>
  <question type="numerical"><questiontext><text>Number?</text></questiontext>
    <answer fraction="100"><text>1280</text><tolerance>0.5</tolerance></answer>
    <units><unit><unit_name>kg</unit_name></unit></units></question>
  <question type="ordering"><questiontext><text>Order</text></questiontext>
    <answer fraction="2"><text>second</text></answer><answer fraction="1"><text>first</text></answer></question>
  <question type="essay"><questiontext><text>Write</text></questiontext></question>
  <question type="cloze"><questiontext><text>{1:SA:=x}</text></questiontext></question>
</quiz>"""


def test_moodle_xml_is_read_with_all_that_it_says():
    reading = formats.read("moodle-xml", XML.encode(), language="en")
    first, number, order = (draft.content for draft in reading.drafts)
    assert [draft.line for draft in reading.drafts] == [4, 18, 21]
    assert (reading.drafts[0].id, reading.drafts[0].ties) == ("q-1", {"topic": "reporting"})
    assert (first.stem, first.feedback) == ({"en": "Whom do you tell?"}, {"en": "Article 12"})
    assert [option.get("credit") for option in first.options] == [None, 50, None]
    assert (number.options[0]["value"], number.options[0]["tolerance"]) == ("1280", "0.5")
    assert [option["text"]["en"] for option in order.options] == ["first", "second"]


def test_moodle_xml_names_what_it_leaves_out_item_by_item():
    said = " · ".join(note.text for note in formats.read("moodle-xml", XML.encode(), language="en").left_out)
    expected = ["category", "p.png", "formatting i", "penalty 0.3333333", "weight 2.0", "keep their order", "essay"]
    for what in (*expected, "Read again", "Think of the list", "“old”", "<units>", "cloze"):
        assert what in said, what


AIKEN = """Whom do you tell?
A) nobody
B. the teacher
ANSWER: B
FEEDBACK: Article 12.

Is it so?
A) yes
ANSWER: C

Left"""


def test_aiken_is_read_and_its_faults_are_named_by_line():
    reading = formats.read("aiken", AIKEN.encode(), language="km")
    (draft,) = reading.drafts
    assert (draft.content.stem, draft.content.key) == ({"km": "Whom do you tell?"}, ["b"])
    assert draft.content.feedback == {"km": "Article 12."}
    assert lines(reading.problems) == [9, 11]


@pytest.mark.parametrize("name", formats.FORMATS)
@pytest.mark.parametrize("content", [b"", b"   ", b"\xff\xfe\x00", b"PK\x03\x04", b"x" * (11 * 1024 * 1024)])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(name, content):
    reads(name, content)


BOMB = '<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz><question type="&b;"/></quiz>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>'


@pytest.mark.parametrize(
    "content", [BOMB, OUTSIDE, "<quiz>" + "<a>" * 30 + "</a>" * 30 + "</quiz>", "<quiz><a></quiz>"]
)
def test_xml_that_is_built_to_harm_is_refused(content):
    with pytest.raises(FileUnreadable):
        formats.read("moodle-xml", content.encode(), language="km")


def test_more_questions_than_a_file_may_have_are_refused(monkeypatch):
    monkeypatch.setattr("courses.formats.draft.MAX_QUESTIONS", 2)
    with pytest.raises(FileUnreadable):
        formats.read("gift", b"A {T}\n\nB {T}\n\nC {T}", language="km")


# --- there and back -------------------------------------------------------------------------------------------------


def outgoing(contents):
    ties = {"competence": "report", "topic": "reporting"}
    return [Outgoing(f"q-{number}", content, ties) for number, content in enumerate(contents)]


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_workbook_brings_every_type_back_as_it_was(kind):
    content = normal(content_of_type(kind))
    written, left_out = formats.write("xlsx", outgoing([content]), language="km")
    reading = formats.read("xlsx", written, language="")
    assert (left_out, reading.problems, reading.left_out) == ([], [], [])
    assert [(normal(d.content), d.ties) for d in reading.drafts] == [
        (content, {"competence": "report", "topic": "reporting"})
    ]


@pytest.mark.parametrize("name", ["gift", "moodle-xml", "aiken"])
def test_what_a_format_cannot_say_is_named_question_by_question(name):
    contents = [content_of_type(kind) for kind in CONTENTS]
    written, left_out = formats.write(name, outgoing(contents), language="en")
    back = {draft.content.type for draft in formats.read(name, written, language="en").drafts}
    named = {contents[int(note.text.split("q-")[1].split(":")[0])].type for note in left_out}
    assert back | named == set(CONTENTS)
    expected = {"aiken": {"single"}, "gift": set(CONTENTS) - {"ordering", "scenario"}}
    assert back == expected.get(name, set(CONTENTS) - {"scenario"})


signs = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
plain_texts = st.text(signs | st.sampled_from("~=#{}:\\[]%$<>&;*/ \nកខ្ញុំ"), min_size=1, max_size=40)
kept_texts = plain_texts.map(tidy).filter(lambda text: text and text != "*" and "->" not in text)
one_liners = kept_texts.map(lambda text: " ".join(text.split())).filter(lambda text: text and text != "*")


@st.composite
def single_language(draw, language="en"):
    """A question of any type but scenario in one language, as a reader gives it."""
    kind = draw(st.sampled_from(["single", "multiple", "truefalse", "matching", "ordering", "numeric", "short"]))
    texts = draw(st.lists(one_liners, min_size=4, max_size=6, unique=True))

    def said():
        text = draw(st.just("") | kept_texts)
        return {"feedback": {language: text}} if text else {}

    stem, details = {language: draw(kept_texts)}, {}
    options = [{"id": "abcdef"[n], "text": {language: text}} for n, text in enumerate(texts[:3])]
    key = ["b"]
    if kind in ("single", "multiple"):
        options = [option | said() for option in options]
        key = ["a", "c"] if kind == "multiple" else key
    elif kind == "truefalse":
        options, key = [{"id": "true"} | said(), {"id": "false"} | said()], ["true"]
    elif kind == "matching":
        details = {"choices": [{"id": "abcdef"[n], "text": {language: text}} for n, text in enumerate(texts[:4])]}
        key = {"a": "a", "b": "b", "c": "c"}
    elif kind == "ordering":
        key = ["a", "b", "c"]
    elif kind == "numeric":
        number = str(draw(st.integers(-9999, 9999)))
        options, key = (
            [{"id": "a", "value": number, "tolerance": "0.5"} | said(), {"id": "b", "otherwise": True}],
            ["a"],
        )
    else:
        options = [{"id": "a", "accepted": {language: texts[:2]}} | said()]
        options.append({"id": "b", "accepted": {language: texts[2:3]}, "credit": 50} | said())
        key = ["a"]
    return normal(Content(kind, stem, options, key, details, said().get("feedback", {})))


@pytest.mark.parametrize("name", ["gift", "moodle-xml", "xlsx"])
@many
@given(content=single_language())
def test_a_question_that_is_written_is_read_again_as_it_was(name, content):
    written, left_out = formats.write(name, outgoing([content]), language="en")
    if left_out:
        assert name == "gift" and content.type == "ordering"
        return
    reading = formats.read(name, written, language="en")
    assert reading.problems == reading.left_out == []
    assert [normal(draft.content) for draft in reading.drafts] == [content]


@many
@given(st.lists(one_liners, min_size=3, max_size=6, unique=True), st.integers(0, 1))
def test_aiken_brings_single_choice_back(texts, right):
    options = [{"id": "abcdef"[n], "text": {"en": text}} for n, text in enumerate(texts[1:])]
    content = Content("single", {"en": texts[0]}, options, ["ab"[right]])
    written, left_out = formats.write("aiken", outgoing([content]), language="en")
    reading = formats.read("aiken", written, language="en")
    if not reading.problems and len(left_out) == 2:
        assert [draft.content.key for draft in reading.drafts] == [content.key]
        assert [draft.content.stem for draft in reading.drafts] == [content.stem]


# --- any bytes ------------------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    [
        *"{}=~#:\\%",
        "->",
        "::",
        "[html]",
        "//",
        "$CATEGORY: x",
        "\n",
        "\n\n",
        "####",
        "TRUE",
        "ANSWER: A",
        "A) x",
        "1..5",
    ]
)
snippets = st.lists(pieces | st.text(max_size=8), max_size=40).map("".join)
tags = st.sampled_from(["quiz", "question", "answer", "text", "questiontext", "subquestion", "tags", "tag", "x"])
kinds = st.sampled_from(["multichoice", "numerical", "matching", "ordering", "truefalse", "shortanswer", "essay"])


@st.composite
def trees(draw, depth=3):
    """A piece of XML that looks like Moodle's."""
    name, kind = draw(tags), draw(kinds)
    below = st.lists(trees(depth - 1), max_size=3).map("".join) if depth else st.sampled_from(["", "1", "x", "*"])
    fraction = draw(st.sampled_from(["100", "0", "-5", "x", "nan", "inf"]))
    return f'<{name} type="{kind}" fraction="{fraction}">{draw(below)}</{name}>'


def reads(name, content):
    """The reading, or nothing where the file is refused; anything else that is raised fails the test."""
    try:
        reading = formats.read(name, content, language="km")
    except FileUnreadable as refusal:
        reading = formats.Reading(problems=[formats.Note(0, str(refusal))])
    for draft in reading.drafts:
        assert isinstance(problems(draft.content), list)
    assert all(note.text for note in (*reading.problems, *reading.left_out))


@pytest.mark.parametrize("name", ["gift", "aiken"])
@many
@given(text=snippets)
def test_no_text_makes_a_reader_fail(name, text):
    reads(name, text.encode("utf-8", "surrogatepass"))


@many
@given(st.lists(trees(), max_size=4))
def test_no_xml_makes_the_reader_fail(parts):
    reads("moodle-xml", f"<quiz>{''.join(parts)}</quiz>".encode())


@pytest.mark.parametrize("name", formats.FORMATS)
@many
@given(content=st.binary(max_size=200))
def test_no_bytes_make_a_reader_fail(name, content):
    reads(name, content)


cells = st.sampled_from(
    ["question", "answer", "choice", "step", "single", "short", "yes", "50", "else", "a", "s1", "", "2"]
)


@many
@given(st.lists(st.lists(cells | st.text(max_size=5), min_size=8, max_size=8), max_size=8))
def test_no_sheet_makes_the_reader_fail(rows):
    reads("xlsx", sheet([["row", "type", "part", "text (km)", "right", "value", "belongs to", "leads to"], *rows]))


def sheet(rows):
    """A small workbook with these texts."""
    names = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "xl/workbook.xml": _BOOK}
    names["xl/_rels/workbook.xml.rels"] = _BOOK_RELS
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    names["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{_NS}"><sheetData>{lines}</sheetData></worksheet>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as book:
        for name, content in names.items():
            book.writestr(name, content)
    return target.getvalue()


def _cell(text):
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(tidy(text))}</t></is></c>'


_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/'
    f'vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{_MIME}.sheet.'
    f'main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MIME}.worksheet+xml"/></Types>'
)
_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'<workbook xmlns="{_NS}" xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_BOOK_RELS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
