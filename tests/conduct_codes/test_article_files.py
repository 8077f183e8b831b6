"""Readers of articles: what people send is read, anything else is refused with its place, and no bytes do harm."""

import io
import zipfile
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from conduct_codes import articles_in
from conduct_codes.articles_in import FileUnreadable, Vocabulary, document_out, sheet_out
from conduct_codes.articles_in.planning import spoken
from conduct_codes.articles_in.vocabulary import Choices, choices_of
from conduct_codes.models.editions import ArticleKind, Competence, Repetition, Seriousness
from tests.conduct_codes.article_files import W, document, paragraph, workbook, zipped

VOCABULARY = Vocabulary(
    kind=choices_of(ArticleKind),
    topic=Choices({"purpose": ["គោលបំណង", "Purpose"], "reporting": ["ការរាយការណ៍", "Reporting"]}),
    competence=choices_of(Competence),
    seriousness=choices_of(Seriousness),
    repetition=choices_of(Repetition),
    measure=Choices({"warning": ["ការព្រមាន", "Warning"], "dismissal": ["ការបណ្តេញ", "Dismissal"]}),
    foreign=Choices({"demotion": ["ការបន្ថយស័ក្តិ", "Demotion"]}),
)

# 300 cases for each reader and writer, 10,000 under `make soak`.
many = settings(
    max_examples=max(300, settings.default.max_examples), deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def english_sentences():
    """What a reader says is compared in English here."""
    with translation.override("en"):
        yield


def read(name, content):
    return articles_in.read(name, content, vocabulary=VOCABULARY)


def places(reading):
    return [(note.line, note.column) for note in reading.problems]


HEADINGS = ("Number", "Kind", "Heading", "Text", "Seriousness", "Repetition", "Measure")


def test_a_workbook_is_read_with_a_measure_a_row():
    reading = read(
        "xlsx",
        workbook(
            HEADINGS,
            (1, "Duty", "First", "Words"),
            ("2", "Prohibition", "Second", "More words", "Minor", "First time", "Warning"),
            (None, None, None, None, "Very serious", "Repeated", "Dismissal"),
            (3.0, "final", "Third", "Last words"),
        ),
    )
    assert reading.problems == []
    assert [article.number for article in reading.articles] == ["1", "2", "3"]
    assert [article.said["kind"] for article in reading.articles] == ["duty", "prohibition", "final"]
    assert [list(row.values()) for row in reading.articles[1].said["measures"]] == [
        ["minor", "first", "warning"],
        ["grave", "repeated", "dismissal"],
    ]
    assert reading.articles[0].said["measures"] == []


def test_headings_and_choices_are_understood_in_khmer_in_any_order_and_khmer_digits():
    with translation.override("km"):
        named = [str(sheet_out.COLUMNS[name]) for name in ("text", "topic", "number", "heading", "kind")]
        duty = str(ArticleKind.DUTY.label)
    reading = read("xlsx", workbook(named, ("អត្ថបទ", "ការរាយការណ៍", "១២", "ចំណងជើង", duty)))
    [article] = reading.articles
    assert reading.problems == []
    assert (article.number, article.heading, article.text) == ("12", "ចំណងជើង", "អត្ថបទ")
    assert article.said == {"topic": "reporting", "kind": "duty"}


def test_a_column_that_is_not_there_says_nothing():
    [article] = read("xlsx", workbook(("Number", "Heading", "Text"), (1, "A", "B"))).articles
    assert article.said == {}


@pytest.mark.parametrize(
    ("row", "place", "why"),
    [
        (("x", "Duty", "A", "B"), (2, "Number"), "not the number"),
        ((1, "Song", "A", "B"), (2, "Kind"), "Song"),
        ((1, None, "A", "B"), (2, "Kind"), "empty"),
        ((1, "Duty", None, "B"), (2, "Heading"), "heading and a text"),
        ((1, "Duty", "A" * 201, "B"), (2, "Heading"), "201"),
        ((None, "Duty", "A", "B"), (2, "Number"), "no number"),
        ((None, None, None, None, "Minor", "First time", "Warning"), (2, "Number"), "below no article"),
        ((1, "Duty", "A", "B", "Minor", "First time", "Demotion"), (2, "Measure"), "another corps"),
        ((1, "Duty", "A", "B", "Minor", None, "Warning"), (2, "Repetition"), "empty"),
        ((1, "Duty", "A", "B", None, None, None, "note"), (2, "H"), "without a known heading"),
    ],
)
def test_what_is_wrong_in_a_sheet_is_told_with_row_and_column(row, place, why):
    reading = read("xlsx", workbook(HEADINGS, row))
    assert places(reading) == [place]
    assert why in reading.problems[0].text


def test_a_number_that_stands_twice_names_the_first_row():
    reading = read("xlsx", workbook(HEADINGS, (1, "Duty", "A", "B"), ("១", "Duty", "C", "D")))
    assert places(reading) == [(3, "Number")]
    assert "row 2" in reading.problems[0].text


def test_sheets_without_articles_or_headings_are_refused():
    for content in (workbook(HEADINGS), workbook(("Number", "Text")), workbook()):
        with pytest.raises(FileUnreadable):
            read("xlsx", content)


# --- Word -----------------------------------------------------------------------------------------------------------


def test_a_document_is_read_in_every_way_of_beginning_an_article():
    reading = read(
        "docx",
        document(
            "Preamble one",
            "Preamble two",
            "មាត្រា ១៖ គោលបំណង",
            "អត្ថបទ",
            "",
            "កថាខណ្ឌពីរ",
            "Article 2.",
            "Heading below",
            "Text of two",
            "\u200bមាត្រា៣ ចំណងជើង",
            "អត្ថបទ ៣",
            "ARTICLE 12 bis – Late",
            "Text",
        ),
    )
    assert reading.problems == []
    assert reading.preamble == "Preamble one\nPreamble two"
    assert [(a.number, a.heading, a.text) for a in reading.articles] == [
        ("1", "គោលបំណង", "អត្ថបទ\n\nកថាខណ្ឌពីរ"),
        ("2", "Heading below", "Text of two"),
        ("3", "ចំណងជើង", "អត្ថបទ ៣"),
        ("12bis", "Late", "Text"),
    ]
    assert [a.line for a in reading.articles] == [3, 7, 10, 12]


def test_a_line_break_within_a_paragraph_is_a_new_line():
    broken = "<w:p><w:r><w:t>Article 1</w:t><w:br/><w:t>Heading</w:t><w:br/><w:t>Text</w:t></w:r></w:p>"
    [article] = read("docx", document(broken)).articles
    assert (article.heading, article.text) == ("Heading", "Text")


def test_a_sentence_that_only_mentions_an_article_is_refused_with_what_to_do():
    body = ("Article 1. One", "Text", "Article 2. Two", "Text", "Article 1 of this code holds here too.", "Text")
    [note] = read("docx", document(*body)).problems
    assert note.line == 5
    assert "begin the paragraph with another word" in note.text


NUM = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr>'
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:styleId="Base"><w:pPr>{NUM.format(3)}</w:pPr></w:style>'
    '<w:style w:styleId="Child"><w:basedOn w:val="Base"/></w:style></w:styles>'
)


