"""Files of articles as people make them: workbooks, and Word documents written paragraph by paragraph."""

import io
import zipfile

from openpyxl import Workbook

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def workbook(*rows):
    """The bytes of an .xlsx with these rows on its first sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zipped(parts):
    """The bytes of a package with these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def paragraph(text, properties="", run=""):
    return f'<w:p>{f"<w:pPr>{properties}</w:pPr>"}<w:r>{run}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def document(*body, head="", **parts):
    """The bytes of a .docx; each piece of the body is a text, or XML of its own."""
    inner = "".join(piece if piece.startswith("<") else paragraph(piece) for piece in body)
    xml = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}"><w:body>{inner}<w:sectPr/></w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": xml, **parts})
