"""What every reader of articles returns, and how the number of an article is told."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from institutions.khmer import tidy_legal_text, to_ascii_digits
from institutions.templatetags.conduct import localnum

MAX_ARTICLES = 500
LIMITS = {"number": 12, "heading": 200, "text": 20_000, "legal_basis": 300, "plain_words": 2_000}
MAX_PREAMBLE = 20_000
MAX_PROBLEMS = 200

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_NUMBER = re.compile(r"[0-9][0-9A-Za-z. ]{0,11}(?:ស្ទួន)?")
_BEFORE_NUMBER = re.compile(rf"(?:មាត្រា|article)[\s{_UNSEEN}]*", re.IGNORECASE)


class FileUnreadable(ValueError):
    """Nothing can be read from the file; str() says why and what to do."""


@dataclass(frozen=True)
class Note:
    """Something about one place of a file: its row or paragraph (0: the file as a whole), its column, what to do."""

    line: int
    text: str
    column: str = ""


@dataclass(frozen=True)
class ArticleDraft:
    """An article as a file has it; said holds what the file says beside number, heading and text, and nothing else."""

    line: int
    number: str
    heading: str
    text: str
    said: dict = field(default_factory=dict)


@dataclass
class Reading:
    """The articles of a file in its order, the text before them (None: the file says nothing), what is wrong in it."""

    unit: str
    articles: list = field(default_factory=list)
    preamble: str | None = None
    problems: list = field(default_factory=list)
    title: str = ""

    def problem(self, line, text, column=""):
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Note(line, text, column))

    def add(self, article):
        """Keep an article; refuses the file past MAX_ARTICLES."""
        if len(self.articles) == MAX_ARTICLES:
            raise FileUnreadable(
                _("The file has more than %(most)s articles. Send it in parts.") % {"most": localnum(MAX_ARTICLES)}
            )
        self.articles.append(article)


def normal_number(text):
    """The number of an article as it is paired: "១២ ." and "Article 012" are 12; nothing where there is none."""
    text = to_ascii_digits("".join(sign for sign in str(text or "") if sign not in _UNSEEN)).strip()
    text = _BEFORE_NUMBER.sub("", text, count=1).rstrip(" .:៖។)-–—").strip()
    if not _NUMBER.fullmatch(text):
        return ""
    return re.sub(r"\s+", "", text).lower().lstrip("0") or "0"


def tidy(text):
    """Text as it is compared and kept from a file: one line end, no blank lines around it."""
    return tidy_legal_text(text or "").strip("\n").strip()


def too_long(name, text):
    """A sentence if the text is longer than the field holds; else nothing."""
    if len(text) <= LIMITS[name]:
        return ""
    return _("It has %(length)s characters, and at most %(most)s fit. Shorten it.") % {
        "length": localnum(len(text)),
        "most": localnum(LIMITS[name]),
    }
