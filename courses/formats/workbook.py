"""Workbooks: every type and every language; a row for the question, then a row for each of its parts.

The headings are the same in every language, so that a file made on an English page loads on a Khmer one. A language has
two columns, "text (km)" and "feedback (km)". What the rows of a part say:

    answer   right: yes, no, a part of the mark in percent, its number in an order, "else" for everything else;
             value, margin: a number; belongs to: the choice that matches it, or the step whose answer it is;
             leads to: the next step, empty for the end; accepted texts stand one a line
    choice   what answers of a matching question can be matched to
    step     one step of a scenario
"""

import io
import re

from django.utils.translation import gettext as _

from courses.formats.draft import TIES, Draft, FileUnreadable, Note, Reading
from courses.question_types import WITH_TEXT, Content, Type, canonical, decimal_of, tidy, worth
from institutions.khmer import to_ascii_digits
from institutions.uploads import UploadRefused, read_workbook, text_of
from institutions.workbooks import Column, write_workbook

MAX_ROWS = 20_000
QUESTION, ANSWER, CHOICE, STEP = "question", "answer", "choice", "step"
FACTS = ("id", "row", "type", "part")
ABOUT_PARTS = ("right", "value", "margin", "belongs to", "leads to")
_WORDS = re.compile(r"(text|feedback) \(([a-z]{2,3}(?:-[a-z]+)?)\)")
_YES, _NO = {"yes", "1", "true", "x", "បាទ", "ត្រូវ"}, {"", "no", "0", "false", "ទេ", "ខុស"}


def read(content: bytes, *, language: str = "") -> Reading:
    """The questions of a workbook as write() makes it; its headings say the languages."""
    try:
        rows = read_workbook(content, max_rows=MAX_ROWS, max_columns=60)
    except UploadRefused as refusal:
        raise FileUnreadable(str(refusal)) from refusal
    if not rows:
        raise FileUnreadable(_("The sheet is empty."))
    reading = Reading(is_whole=True)
    columns = _columns(rows[0], reading)
    group = []
    for row in rows[1:]:
        cells = {name: text_of(row.cells[place]) for name, place in columns.items() if place < len(row.cells)}
        cells["line"] = row.line
        kind = cells.get("row", "").lower()
        if kind == QUESTION:
            _finish(group, reading)
            group = [cells]
        elif not group:
            reading.problem(row.line, _("The first row of a question says “question” in the column “row”."))
        elif kind in (ANSWER, CHOICE, STEP):
            group.append(cells)
        elif any(value for name, value in cells.items() if name != "line"):
            reading.problem(row.line, _("The column “row” says question, answer, choice or step."))
    _finish(group, reading)
    return reading


def _columns(header, reading):
    found = {}
    for place, cell in enumerate(header.cells):
        name = text_of(cell).lower()
        if name in (*FACTS, *ABOUT_PARTS, *TIES) or _WORDS.fullmatch(name):
            found[name] = place
        elif name:
            reading.leave_out(header.line, _("the column “%(name)s”") % {"name": name[:40]})
    if not {"row", "type"} <= set(found):
        raise FileUnreadable(_("Row %(row)s needs the columns row, type and text (km).") % {"row": header.line})
    return found


def _words(cells, what):
    """The words of a row by language."""
    found = {}
    for name, value in cells.items():
        column = _WORDS.fullmatch(name) if name != "line" else None
        if column and column[1] == what and tidy(value):
            found[column[2]] = tidy(value)
    return found


def _finish(group, reading):
    """Turn the rows of one question into a draft, or say what is wrong in which row."""
    if not group:
        return
    question, parts = group[0], group[1:]
    kind = question.get("type", "").lower()
    if kind not in Type.values:
        types = ", ".join(Type.values)
        reading.problem(question["line"], _("The column “type” says one of: %(types)s.") % {"types": types})
        return
    made = _Parts(kind, parts, reading)
    if made.read():
        content = Content(
            kind, _words(question, "text"), made.options, made.key, made.details, _words(question, "feedback")
        )
        ties = {name: question[name] for name in TIES if question.get(name)}
        reading.add(Draft(question["line"], content, tidy(question.get("id", "")), "", ties))