def refused(piece, **parts):
    """The problems of a document whose third paragraph, or what follows the second, is the piece."""
    return read("docx", document("Article 1. One", "Text", piece, **parts)).problems


@pytest.mark.parametrize(
    ("piece", "line", "word"),
    [
        ("<w:tbl><w:tr/></w:tbl>", 2, "table"),
        ("<w:p><w:r><w:drawing/></w:r></w:p>", 3, "picture"),
        ("<w:p><w:r><w:pict/></w:r></w:p>", 3, "picture"),
        ("<w:p><w:ins><w:r><w:t>x</w:t></w:r></w:ins></w:p>", 3, "tracked"),
        ("<w:p><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p>", 3, "tracked"),
        ("<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>", 3, "tracked"),
        ("<w:p><w:r><w:commentReference/></w:r></w:p>", 3, "comment"),
        ("<w:p><w:r><w:footnoteReference/></w:r></w:p>", 3, "footnote"),
        ("<w:p><w:r><w:fldChar/></w:r></w:p>", 3, "field"),
        ("<w:p><w:hyperlink><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>", 3, "link"),
        ("<w:sdt/>", 2, "content control"),
        ("<w:p><w:r><w:sym/></w:r></w:p>", 3, "symbol"),
        (paragraph("x", run="<w:rPr><w:vanish/></w:rPr>"), 3, "Hidden"),
        (paragraph("x", run="<w:rPr><w:strike/></w:rPr>"), 3, "struck-out"),
        (paragraph("x", NUM.format(2)), 3, "type the number"),
        (paragraph("x", '<w:pStyle w:val="Child"/>'), 3, "type the number"),
        ("<w:p><w:r><w:ruby/></w:r></w:p>", 3, "ruby"),
        ("Chapter 2: Duties", 3, "no chapters"),
        ("ជំពូកទី២ កាតព្វកិច្ច", 3, "no chapters"),
    ],
)
def test_what_is_not_plain_text_is_refused_with_its_paragraph(piece, line, word):
    [note] = refused(piece, **{"word/styles.xml": STYLES})
    assert note.line == line
    assert word.lower() in note.text.lower()


