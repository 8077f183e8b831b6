"""Word documents: every paragraph that begins with មាត្រា N or Article N begins an article.

The heading stands behind the number or in the next paragraph, what follows is the text. Text before the first article
is the preamble. In our template a paragraph of the style "ConductFact" states a fact ("Kind: Duty").
"""

import re

from django.utils.translation import gettext as _

from conduct_codes.articles_in.draft import (
    MAX_PREAMBLE,
    ArticleDraft,
    FileUnreadable,
    Reading,
    normal_number,
    tidy,
    too_long,
)
from conduct_codes.articles_in.sheet import COLUMNS
from conduct_codes.articles_in.vocabulary import in_languages
from conduct_codes.articles_in.word import TITLE_STYLES, read_paragraphs
from institutions.khmer import comparison_key
from institutions.templatetags.conduct import localnum

FACT_STYLE = "ConductFact"
FACTS = ("kind", "legal_basis")

_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_BLANK = rf"[\s\u00a0{_UNSEEN}]"
_NUMBER = r"[0-9០-៩]{1,4}(?:\.[0-9០-៩]{1,2})*(?:[a-z](?![a-z])|\s?(?:bis|ter|quater)\b|\s?ស្ទួន)?"
_HEADING = re.compile(
    rf"{_BLANK}*(?:មាត្រា(?:{_BLANK}*ទី)?|article){_BLANK}*({_NUMBER})(?![0-9០-៩])"
    rf"(?:{_BLANK}*[.:៖។)\-–—]+{_BLANK}*|{_BLANK}+|(?=[\u1780-\u17b3])|$)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHAPTER = re.compile(
    rf"{_BLANK}*(?:(?:ជំពូក|ផ្នែក|មាតិកា){_BLANK}*(?:ទី)?|(?:chapter|section|part|title){_BLANK}+)"
    rf"{_BLANK}*(?:[0-9០-៩]+|[ivx]+)(?:{_BLANK}|[.:៖។]|$)",
    re.IGNORECASE,
)


def read(content: bytes, *, vocabulary) -> Reading:
    """The preamble and the articles of a document."""
    reading = Reading(unit="line")
    paragraphs = read_paragraphs(content, reading)
    reader = _Articles(vocabulary, reading)
    for paragraph in paragraphs:
        for text in paragraph.text.split("\n"):
            reader.take(paragraph, text)
    reader.finish()
    if not reading.articles and not reading.problems:
        raise FileUnreadable(
            _("No paragraph of the document begins with “Article” or «មាត្រា» and a number. Use the template.")
        )
    return reading


def quoted(text):
    """The first words of a paragraph, so that it is found in Word, which counts no paragraphs."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:40] + "…"


class _Articles:
    """Puts lines together to articles; what is wrong goes to the reading with the paragraph and its first words."""

    def __init__(self, vocabulary, reading):
        self.vocabulary, self.reading = vocabulary, reading
        self.preamble, self.seen, self.last = [], {}, (0, "")
        self.number = None

    def problem(self, line, text, words=""):
        self.reading.problem(line, text, quoted(words))

    def take(self, paragraph, text):
        found = _HEADING.fullmatch(text)
        if found:
            self.finish()
            self.begin(paragraph.line, text, normal_number(found[1]), found[2])
        elif _CHAPTER.match(text):
            self.problem(paragraph.line, _("A code has articles and no chapters. Delete this line."), text)
        elif self.number is None:
            self.before_articles(paragraph, text)
        elif paragraph.style == FACT_STYLE:
            self.state(paragraph.line, text)
        elif not self.heading and text.strip(_UNSEEN + " \t\u00a0"):
            self.heading = text
        elif self.heading:
            self.text.append(text)

    def before_articles(self, paragraph, text):
        if paragraph.style in TITLE_STYLES:
            self.reading.title = self.reading.title or tidy(text)
        else:
            self.preamble.append(text)

    def begin(self, line, words, number, rest):
        place = (int(re.match(r"[0-9]+", number)[0]), number) if number else self.last
        if number in self.seen:
            sentence = _(
                "Article %(number)s begins in paragraph %(line)s already. If this only mentions it, begin the "
                "paragraph with another word."
            )
            self.problem(line, sentence % {"number": localnum(number), "line": localnum(self.seen[number])}, words)
        elif place[0] < self.last[0]:
            sentence = _(
                "Article %(number)s stands behind article %(before)s. If this only mentions it, begin the "
                "paragraph with another word."
            )
            self.problem(line, sentence % {"number": localnum(number), "before": localnum(self.last[1])}, words)
        self.seen.setdefault(number, line)
        self.last = max(self.last, place, key=lambda each: each[0])
        self.line, self.number, self.heading, self.text, self.said = line, number, rest, [], {}

    def state(self, line, text):
        """A fact of the article above, in the style that our template has for it."""
        label, found, value = text.replace("៖", ":").partition(":")
        labels = {comparison_key(word): name for name in FACTS for word in in_languages(COLUMNS[name])}
        name = labels.get(comparison_key(label))
        if not text.strip():
            return
        if not found or name is None:
            self.problem(line, _("This line says neither “Kind: …” nor “Legal basis: …”."), text)
        elif name == "kind":
            self.said["kind"] = self.vocabulary.kind.find(value) or ""
            if not self.said["kind"]:
                self.problem(line, _("“%(text)s” is not a kind of article.") % {"text": value.strip()[:60]}, text)
        else:
            self.said[name] = tidy(text.partition(":")[2] or text.partition("៖")[2])
            if sentence := too_long(name, self.said[name]):
                self.problem(line, sentence, text)

    def finish(self):
        if self.number is None:
            preamble = tidy("\n".join(self.preamble))
            if len(preamble) > MAX_PREAMBLE:
                self.problem(1, _("The text before the first article is too long."))
            self.reading.preamble = preamble or None
            return
        heading, text = tidy(self.heading), tidy("\n".join(self.text))
        first = f"{self.number} {heading}"
        if not heading or not text:
            sentence = _("The article needs a heading and below it a paragraph with its text.")
            self.problem(self.line, sentence, first)
        for name, words in (("number", self.number), ("heading", heading), ("text", text)):
            if sentence := too_long(name, words):
                self.problem(self.line, sentence, first)
        self.reading.add(ArticleDraft(self.line, self.number, heading, text, self.said))