class _Parts:
    """The parts of one question as its rows give them."""

    def __init__(self, kind, rows, reading):
        self.kind, self.rows, self.reading = kind, rows, reading
        self.options, self.details, self.ranks = [], {}, {}
        self.key = {} if kind == Type.MATCHING else []
        self.good = True

    def refuse(self, cells, why):
        self.good = False
        self.reading.problem(cells["line"], why)

    def read(self):
        for place, cells in enumerate(self.rows):
            part = {"id": cells.get("part", "").lower() or f"p{place + 1}"}
            kind = cells["row"].lower()
            if kind == ANSWER:
                self.answer(cells, part)
            else:
                wanted = {CHOICE: Type.MATCHING, STEP: Type.SCENARIO}[kind]
                if self.kind != wanted:
                    self.refuse(cells, _("A question of this type has no row “%(row)s”.") % {"row": kind})
                    continue
                name = "choices" if kind == CHOICE else "steps"
                more = {"options": []} if kind == STEP else {}
                self.details.setdefault(name, []).append(part | {"text": _words(cells, "text")} | more)
        if self.kind == Type.ORDERING:
            self.key = sorted(self.ranks, key=self.ranks.get)
        return self.good and (self.kind != Type.SCENARIO or self.place_in_steps())

    def place_in_steps(self):
        steps = {step["id"]: step for step in self.details.get("steps", [])}
        for cells, option in self.owners:
            step = steps.get(cells.get("belongs to", "").lower())
            if step is None:
                self.refuse(cells, _("The column “belongs to” names the step of this answer."))
            else:
                step["options"].append(option["id"])
        return self.good

    @property
    def owners(self):
        answers = [cells for cells in self.rows if cells["row"].lower() == ANSWER]
        return list(zip(answers, self.options, strict=False))

    def answer(self, cells, part):
        if self.kind in WITH_TEXT:
            part["text"] = _words(cells, "text")
        if feedback := _words(cells, "feedback"):
            part["feedback"] = feedback
        self.options.append(part)
        right = to_ascii_digits(cells.get("right", "")).strip().lower()
        if self.kind == Type.MATCHING:
            self.key[part["id"]] = cells.get("belongs to", "").lower()
        elif self.kind == Type.ORDERING:
            if right.isdecimal() and len(right) < 4:
                self.ranks[part["id"]] = int(right)
            else:
                self.refuse(cells, _("The column “right” says the number of this line in the right order."))
        else:
            self.weigh(cells, part, right)
        if self.kind == Type.SCENARIO:
            part["next"] = cells.get("leads to", "").lower() or None

    def weigh(self, cells, part, right):
        is_else = right == "else" and self.kind in (Type.NUMERIC, Type.SHORT)
        if is_else:
            part["otherwise"] = True
        elif right in _YES:
            self.key.append(part["id"])
        elif right not in _NO:
            percent = right.rstrip("% ")
            if not percent.isdecimal() or len(percent) > 3 or not 1 <= int(percent) <= 99:
                self.refuse(cells, _("The column “right” says yes, no, or a number from 1 to 99."))
                return
            part["credit"] = int(percent)
        if self.kind == Type.NUMERIC and not is_else:
            for name, key, default in (("value", "value", ""), ("margin", "tolerance", "0")):
                number = decimal_of(to_ascii_digits(cells.get(name, "") or default).replace(",", "."))
                if number is None:
                    self.refuse(cells, _("The column “%(name)s” needs a number.") % {"name": name})
                    return
                part[key] = canonical(number)
        if self.kind == Type.SHORT and not is_else:
            part["accepted"] = {code: text.split("\n") for code, text in _words(cells, "text").items()}


# --- writing --------------------------------------------------------------------------------------------------------


def write(questions, *, language: str, title: str = "", languages=("km", "en")) -> tuple[bytes, list[Note]]:
    """All of the questions in all languages; a workbook leaves nothing out."""
    questions = list(questions)
    used = {code for question in questions for code in _languages(question.content)}
    codes = [*languages, *sorted(used - set(languages))]
    names = [*FACTS, *(f"{what} ({code})" for code in codes for what in ("text", "feedback")), *ABOUT_PARTS, *TIES]
    columns = [Column(key=name, heading=name, width=40 if name.startswith("text") else 14) for name in names]
    rows = ([row.get(name) for name in names] for question in questions for row in _rows(question))
    target = io.BytesIO()
    write_workbook(
        target,
        columns=columns,
        rows=rows,
        title=title or _("Questions"),
        sheet_title=_("Questions"),
        notes=_notes(),
        language=language,
    )
    return target.getvalue(), []


def _notes():
    return [
        ("id", _("Leave it as it is: it says which question a row changes. Empty: a new question.")),
        ("row", _("question, then a row for each answer, choice or step of it.")),
        ("type", ", ".join(f"{kind.value}: {kind.label}" for kind in Type)),
        ("right", _("yes, no, or the part of the mark from 1 to 99; in an order, the number; else: everything else.")),
        ("belongs to", _("In matching, the choice that matches; in a scenario, the step of the answer.")),
        ("leads to", _("In a scenario, the next step; empty for the end.")),
    ]


def _languages(content):
    parts = [*content.options, *content.details.get("choices", []), *content.details.get("steps", [])]
    for part in parts:
        yield from part.get("text", {})
        yield from part.get("feedback", {})
        yield from part.get("accepted", {})
    yield from content.stem
    yield from content.feedback


def _texts(part, what="text"):
    return {f"{what} ({code})": text for code, text in part.get(what, {}).items()}


def _rows(question):
    content = question.content
    words = {"text": content.stem, "feedback": content.feedback}
    ties = {name: question.ties.get(name, "") for name in TIES}
    yield {
        "id": question.id,
        "row": QUESTION,
        "type": content.type,
        **ties,
        **_texts(words),
        **_texts(words, "feedback"),
    }
    owner = {option_id: step["id"] for step in content.details.get("steps", []) for option_id in step["options"]}
    for step in content.details.get("steps", []):
        yield {"row": STEP, "part": step["id"], **_texts(step)}
    for option in content.options:
        yield {
            "row": ANSWER,
            "part": option["id"],
            **_texts(option),
            **{f"text ({code})": "\n".join(texts) for code, texts in option.get("accepted", {}).items()},
            **_texts(option, "feedback"),
            "right": _right(content, option),
            "value": option.get("value"),
            "margin": option.get("tolerance"),
            "belongs to": content.key.get(option["id"]) if content.type == Type.MATCHING else owner.get(option["id"]),
            "leads to": option.get("next"),
        }
    for choice in content.details.get("choices", []):
        yield {"row": CHOICE, "part": choice["id"], **_texts(choice)}


def _right(content, option):
    if content.type == Type.ORDERING:
        return str(content.key.index(option["id"]) + 1)
    if content.type == Type.MATCHING:
        return None
    if option.get("otherwise"):
        return "else"
    value = worth(option, content.key)
    return {100: "yes", 0: "no"}.get(value, str(value))