@pytest.mark.parametrize("properties", [NUM.format(0), '<w:pStyle w:val="Child"/>' + NUM.format(0)])
def test_numbering_that_is_switched_off_is_no_numbering(properties):
    assert refused(paragraph("x", properties), **{"word/styles.xml": STYLES}) == []


RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://x/attachedTemplate" Target="file:///c:/x.dotm" TargetMode="External"/></Relationships>'
)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"hello", "not a .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "old .doc"),
        (b"PK\x03\x04" + b"0" * 100, "damaged"),
        (workbook(("Number",)), "not a .docx"),
        (document("Article 1. x", "y", **{"word/vbaProject.bin": b"x"}), "macros"),
        (document("Article 1. x", "y", **{"word/embeddings/x.bin": b"x"}), "linked"),
        (document("Article 1. x", "y", **{"word/_rels/settings.xml.rels": RELATION}), "linked"),
        (document("Article 1. x", "y", **{"../evil.xml": b"x"}), "damaged"),
        (document("Article 1. x", "y", head=BOMB), "damaged"),
        (zipped({"word/document.xml": "<a>" * 200 + "</a>" * 200}), "damaged"),
        (zipped({"word/document.xml": "<unclosed>"}), "damaged"),
        (zipped({"word/document.xml": "<html/>"}), "not a .docx"),
        (document("Article 1. x", "y", **{"word/media/bomb.bin": b"0" * 40_000_000}), "damaged"),
        (document("No article here"), "No paragraph"),
    ],
)
def test_hostile_and_foreign_documents_are_refused_as_a_whole(content, word):
    with pytest.raises(FileUnreadable, match=word):
        read("docx", content)


# --- any bytes, and there and back ----------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from('ab ក្ខ១9<&"=\t.៖-\u200b_x0041'), min_size=1, max_size=30).filter(
    lambda text: spoken(text).strip(" \t.:៖។)-–—\u200b")
)


@st.composite
def values(draw):
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        measures = draw(st.lists(st.sampled_from(["warning", "dismissal"]), unique=True))
        lines = draw(st.lists(WORDS, min_size=1, max_size=3))
        made.append(
            {
                "number": str(number),
                "kind": draw(st.sampled_from(ArticleKind.values)),
                "topic": draw(st.sampled_from(["", "purpose", "reporting"])),
                "competence": draw(st.sampled_from(["", *Competence.values])),
                "heading": draw(WORDS).replace("\n", " "),
                "text": "\n".join(lines),
                "legal_basis": draw(st.one_of(st.just(""), WORDS)),
                "plain_words": draw(st.one_of(st.just(""), WORDS)),
                "measures": [{"seriousness": "minor", "repetition": "first", "measure": slug} for slug in measures],
            }
        )
    return made


