"""Moodle XML: read carefully (no DTD, no entities, size, depth and number limited), written in one language."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from courses.answers import read_number
from courses.formats import markup
from courses.formats.draft import (
    Draft,
    FileUnreadable,
    Note,
    Reading,
    accepted_groups,
    check_size,
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
from courses.question_types import Content, Type, decimal_of, tidy, worth

MAX_DEPTH = 12
MAX_ELEMENTS = 200_000


class _Careful(ElementTree.TreeBuilder):
    """Builds the tree, notes the line of each question and stops where the file is built to exhaust."""

    def __init__(self):
        super().__init__()
        self.depth = self.elements = 0
        self.lines, self.line_now = {}, lambda: 0

    def start(self, tag, attrs):
        self.depth, self.elements = self.depth + 1, self.elements + 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise FileUnreadable(_("The file is nested too deeply or has too many parts."))
        element = super().start(tag, attrs)
        if tag == "question":
            self.lines[element] = self.line_now()
        return element

    def end(self, tag):
        self.depth -= 1
        return super().end(tag)


def _parsed(content: bytes):
    """(the root, question element → line)."""
    check_size(content)
    target = _Careful()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.line_now = lambda: parser.parser.CurrentLineNumber
    try:
        parser.feed(content)
        root = parser.close()
    except DefusedXmlException as error:
        raise FileUnreadable(_("The file has a document type or entities, which are not safe to read.")) from error
    except (ElementTree.ParseError, ValueError, LookupError, AssertionError) as error:
        if isinstance(error, FileUnreadable):
            raise
        place = getattr(error, "position", (0, 0))[0]
        raise FileUnreadable(_("The file is not whole XML: look at line %(line)s.") % {"line": place}) from error
    if root is None or root.tag != "quiz":
        raise FileUnreadable(_("This is not Moodle XML: the file does not begin with <quiz>."))
    return root, target.lines


def read(content: bytes, *, language: str) -> Reading:
    """The questions of a Moodle XML file."""
    root, lines = _parsed(content)
    reading = Reading()
    for element in root:
        if element.tag == "question":
            _Question(element, lines[element], language, reading).read()
        else:
            reading.leave_out(0, _("the part <%(name)s>") % {"name": str(element.tag)[:40]})
    return reading


_SILENT = {"name", "questiontext", "answer", "subquestion", "tags", "single", "idnumber", "showstandardinstruction"}
_SILENT |= {
    "generalfeedback",
    "layouttype",
    "selecttype",
    "selectcount",
    "gradingtype",
    "showgrading",
    "shuffleanswers",
}
_SILENT |= {
    "shuffleanswers",
    "numberingstyle",
    "answernumbering",
    "unitgradingtype",
    "unitpenalty",
    "showunits",
    "unitsleft",
}
_FEEDBACKS = {"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"}


class _Question:
    """One question element on its way to a draft."""

    def __init__(self, element, line, language, reading):
        self.element, self.line, self.language, self.reading = element, line, language, reading

    def lose(self, what):
        self.reading.leave_out(self.line, what)

    def text(self, path, of=None):
        """What stands in the child; one whose text is in an element of its own, as some writers have it, too."""
        found = (self.element if of is None else of).find(path)
        return "" if found is None else (found.text or found.findtext("text") or "")

    def said(self, holder):
        """The words of an element with a text child; what its markup loses is named."""
        if holder is None:
            return ""
        plain = self.text("text", holder) or (holder.text or "").strip()
        kind = holder.get("format", "html" if markup.has_tags(plain) else "plain_text")
        for file in holder.iter("file"):
            self.lose(_("the file “%(name)s”") % {"name": (file.get("name") or "")[:80]})
        if kind in ("html", "moodle_auto_format") and (kind == "html" or markup.has_tags(plain)):
            plain, lost = markup.plain(plain)
            for what in lost:
                self.lose(what)
        return tidy(plain)

    def read(self):
        kind = self.element.get("type", "")
        if kind == "category":
            self.lose(_("the category: questions go to the bank that is chosen here"))
            return
        if kind not in _TYPES:
            self.lose(_("a question of the type “%(type)s”") % {"type": kind[:40]})
            return
        self.stem = words(self.said(self.element.find("questiontext")), self.language)
        content = _TYPES[kind](self)
        if content is None:
            return
        content.feedback.update(words(self.said(self.element.find("generalfeedback")), self.language))
        tags = [tidy(self.text("text", tag)) for tag in self.element.iterfind("tags/tag")]
        ties, others = ties_of_tags(tag for tag in tags if tag)
        for tag in others:
            self.lose(_("the tag “%(tag)s”") % {"tag": tag[:60]})
        self.name_the_rest()
        name = one_line(tidy(self.text("name/text")))
        self.reading.add(Draft(self.line, content, tidy(self.text("idnumber")), name, ties))

    def name_the_rest(self):
        """What Moodle lets a question say and there is no place for."""
        for child in self.element:
            value = (child.text or "").strip()
            if child.tag in _FEEDBACKS and self.said(child):
                self.lose(_("feedback by result: %(text)s") % {"text": self.said(child)[:60]})
            elif child.tag == "penalty" and _float(value):
                self.lose(_("the penalty %(value)s") % {"value": value})
            elif child.tag == "defaultgrade" and _float(value) != 1:
                self.lose(_("the weight %(value)s: every question counts the same here") % {"value": value})
            elif child.tag == "hidden" and value not in ("", "0"):
                self.lose(_("that the question is hidden"))
            elif child.tag == "usecase" and value not in ("", "0"):
                self.lose(_("that capitals count"))
            elif child.tag == "hint":
                self.lose(_("the hint: %(text)s") % {"text": self.said(child)[:60]})
            elif child.tag == "shuffleanswers" and value in ("0", "false"):
                self.lose(_("that the answers keep their order"))
            elif child.tag not in _SILENT | _FEEDBACKS | {"penalty", "defaultgrade", "hidden", "usecase"} and (
                value or len(child)
            ):
                self.lose(_("the part <%(name)s>") % {"name": str(child.tag)[:40]})

    def answers(self):
        """(text, percent, feedback, element) of each answer."""
        return [
            (self.said(answer), _float(answer.get("fraction", "0")), self.said(answer.find("feedback")), answer)
            for answer in self.element.iterfind("answer")
        ]

    def multichoice(self):
        several = self.text("single").strip().lower() in ("false", "0")
        rows = [row[:3] for row in self.answers()]
        kind, options, key, unusual = of_weights(rows, self.language, several=several)
        if unusual:
            self.lose(_("the weights of the answers: each right one counts the same here"))
        return Content(kind, self.stem, options, key)

    def true_false(self):
        options, key = {}, []
        for text, percent, feedback, _element in self.answers():
            name = text.lower()
            if name not in ("true", "false"):
                self.reading.problem(self.line, _("The answers are not true and false."))
                return None
            options[name] = {"id": name} | ({"feedback": words(feedback, self.language)} if feedback else {})
            key += [name] if percent > 50 else []
        return Content(Type.TRUE_FALSE.value, self.stem, [options.get(n, {"id": n}) for n in ("true", "false")], key)

    def short(self):
        options, key = accepted_groups([row[:3] for row in self.answers()], self.language)
        return Content(Type.SHORT.value, self.stem, options, key)

    def numeric(self):
        options, key = [], []
        for text, percent, feedback, element in self.answers():
            made = {"id": letter(len(options))} | ({"feedback": words(feedback, self.language)} if feedback else {})
            if text == "*":
                options.append(made | {"otherwise": True})
                continue
            value, margin = read_number(text, "en"), read_number(self.text("tolerance", element) or "0", "en")
            if decimal_of(value) is None or decimal_of(margin) is None:
                self.reading.problem(self.line, _("This is not a number: %(text)s") % {"text": text[:40]})
                return None
            credit = {"credit": round(percent)} if 0 < round(percent) < 100 else {}
            options.append(made | {"value": value, "tolerance": margin, **credit})
            key += [made["id"]] if percent >= 99.5 else []
        return Content(Type.NUMERIC.value, self.stem, options, key)

    def matching(self):
        pairs = [(self.said(pair), self.said(pair.find("answer"))) for pair in self.element.iterfind("subquestion")]
        items, offered, key = matched_pairs(pairs, self.language)
        return Content(Type.MATCHING.value, self.stem, items, key, {"choices": offered})

    def ordering(self):
        rows = sorted(self.answers(), key=lambda row: row[1])
        items = [{"id": letter(place), "text": words(text, self.language)} for place, (text, *_rest) in enumerate(rows)]
        if any(feedback for _text, _percent, feedback, _element in rows):
            self.lose(_("feedback of a line"))
        return Content(Type.ORDERING.value, self.stem, items, [item["id"] for item in items])


def _float(text):
    try:
        number = float(text)
    except (TypeError, ValueError):
        return 0.0
    return number if abs(number) < 1e6 else 0.0


_TYPES = {
    "multichoice": _Question.multichoice,
    "truefalse": _Question.true_false,
    "shortanswer": _Question.short,
    "numerical": _Question.numeric,
    "matching": _Question.matching,
    "ordering": _Question.ordering,
}


# --- writing --------------------------------------------------------------------------------------------------------


def write(questions, *, language: str, title: str = "") -> tuple[bytes, list[Note]]:
    """The questions in one language; what Moodle XML cannot say is named."""
    root, left_out = Element("quiz"), []
    for question in questions:
        content = question.content
        stem = content.stem.get(language, "")
        if content.type not in _WRITERS or not stem:
            missing = _("words that are missing in this language")
            what = _("the type “%(type)s”") % {"type": Type(content.type).label} if stem else missing
            left_out.append(not_in("Moodle XML", question, what))
            continue
        kind, fill = _WRITERS[content.type]
        element = SubElement(root, "question", type=kind)
        _texts(SubElement(element, "name"), one_line(stem)[:120])
        _texts(SubElement(element, "questiontext", format="plain_text"), stem)
        _texts(SubElement(element, "generalfeedback", format="plain_text"), content.feedback.get(language, ""))
        SubElement(element, "defaultgrade").text = "1"
        SubElement(element, "idnumber").text = question.id
        fill(element, content, language)
        tags = SubElement(element, "tags")
        for tag in tags_of_ties(question.ties):
            _texts(SubElement(tags, "tag"), tag)
        if content.type == Type.MATCHING and any(item.get("feedback") for item in content.options):
            left_out.append(not_in("Moodle XML", question, _("feedback of a pair")))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), left_out


def _texts(parent, text):
    SubElement(parent, "text").text = text


def _answer(element, percent, text, option, language, margin=None):
    answer = SubElement(element, "answer", fraction=f"{percent:.7g}", format="plain_text")
    _texts(answer, text)
    feedback = option.get("feedback", {}).get(language, "")
    _texts(SubElement(answer, "feedback", format="plain_text"), feedback)
    if margin is not None:
        SubElement(answer, "tolerance").text = margin


def _write_offered(element, content, language):
    several = content.type == Type.MULTIPLE
    SubElement(element, "single").text = "false" if several else "true"
    SubElement(element, "shuffleanswers").text = "true"
    share = 100 / len(content.key)
    for option in content.options:
        is_right = option["id"] in content.key
        percent = (share if is_right else -share) if several else worth(option, content.key)
        _answer(element, percent, option["text"].get(language, ""), option, language)


def _write_true_false(element, content, language):
    for option in content.options:
        _answer(element, 100 if option["id"] in content.key else 0, option["id"], option, language)


def _write_short(element, content, language):
    SubElement(element, "usecase").text = "0"
    for option in content.options:
        accepted = ["*"] if option.get("otherwise") else option["accepted"].get(language, [])
        for text in accepted:
            _answer(element, worth(option, content.key), text, option, language)


def _write_numeric(element, content, language):
    for option in content.options:
        text = "*" if option.get("otherwise") else option["value"]
        _answer(element, worth(option, content.key), text, option, language, option.get("tolerance", "0"))


def _write_matching(element, content, language):
    SubElement(element, "shuffleanswers").text = "true"
    for left, right in pairs_of(content, language):
        pair = SubElement(element, "subquestion", format="plain_text")
        _texts(pair, left)
        _texts(SubElement(pair, "answer"), right)


_ORDERING = {"layouttype": "VERTICAL", "selecttype": "ALL", "gradingtype": "RELATIVE_NEXT_EXCLUDE_LAST"}


def _write_ordering(element, content, language):
    lines = {item["id"]: item for item in content.options}
    for name, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("gradingtype", "RELATIVE_NEXT_EXCLUDE_LAST"),
    ):
        SubElement(element, name).text = value
    for place, item_id in enumerate(content.key, start=1):
        _answer(element, place, lines[item_id]["text"].get(language, ""), {}, language)


_WRITERS = {
    Type.SINGLE: ("multichoice", _write_offered),
    Type.MULTIPLE: ("multichoice", _write_offered),
    Type.TRUE_FALSE: ("truefalse", _write_true_false),
    Type.SHORT: ("shortanswer", _write_short),
    Type.NUMERIC: ("numerical", _write_numeric),
    Type.MATCHING: ("matching", _write_matching),
    Type.ORDERING: ("ordering", _write_ordering),
}
