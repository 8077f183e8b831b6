"""GIFT, as Moodle reads and writes it: one block of text a question, its answers in braces."""

import re

from django.utils.translation import gettext as _

from courses.answers import read_number
from courses.formats import markup
from courses.formats.draft import (
    Draft,
    Note,
    Reading,
    accepted_groups,
    decoded,
    letter,
    matched_pairs,
    not_in,
    of_weights,
    one_line,
    pairs_of,
    tags_of_ties,
    ties_of_tags,
    words,
)
from courses.question_types import Content, Type, canonical, decimal_of, tidy, worth

_SPECIAL = "~=#{}:\\"
# An escaped sign stands as one of these while the structure is read; tidy() takes them out of every other text.
_HELD = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_SPECIAL)}
_RELEASE = str.maketrans({held: sign for sign, held in _HELD.items()} | {"\ufddf": "\n"})
_STRANGE = re.compile("[\ufdd0-\ufdef]")
_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_TITLE = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TAG = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,10})?)%")
_GAP = "_____"


def read(content: bytes, *, language: str) -> Reading:
    """The questions of a GIFT file."""
    reading = Reading()
    for line, lines, tags in _blocks(_STRANGE.sub("", decoded(content)), reading):
        _Question(line, "\n".join(lines), tags, language, reading).read()
    return reading


def _blocks(text, reading):
    """(number of its first line, lines, tags) of each block between empty lines; a block with an open brace goes on."""
    block, first, tags, depth = [], 0, [], 0
    lines = [*text.splitlines(), ""]
    closing = _closing(lines)
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            tags += _TAG.findall(stripped)
        elif stripped.startswith("$") and not block and ":" in stripped:
            reading.leave_out(number, _("the category: questions go to the bank that is chosen here"))
        elif stripped or (depth and closing[number - 1]):
            first = first if block else number
            block.append(line)
            depth = max(0, depth + _braces(line))
        elif block:
            yield first, block, tags
            block, tags, depth = [], [], 0
    if block:
        yield first, block, tags


def _closing(lines):
    """For each line, whether the next brace from there on closes one: else the open one was forgotten."""
    found, closes = [], False
    for line in reversed(lines):
        braces = re.findall("[{}]", _ESCAPE.sub("", line))
        closes = braces[0] == "}" if braces else closes
        found.append(closes)
    return found[::-1]


def _braces(line):
    plain = _ESCAPE.sub("", line)
    return plain.count("{") - plain.count("}")


