"""Articles in files: workbooks and Word documents, read, planned against a page's draft, and written.

A reader takes bytes and returns a Reading, or raises FileUnreadable; it raises nothing else, whatever the bytes are.
"""

from conduct_codes.articles_in import document, sheet
from conduct_codes.articles_in.draft import ArticleDraft, FileUnreadable, Note, Reading
from conduct_codes.articles_in.vocabulary import Vocabulary

FORMATS = {"xlsx": sheet, "docx": document}


def read(name, content, *, vocabulary):
    """The articles of a file in the format "xlsx" or "docx"."""
    return FORMATS[name].read(content, vocabulary=vocabulary)


__all__ = ["FORMATS", "ArticleDraft", "FileUnreadable", "Note", "Reading", "Vocabulary", "read"]
