"""The paragraphs of a .docx, read carefully: what is neither text nor harmless is refused with its paragraph.

A paragraph is counted as Word shows them, empty ones too, from 1; a table counts none.
"""

from dataclasses import dataclass
from xml.etree import ElementTree

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conduct_codes.articles_in.draft import FileUnreadable
from institutions.uploads import MEBIBYTE, UploadRefused, check_parts, open_package

MAIN = "word/document.xml"
MAX_UNPACKED = 30 * MEBIBYTE
MAX_PART = 12 * MEBIBYTE
MAX_DEPTH = 60
MAX_ELEMENTS = 400_000
TITLE_STYLES = ("Title", "Subtitle")

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OFF = {"0", "false", "off", "none"}

REFUSALS = {
    "format": gettext_lazy("This is not a .docx document. Open it in Word and save it as “Word document (.docx)”."),
    "locked": gettext_lazy(
        "The document is an old .doc file or locked with a password. Save it as “Word document (.docx)” without one."
    ),
    "macros": gettext_lazy("The document contains macros. Save it as “Word document (.docx)”, which has none."),
    "links": gettext_lazy("The document is linked to other files. Copy its text into a new document."),
    "unsafe": gettext_lazy(
        "The document is damaged or built in a way that is not safe to read. Copy its text into a new one."
    ),
}

