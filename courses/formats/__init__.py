"""Questions in files: GIFT, Moodle XML, Aiken and workbooks, read and written without a database.

A reader takes bytes and returns a Reading, or raises FileUnreadable; it raises nothing else, whatever the bytes are.
What a file says and a question here cannot hold is named in `left_out`, item by item, with its line or row.
"""

from courses.formats import aiken, gift, moodle_xml, workbook
from courses.formats.draft import Draft, FileUnreadable, Note, Outgoing, Reading

FORMATS = {"gift": gift, "moodle-xml": moodle_xml, "aiken": aiken, "xlsx": workbook}
SUFFIXES = {"gift": "gift.txt", "moodle-xml": "xml", "aiken": "aiken.txt", "xlsx": "xlsx"}
IN_ROWS = {"xlsx"}


def read(name, content, *, language):
    """The questions of a file in the format; language is that of its words where the format does not say."""
    return FORMATS[name].read(content, language=language)


def write(name, questions, *, language, title=""):
    """(bytes, notes of what is left out) of Outgoing questions in the format."""
    return FORMATS[name].write(questions, language=language, title=title)


__all__ = ["FORMATS", "IN_ROWS", "SUFFIXES", "Draft", "FileUnreadable", "Note", "Outgoing", "Reading", "read", "write"]
