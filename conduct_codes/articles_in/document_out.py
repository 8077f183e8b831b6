"""The Word document of a code's articles: filled as an export, or with one example as the template."""

import io
import zipfile
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from conduct_codes.articles_in.document import FACT_STYLE
from conduct_codes.articles_in.planning import spoken
from conduct_codes.articles_in.sheet import COLUMNS
from institutions.khmer import to_khmer_digits

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = (
    f'{_HEAD}{_RELATIONS}<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_PARTS = f'{_HEAD}{_RELATIONS}<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
_FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Khmer OS Battambang"/>'


def _style(name, label, *, size, bold=False, colour="10203C", before=0, after=120, keep=False, is_default=False):
    weight = "<w:b/><w:bCs/>" if bold else ""
    based = "" if is_default else '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph" {"w:default=" + chr(34) + "1" + chr(34) + " " if is_default else ""}'
        f'w:styleId="{name}"><w:name w:val="{label}"/>{based}<w:qFormat/>'
        f'<w:pPr>{"<w:keepNext/>" if keep else ""}<w:spacing w:before="{before}" w:after="{after}"/></w:pPr>'
        f'<w:rPr>{_FONT}{weight}<w:color w:val="{colour}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
        "</w:style>"
    )


_STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{_W}">'
    + _style("Normal", "Normal", size=22, is_default=True)
    + _style("Title", "Title", size=36, after=240)
    + _style("ConductArticle", "Conduct article", size=26, bold=True, before=240, keep=True)
    + _style(FACT_STYLE, "Conduct fact", size=19, colour="566078", after=60)
    + "</w:styles>"
)


def write(values, *, vocabulary, language, title, preamble="") -> bytes:
    """The articles (values, or none for the template) as a document in the language."""
    place = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES].index(language)
    with translation.override(language):
        paragraphs = [("Title", title)]
        paragraphs += [("", line) for line in spoken(preamble).split("\n") if spoken(preamble)]
        for value in list(values) or [_example()]:
            paragraphs += _paragraphs(value, vocabulary, place, language)
    body = "".join(_paragraph(style, text, language) for style, text in paragraphs)
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1361" w:bottom="1247" w:left="1361"'
    )
    page += ' w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    document = f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{body}{page}</w:body></w:document>'
    return _zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _PACKAGE,
            "word/document.xml": document,
            "word/styles.xml": _STYLES,
            "word/_rels/document.xml.rels": _PARTS,
        }
    )


def _example():
    return {
        "number": "1",
        "kind": "principle",
        "heading": _("Heading of the article"),
        "text": _("The text of the article. Every paragraph that begins like the one above begins an article."),
        "legal_basis": "",
    }


def _paragraphs(value, vocabulary, place, language):
    number = to_khmer_digits(value["number"]) if language == "km" else value["number"]
    begin = f"មាត្រា {number}៖" if language == "km" else f"Article {number}."
    yield "ConductArticle", f"{begin} {spoken(value['heading'])}"
    yield from (("", line) for line in spoken(value["text"]).split("\n"))
    colon = "៖" if language == "km" else ":"
    if value["kind"] in vocabulary.kind.labels:
        yield FACT_STYLE, f"{COLUMNS['kind']}{colon} {vocabulary.kind.shown(value['kind'], place)}"
    if basis := spoken(value["legal_basis"]):
        yield FACT_STYLE, f"{COLUMNS['legal_basis']}{colon} {basis}"


def _paragraph(style, text, language):
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    complex_script = '<w:rPr><w:cs/><w:lang w:bidi="km-KH"/></w:rPr>' if language == "km" else ""
    pieces = "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    return f"<w:p>{named}<w:r>{complex_script}{pieces}</w:r></w:p>"


def _zipped(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            # A fixed day: the same articles give the same bytes.
            package.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text.encode())
    return target.getvalue()