# What stands in a paragraph and changes no word of it.
_SILENT = {
    *("pPr", "rPr", "proofErr", "bookmarkStart", "bookmarkEnd", "permStart", "permEnd", "lastRenderedPageBreak"),
    *("softHyphen", "sectPr"),
}
_TABLE = gettext_lazy("A table. Write its content as paragraphs, or use the workbook.")
_IMAGE = gettext_lazy("A picture, a shape or a text box. Delete it; write its text as a paragraph.")
_CHANGES = gettext_lazy("A tracked change. Accept or reject all changes in Word, then save.")
_COMMENT = gettext_lazy("A comment. Delete all comments in Word, then save.")
_NOTE = gettext_lazy("A footnote or endnote. Write its text in the paragraph or delete it.")
_FIELD = gettext_lazy("A field that Word fills in by itself. Press Ctrl+Shift+F9 on it, so that it becomes text.")
_LINK = gettext_lazy("A link. Remove it in Word (right click, Remove Hyperlink); its text stays.")
_CONTROL = gettext_lazy("A table of contents or content control. Delete it, or remove the control and keep its text.")
_SYMBOL = gettext_lazy("A sign of a symbol font. Type it as a letter or delete it.")
_HIDDEN = gettext_lazy("Hidden or struck-out text. Delete it, or show it as ordinary text.")
_NUMBERED = gettext_lazy(
    "Word numbers this paragraph by itself, so its number is not in the text. Switch the automatic numbering off and "
    "type the number, such as “Article 5.”."
)
_REFUSED = {
    "tbl": _TABLE,
    **dict.fromkeys(("drawing", "pict", "object", "AlternateContent"), _IMAGE),
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo", "delText", "delInstrText"), _CHANGES),
    **dict.fromkeys(("moveFromRangeStart", "moveToRangeStart", "customXmlInsRangeStart"), _CHANGES),
    **dict.fromkeys(("commentReference", "commentRangeStart", "commentRangeEnd", "annotationRef"), _COMMENT),
    **dict.fromkeys(("footnoteReference", "endnoteReference", "footnoteRef", "endnoteRef"), _NOTE),
    **dict.fromkeys(("fldChar", "instrText", "fldSimple", "pgNum"), _FIELD),
    "hyperlink": _LINK,
    "sdt": _CONTROL,
    "sym": _SYMBOL,
}
_SIGNS = {"tab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "ptab": "\t"}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: its count, the id of its style, its text with line breaks as new lines."""

    line: int
    style: str
    text: str


def read_paragraphs(content: bytes, reading) -> list[Paragraph]:
    """The paragraphs of a document's body; what cannot be taken from it goes to the reading as problems."""
    try:
        package = open_package(content, main=MAIN)
        check_parts(package, most=MAX_UNPACKED)
    except UploadRefused as refusal:
        raise FileUnreadable(str(REFUSALS.get(refusal.reason, refusal))) from refusal
    _check_names(package)
    _check_relations(package)
    numbered = _numbered_styles(package)
    body = _tree(package, MAIN).find(f"{W}body")
    if body is None:
        raise FileUnreadable(str(REFUSALS["format"]))
    return _Body(numbered, reading).read(body)


def _check_names(package):
    for name in map(str.lower, package.namelist()):
        if name.endswith(("vbaproject.bin", "vbadata.xml")) or name.startswith("word/activex/"):
            raise FileUnreadable(str(REFUSALS["macros"]))
        if name.startswith(("word/embeddings/", "word/afchunk")):
            raise FileUnreadable(str(REFUSALS["links"]))


def _check_relations(package):
    """No part leads out of the file; a hyperlink is refused later, at its paragraph."""
    for name in package.namelist():
        if name.lower().endswith(".rels"):
            for relation in _tree(package, name).iter(_RELATION):
                kind = relation.get("Type", "").rsplit("/", 1)[-1]
                if relation.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
                    raise FileUnreadable(str(REFUSALS["links"]))


class _Careful(ElementTree.TreeBuilder):
    """Builds the tree and stops where the part is built to exhaust."""

    def __init__(self):
        super().__init__()
        self.depth = self.elements = 0

    def start(self, tag, attrs):
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise FileUnreadable(str(REFUSALS["unsafe"]))
        return super().start(tag, attrs)

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def _tree(package, name):
    if package.getinfo(name).file_size > MAX_PART:
        raise FileUnreadable(str(REFUSALS["unsafe"]))
    parser = DefusedXMLParser(target=_Careful(), forbid_dtd=True)
    try:
        parser.feed(package.read(name))
        root = parser.close()
    except FileUnreadable:
        raise
    except (DefusedXmlException, ElementTree.ParseError, ValueError, LookupError, AssertionError) as error:
        raise FileUnreadable(str(REFUSALS["unsafe"])) from error
    if root is None:
        raise FileUnreadable(str(REFUSALS["unsafe"]))
    return root


def _numbered_styles(package):
    """Ids of the paragraph styles that Word numbers by itself, through the style they are based on too."""
    if "word/styles.xml" not in package.namelist():
        return set()
    based, numbered = {}, {}
    for style in _tree(package, "word/styles.xml").iter(f"{W}style"):
        name = style.get(f"{W}styleId", "")
        parent = style.find(f"{W}basedOn")
        based[name] = parent.get(f"{W}val", "") if parent is not None else ""
        numbered[name] = _numbering(style.find(f"{W}pPr"))
    return {name for name in based if _is_numbered(name, based, numbered)}


def _is_numbered(name, based, numbered):
    seen = set()
    while name in based and name not in seen:
        if numbered[name] is not None:
            return numbered[name]
        seen.add(name)
        name = based[name]
    return False


def _numbering(properties):
    """True or False as the properties switch numbering on or off; None where they say nothing."""
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    number = found.find(f"{W}numId")
    return number is None or number.get(f"{W}val", "") != "0"


class _Body:
    """Reads paragraph by paragraph; each kind of trouble is told once a paragraph."""

    def __init__(self, numbered, reading):
        self.numbered, self.reading = numbered, reading
        self.line = 0

    def read(self, body):
        paragraphs = []
        for element in body:
            name = _name(element)
            if name == "p":
                self.line += 1
                paragraphs.append(self.paragraph(element))
            elif name not in _SILENT:
                # A table stands between paragraphs: it is told by the one before it.
                self.refuse(name, [])
        return paragraphs

    def refuse(self, name, troubles):
        sentence = str(
            _REFUSED.get(name) or _("Something that is not text (%(name)s). Delete it.") % {"name": name[:30]}
        )
        if sentence not in troubles:
            troubles.append(sentence)
            self.reading.problem(max(self.line, 1), sentence)

    def paragraph(self, element):
        properties = element.find(f"{W}pPr")
        style, text, troubles = "", [], []
        if properties is not None:
            named = properties.find(f"{W}pStyle")
            style = named.get(f"{W}val", "") if named is not None else ""
            if any(properties.find(f"{W}rPr/{W}{name}") is not None for name in ("ins", "del", "moveFrom", "moveTo")):
                self.refuse("ins", troubles)
        self.collect(element, text, troubles)
        joined = "".join(text)
        own = _numbering(properties)
        if joined.strip() and (style in self.numbered if own is None else own):
            self.reading.problem(self.line, str(_NUMBERED), joined.strip()[:40])
        return Paragraph(self.line, style, joined)

    def collect(self, element, text, troubles):
        if _is_hidden(element):
            troubles.append(str(_HIDDEN))
            self.reading.problem(self.line, str(_HIDDEN))
        for child in element:
            name = _name(child)
            if name == "t":
                text.append(child.text or "")
            elif name in ("r", "smartTag"):
                self.collect(child, text, troubles)
            elif name == "br":
                text.append("\n" if child.get(f"{W}type", "textWrapping") == "textWrapping" else "")
            elif name in _SIGNS:
                text.append(_SIGNS[name])
            elif name not in _SILENT:
                self.refuse(name, troubles)


def _is_hidden(run):
    properties = run.find(f"{W}rPr")
    found = [properties.find(W + name) for name in ("vanish", "strike", "dstrike")] if properties is not None else []
    return any(each is not None and each.get(f"{W}val", "1") not in _OFF for each in found)


def _name(element):
    return str(element.tag).rsplit("}", 1)[-1]
