"""Words with tags as other systems write them, brought to the plain text that a question here holds."""

import re
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from courses.question_types import tidy

_BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table"}
_PLAIN = {"p", "div", "br", "span", "html", "body", "font", "o:p"}
_SILENT = {"script", "style"}
_KNOWN = re.compile(
    r"</?(?:p|div|br|span|b|i|u|em|strong|sub|sup|a|img|ul|ol|li|table|tr|td|th|tbody|h[1-6]|pre|code|font|html|body|"
    r"blockquote|video|audio|source|iframe|script|style)(?=[\s>/])[^<>]*>",
    re.IGNORECASE,
)


class _Words(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts, self.lost, self.silent = [], {}, 0

    def handle_starttag(self, tag, attrs):
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag in _SILENT:
            self.silent += 1
        facts = dict(attrs)
        if tag == "img":
            self.lose(_("the picture “%(name)s”"), facts.get("src") or facts.get("alt"))
        elif tag == "a" and facts.get("href"):
            self.lose(_("the link to “%(name)s”"), facts["href"])
        elif tag in ("video", "audio", "source", "iframe", "object", "embed"):
            self.lose(_("the media file “%(name)s”"), facts.get("src") or tag)
        elif tag not in _PLAIN:
            self.lose(_("the formatting %(name)s"), tag)

    def handle_endtag(self, tag):
        if tag in _BREAKS:
            self.parts.append("\n")
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(re.sub(r"[ \t\r\n\xa0]+", " ", data))

    def lose(self, sentence, name):
        self.lost[sentence % {"name": str(name or "")[:80]}] = None


def has_tags(text: str) -> bool:
    """True if the text holds a tag that is surely meant as one."""
    return _KNOWN.search(text) is not None


def plain(html: str) -> tuple[str, list[str]]:
    """The words of HTML line by line, and what they lose: pictures, links, media, formatting, each once."""
    words = _Words()
    try:
        words.feed(html)
        words.close()
    except (AssertionError, ValueError):  # a broken declaration; what was read until then stays
        words.lost[_("a part that is not HTML")] = None
    lines = [re.sub(r" +", " ", line).strip() for line in "".join(words.parts).split("\n")]
    return tidy(re.sub(r"\n{2,}", "\n", "\n".join(lines))), list(words.lost)