class _Question:
    """One block on its way to a draft."""

    def __init__(self, line, text, tags, language, reading):
        self.line, self.language, self.reading = line, language, reading
        self.text = _ESCAPE.sub(lambda found: "\ufddf" if found[1] == "n" else _HELD[found[1]], text)
        self.ids = [value for name, value in tags if name == "id"]
        self.tags = [re.sub(r"\\(.)", r"\1", value) for name, value in tags if name == "tag"]

    def lose(self, what):
        self.reading.leave_out(self.line, what)

    def refuse(self, why):
        self.reading.problem(self.line, why)

    def said(self, text, *, html=False):
        """The words of a part, without its format mark, its escapes and its markup."""
        mark = _FORMAT.match(text)
        kind = mark.group(1).lower() if mark else "html" if html else "moodle"
        plain = (text[mark.end() :] if mark else text).translate(_RELEASE)
        if kind == "html" or (kind == "moodle" and markup.has_tags(plain)):
            plain, lost = markup.plain(plain)
            for what in lost:
                self.lose(what)
        return tidy(plain)

    def read(self):
        title = _TITLE.match(self.text)
        name = title.group(1).translate(_RELEASE) if title else ""
        rest = self.text[title.end() :] if title else self.text
        start, end = rest.find("{"), rest.rfind("}")
        if start < 0:
            self.lose(_("a text without a question"))
            return
        if end < start:
            self.refuse(_("A brace is opened and not closed."))
            return
        before, body, after = rest[:start], rest[start + 1 : end], rest[end + 1 :]
        mark = _FORMAT.match(before)
        self.html = bool(mark and mark.group(1).lower() == "html")
        if re.search(r"\w", after.translate(_RELEASE)):
            before = f"{before.rstrip()} {_GAP} {after.lstrip()}"
        elif after.strip():
            self.lose(_("the text after the answers: %(text)s") % {"text": after.strip().translate(_RELEASE)[:40]})
        body, general = _cut(body, "####")
        content = self.content(words(self.said(before), self.language), body.strip())
        if content is None:
            return
        content.feedback.update(words(self.said(general, html=self.html), self.language))
        ties, others = ties_of_tags(self.tags)
        for tag in others:
            self.lose(_("the tag “%(tag)s”") % {"tag": tag[:60]})
        own_id = re.sub(r"\\(.)", r"\1", self.ids[-1]) if self.ids else ""
        self.reading.add(Draft(self.line, content, tidy(own_id), one_line(tidy(name)), ties))

    def content(self, stem, body):
        if not body:
            self.lose(_("a question with a free text (essay)"))
            return None
        truth, _hash, feedback = body.partition("#")
        if truth.strip().upper() in ("T", "TRUE", "F", "FALSE"):
            return self.true_false(stem, truth.strip().upper()[0] == "T", feedback)
        if body.startswith("#"):
            return self.numeric(stem, body[1:])
        answers = self.answers(body)
        if answers is None:
            return None
        if all(sign == "=" for sign, *_rest in answers):
            if all("->" in text for _sign, _percent, text, _feedback in answers):
                return self.matching(stem, answers)
            shorts = [(self.said(text), percent, self.said(fb)) for _sign, percent, text, fb in answers]
            options, key = accepted_groups(shorts, self.language)
            return Content(Type.SHORT.value, stem, options, key)
        return self.offered(stem, answers)

    def answers(self, body):
        """(sign, percent, text, feedback) of each answer."""
        parts = re.split(r"([=~])", body)
        if parts[0].strip() or len(parts) < 3:
            self.refuse(_("Answers begin with = or ~: %(text)s") % {"text": parts[0].strip().translate(_RELEASE)[:40]})
            return None
        found = []
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            weight = _WEIGHT.match(part)
            percent = float(weight.group(1)) if weight else 100.0 if sign == "=" else 0.0
            text, feedback = _cut(part[weight.end() :] if weight else part, "#")
            found.append((sign, percent, text, feedback))
        return found

    def true_false(self, stem, is_true, feedback):
        wrong, right = _cut(feedback, "#")
        said = {is_true: self.said(right, html=self.html), not is_true: self.said(wrong, html=self.html)}
        options = []
        for name, value in (("true", True), ("false", False)):
            texts = words(said[value], self.language)
            options.append({"id": name} | ({"feedback": texts} if texts else {}))
        return Content(Type.TRUE_FALSE.value, stem, options, ["true" if is_true else "false"])

    def offered(self, stem, answers):
        said = [
            (self.said(text, html=self.html), percent, self.said(feedback, html=self.html))
            for _sign, percent, text, feedback in answers
        ]
        several = not any(sign == "=" for sign, *_rest in answers)
        kind, options, key, unusual = of_weights(said, self.language, several=several)
        if unusual:
            self.lose(_("the weights of the answers: each right one counts the same here"))
        return Content(kind, stem, options, key)

    def matching(self, stem, answers):
        pairs = []
        for _sign, _percent, text, feedback in answers:
            left, _arrow, right = text.partition("->")
            pairs.append((self.said(left, html=self.html), self.said(right)))
            if feedback.strip():
                self.lose(_("feedback of a pair"))
        items, offered, key = matched_pairs(pairs, self.language)
        return Content(Type.MATCHING.value, stem, items, key, {"choices": offered})

    def numeric(self, stem, body):
        body = body.strip()
        answers = self.answers(body if body.startswith(("=", "~")) else "=" + body)
        options, key = [], []
        for sign, percent, text, feedback in answers or []:
            made = {"id": letter(len(options))}
            said = words(self.said(feedback, html=self.html), self.language)
            made |= {"feedback": said} if said else {}
            plain = text.translate(_RELEASE).strip()
            if plain in ("", "*") or sign == "~":
                if plain not in ("", "*"):
                    self.lose(_("the wrong number %(number)s") % {"number": plain[:40]})
                options.append(made | {"otherwise": True})
                continue
            found = _number(plain)
            if found is None:
                self.refuse(_("This is not a number: %(text)s") % {"text": plain[:40]})
                return None
            value, tolerance = found
            credit = {"credit": round(percent)} if 0 < round(percent) < 100 else {}
            options.append(made | {"value": value, "tolerance": tolerance, **credit})
            if percent >= 99.5:
                key.append(made["id"])
        return Content(Type.NUMERIC.value, stem, options, key) if options else None


def _cut(text, sign):
    before, _sign, after = text.partition(sign)
    return before, after