def plain(text):
    return " ".join(spoken(text).replace("\u200b", "").split())


@many
@given(values(), st.sampled_from(["km", "en"]))
def test_a_workbook_that_was_written_is_read_back_whole(made, language):
    reading = read("xlsx", sheet_out.write(made, vocabulary=VOCABULARY, language=language, title="T"))
    assert reading.problems == []
    for value, article in zip(made, reading.articles, strict=True):
        assert (article.number, plain(article.heading)) == (value["number"], plain(value["heading"]))
        assert spoken(article.text) == spoken(value["text"])
        assert {name: spoken(article.said[name]) for name in ("legal_basis", "plain_words")} == {
            name: spoken(value[name]) for name in ("legal_basis", "plain_words")
        }
        names = ("kind", "topic", "competence", "measures")
        assert {name: article.said[name] for name in names} == {name: value[name] for name in names}


@many
@given(values(), st.sampled_from(["km", "en"]))
def test_a_document_that_was_written_is_read_back_whole(made, language):
    content = document_out.write(made, vocabulary=VOCABULARY, language=language, title="T", preamble="P\n\nQ")
    reading = read("docx", content)
    assert reading.problems == []
    assert reading.preamble == "P\n\nQ"
    for value, article in zip(made, reading.articles, strict=True):
        assert spoken(article.text) == spoken(value["text"])
        assert article.said["kind"] == value["kind"]
        assert spoken(article.said.get("legal_basis", "")) == spoken(value["legal_basis"])


@many
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=400).map(lambda tail: b"PK\x03\x04" + tail)))
def test_no_bytes_raise_anything_but_a_refusal(content):
    for name in articles_in.FORMATS:
        with pytest.raises(FileUnreadable):
            read(name, content)


PIECES = st.sampled_from(
    [
        *("<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>Article 1</w:t>", "<w:t>មាត្រា ២៖ ក</w:t>", "<w:br/>", "<w:tab/>"),
        *(
            "<w:tbl/>",
            "<w:pPr>",
            "</w:pPr>",
            '<w:pStyle w:val="ConductFact"/>',
            "<w:numPr/>",
            "&#0;",
            "<x:y/>",
            "<w:t/>",
        ),
        *("<!-- c -->", "<?p i?>", "<w:t>Kind: x</w:t>", "<w:t>Chapter 1</w:t>", "\ufffe", "]]>"),
    ]
)


@many
@given(st.lists(PIECES, max_size=30))
def test_no_document_xml_raises_anything_but_a_refusal(pieces):
    xml = f'<w:document xmlns:w="{W}"><w:body>{"".join(pieces)}</w:body></w:document>'
    with suppress(FileUnreadable):
        reading = read("docx", zipped({"word/document.xml": xml.encode("utf-8", "replace")}))
        assert reading.articles or reading.problems


def test_the_template_drops_down_the_measures_of_the_regime_and_explains_itself_on_its_second_sheet():
    content = sheet_out.write([], vocabulary=VOCABULARY, language="en", title="Education")
    book = load_workbook(io.BytesIO(content))
    sheet, about, lists = book.worksheets
    assert [cell.value for cell in sheet[1]][-1] == "Measure"
    dropped = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert dropped["K2:K3000"] == "'Lists'!$F$2:$F$3"
    assert [lists.cell(row=row, column=6).value for row in (2, 3)] == ["Warning", "Dismissal"]
    assert len(dropped) == 6
    assert any("further measure" in str(cell.value) for row in about.iter_rows() for cell in row)


def test_a_text_that_begins_like_a_formula_stays_a_text():
    value = {"number": "1", "kind": "duty", "topic": "", "competence": "", "heading": "=1+1", "text": "=cmd|x"}
    value |= {"legal_basis": "", "plain_words": "", "measures": []}
    content = sheet_out.write([value], vocabulary=VOCABULARY, language="km", title="T")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    [article] = read("xlsx", content).articles
    assert (article.heading, article.text) == ("=1+1", "=cmd|x")
