"""Aiken: a question, its answers by letter, and the letter of the right one."""

import re

from django.utils.translation import gettext as _

from courses.formats.draft import Draft, Note, Reading, decoded, letter, not_in, one_line, option, words
from courses.question_types import Content, Type

_ANSWER = re.compile(r"([A-Z])[.)]\s+(\S.*)")
_KEY = re.compile(r"ANSWER\s*:\s*([A-Z](?:\s*,\s*[A-Z])*)\s*")
_FEEDBACK = re.compile(r"(?:FEEDBACK|EXPLANATION)\s*:\s*(.*)", re.IGNORECASE)


class _Block:
    """The lines of one question until its key."""

    def __init__(self):
        self.line, self.stem, self.letters, self.answers, self.key = 0, [], [], [], None


def read(content: bytes, *, language: str) -> Reading:
    """The questions of an Aiken file."""
    reading, block = Reading(), _Block()
    for number, line in enumerate(decoded(content).splitlines(), start=1):
        text = line.strip()
        if not text:
            continue
        feedback = _FEEDBACK.fullmatch(text)
        if feedback and not block.line and reading.drafts:
            said = reading.drafts[-1].content.feedback
            said[language] = f"{said.get(language, '')} {feedback.group(1)}".strip()
        elif key := _KEY.fullmatch(text):
            block.key = re.findall("[A-Z]", key.group(1))
            block.line = block.line or number
            _finish(block, reading, number, language)
            block = _Block()
        else:
            _take(block, text, number)
    if block.line:
        reading.problem(block.line, _("The question has no line ANSWER."))
    return reading


def _take(block, text, number):
    block.line = block.line or number
    answer = _ANSWER.fullmatch(text)
    if answer and block.stem:
        block.letters.append(answer.group(1))
        block.answers.append(answer.group(2))
    elif block.answers:
        block.answers[-1] += " " + text
    else:
        block.stem.append(text)


def _finish(block, reading, number, language):
    if not block.stem:
        reading.problem(number, _("There is no question above this line."))
    elif len(set(block.letters)) != len(block.letters):
        reading.problem(number, _("Two answers have the same letter."))
    elif not set(block.key) <= set(block.letters):
        reading.problem(number, _("ANSWER names a letter that no answer has."))
    else:
        options = [option(place, text, "", language) for place, text in enumerate(block.answers)]
        key = [letter(block.letters.index(each)) for each in dict.fromkeys(block.key)]
        kind = Type.SINGLE if len(key) == 1 else Type.MULTIPLE
        stem = words("\n".join(block.stem), language)
        reading.add(Draft(block.line, Content(kind.value, stem, options, key)))


def write(questions, *, language: str, title: str = "") -> tuple[bytes, list[Note]]:
    """The single choice questions in one language; what Aiken cannot say is named."""
    blocks, left_out = [], []
    for question in questions:
        content = question.content
        stem = one_line(content.stem.get(language, ""))
        answers = [one_line(each.get("text", {}).get(language, "")) for each in content.options]
        if reason := _unwritable(content, stem, answers):
            left_out.append(not_in("Aiken", question, reason))
            continue
        lines = [stem, *(f"{chr(65 + place)}) {text}" for place, text in enumerate(answers))]
        place = [each["id"] for each in content.options].index(content.key[0])
        blocks.append("\n".join([*lines, f"ANSWER: {chr(65 + place)}"]))
        left_out += [not_in("Aiken", question, what) for what in _lost(content, question)]
    return ("\n\n".join(blocks) + "\n").encode(), left_out


def _unwritable(content, stem, answers):
    if content.type != Type.SINGLE or len(content.key) > 1:
        return _("the type “%(type)s”") % {"type": Type(content.type).label}
    if not stem or not all(answers):
        return _("words that are missing in this language")
    if _ANSWER.fullmatch(stem) or _KEY.fullmatch(stem) or _FEEDBACK.fullmatch(stem):
        return _("a question that begins like an answer")
    return ""


def _lost(content, question):
    yield _("its id")
    if any(question.ties.values()):
        yield _("what it is about")
    if content.feedback or any(each.get("feedback") for each in content.options):
        yield _("feedback")
    if any(each.get("credit") for each in content.options):
        yield _("answers that are worth a part")
    if any("\n" in text for text in content.stem.values()):
        yield _("line ends")