def _number(text):
    """(value, margin) of 5, 5:0.5 or 4..6, canonical; None for anything else."""
    low, dots, high = text.partition("..")
    value, colon, margin = text.partition(":")
    if dots:
        ends = [decimal_of(read_number(each, "en") or "") for each in (low, high)]
        if None in ends or ends[0] > ends[1]:
            return None
        middle, half = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
        found = canonical(middle), canonical(half)
    else:
        found = read_number(value, "en"), (read_number(margin, "en") if colon else "0")
    return found if all(decimal_of(each) is not None for each in found) else None


# --- writing --------------------------------------------------------------------------------------------------------


def write(questions, *, language: str, title: str = "") -> tuple[bytes, list[Note]]:
    """The questions in one language; what GIFT cannot say is named."""
    blocks, left_out = [], []
    for question in questions:
        content = question.content
        stem = content.stem.get(language, "")
        body = _BODIES[content.type](content, language) if content.type in _BODIES else None
        if body is None or not stem:
            left_out.append(not_in("GIFT", question, _why_not(content, stem)))
            continue
        general = content.feedback.get(language, "")
        body += f"\n####{_part(general)}" if general else ""
        tags = "".join(f" [tag:{_tag(tag)}]" for tag in tags_of_ties(question.ties))
        blocks.append(f"// [id:{_tag(question.id)}]{tags}\n{_part(stem)} {{{body}\n}}")
        left_out += [not_in("GIFT", question, what) for what in _lost(content)]
    return ("\n\n".join(blocks) + "\n").encode(), left_out


def _why_not(content, stem):
    if not stem:
        return _("words that are missing in this language")
    if content.type not in _BODIES:
        return _("the type “%(type)s”") % {"type": Type(content.type).label}
    return _("an arrow (->) among its words")


def _lost(content):
    if content.type == Type.MATCHING and any(item.get("feedback") for item in content.options):
        yield _("feedback of a pair")


def _tag(text):
    return re.sub(r"([\]\\])", r"\\\1", one_line(text))


def _escaped(text):
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n")


def _part(text):
    """A text as GIFT reads it back: marked as plain where a reader would take a part of it for markup or a mark."""
    mark = "[plain]" if markup.has_tags(text) or text.startswith(("[", "%", "//", "$")) else ""
    return mark + _escaped(text)


def _feedback(option, language):
    text = option.get("feedback", {}).get(language, "")
    return f"#{_part(text)}" if text else ""


def _offered(content, language):
    lines = []
    for option in content.options:
        value = worth(option, content.key)
        if content.type == Type.MULTIPLE:
            share = 100 / len(content.key)
            sign = f"~%{share if option['id'] in content.key else -share:.5f}%"
        else:
            sign = "=" if value == 100 else f"~%{value}%" if value else "~"
        lines.append(f"\n{sign}{_part(option['text'].get(language, ''))}{_feedback(option, language)}")
    return "".join(lines)


def _true_false(content, language):
    said = {option["id"]: option.get("feedback", {}).get(language, "") for option in content.options}
    right = content.key[0]
    wrong = "false" if right == "true" else "true"
    feedback = f"#{_part(said[wrong])}#{_part(said[right])}" if any(said.values()) else ""
    return right.upper() + feedback


def _matching(content, language):
    if any("->" in text for pair in pairs_of(content, language) for text in pair):
        return None
    return "".join(f"\n={_part(left)} -> {_part(right)}" for left, right in pairs_of(content, language))


def _numeric(content, language):
    lines = ["#"]
    for option in content.options:
        feedback = _feedback(option, language)
        if option.get("otherwise"):
            lines.append(f"\n~{feedback}")
        else:
            value = worth(option, content.key)
            lines.append(f"\n=%{value}%{option['value']}:{option.get('tolerance', '0')}{feedback}")
    return "".join(lines)


def _short(content, language):
    lines = []
    for option in content.options:
        feedback = _feedback(option, language)
        accepted = ["*"] if option.get("otherwise") else option["accepted"].get(language, [])
        value = worth(option, content.key)
        lines += [f"\n=%{value}%{_part(text)}{feedback}" for text in accepted]
    if all("->" in line for line in lines):  # it would be read as pairs
        return None
    return "".join(lines)


_BODIES = {
    Type.SINGLE: _offered,
    Type.MULTIPLE: _offered,
    Type.TRUE_FALSE: _true_false,
    Type.MATCHING: _matching,
    Type.NUMERIC: _numeric,
    Type.SHORT: _short,
}
