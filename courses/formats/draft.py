"""What every reader returns and every writer takes."""

import re
from dataclasses import dataclass, field
from string import ascii_lowercase

from django.utils.translation import gettext as _

from courses.question_types import Content, tidy

MAX_BYTES = 10 * 1024 * 1024
MAX_QUESTIONS = 2000
TIES = ("competence", "code", "article", "topic", "lesson")


class FileUnreadable(ValueError):
    """Nothing can be read from the file; str() says why and what to do."""


@dataclass(frozen=True)
class Note:
    """Something about one place of a file: line is that of the text, or the row of the sheet; 0 for the whole file."""

    line: int
    text: str


@dataclass(frozen=True)
class Draft:
    """A question as a file has it; ties are texts by name (TIES), not looked up yet."""

    line: int
    content: Content
    id: str = ""
    name: str = ""
    ties: dict = field(default_factory=dict)


@dataclass
class Reading:
    """The questions of a file, what is wrong in it, and what it says that cannot be held.

    is_whole: the file holds every language and the ids of every part, so a question is what it says and no more.
    """

    is_whole: bool = False
    drafts: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    def problem(self, line, text):
        self.problems.append(Note(line, text))

    def leave_out(self, line, text):
        note = Note(line, text)
        if note not in self.left_out[-20:]:
            self.left_out.append(note)

    def add(self, draft):
        """Keep a draft; refuses the file past MAX_QUESTIONS."""
        if len(self.drafts) >= MAX_QUESTIONS:
            raise FileUnreadable(_("The file has more than %(most)s questions. Send it in parts.") % _most())
        self.drafts.append(draft)


def _most():
    return {"most": MAX_QUESTIONS}


@dataclass(frozen=True)
class Outgoing:
    """A question to write: its id, its content in every language, its ties as texts."""

    id: str
    content: Content
    ties: dict = field(default_factory=dict)


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a mark; refused if it is neither, empty or too large."""
    check_size(content)
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadable(_("The file is not UTF-8 text. Save it with the encoding UTF-8.")) from error


def check_size(content: bytes) -> None:
    """Refuses an empty file and one past MAX_BYTES."""
    if not content.strip():
        raise FileUnreadable(_("The file is empty. Choose the file again."))
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        raise FileUnreadable(_("The file is larger than %(most)s MB. Send it in parts.") % {"most": most})


def letter(place: int) -> str:
    """The id of the answer at a place (from 0) in a file that gives none: a, b, … z, a1, b1, …"""
    again, rest = divmod(place, 26)
    return ascii_lowercase[rest] + (str(again) if again else "")


def words(text: str, language: str) -> dict:
    """A text in one language, tidied; nothing if there is none."""
    tidied = tidy(text)
    return {language: tidied} if tidied else {}


def option(place: int, text: str, feedback: str, language: str, **more) -> dict:
    """An answer offered by a file."""
    made = {"id": letter(place), "text": words(text, language), **more}
    return made | ({"feedback": words(feedback, language)} if tidy(feedback) else {})


def one_line(text: str) -> str:
    """A text on one line with single blanks."""
    return re.sub(r"\s+", " ", text).strip()


def ties_of_tags(tags) -> tuple[dict, list]:
    """Ties written as tags such as "topic:reporting", and the tags that are something else."""
    ties, others = {}, []
    for tag in tags:
        name, _colon, value = tag.partition(":")
        if name in TIES and value.strip():
            ties[name] = value.strip()
        else:
            others.append(tag)
    return ties, others


def tags_of_ties(ties: dict) -> list[str]:
    return [f"{name}:{ties[name]}" for name in TIES if ties.get(name)]


def of_weights(answers, language: str, *, several: bool):
    """(type, options, key, whether the weights were another marking) of answers as (text, percent, feedback).

    Of several right answers each counts the same here, and each wrong one takes as much away.
    """
    positive = [place for place, (_text, percent, _feedback) in enumerate(answers) if percent > 0]
    if not several:
        whole = [place for place, (_text, percent, _feedback) in enumerate(answers) if percent >= 99.995]
        return _single(answers, whole, language)
    options = [option(place, text, feedback, language) for place, (text, _p, feedback) in enumerate(answers)]
    share = 100 / len(positive) if positive else 0
    usual = all(abs(abs(percent) - share) < 0.01 for _text, percent, _feedback in answers)
    return "multiple", options, [letter(place) for place in positive], not usual


def _single(answers, whole, language):
    options = []
    for place, (text, percent, feedback) in enumerate(answers):
        part = round(percent) if place not in whole and percent > 0 else 0
        more = {"credit": min(max(part, 1), 99)} if part else {}
        options.append(option(place, text, feedback, language, **more))
    unusual = any(percent < 0 or percent != round(percent) for _text, percent, _feedback in answers)
    return "single", options, [letter(place) for place in whole], unusual


def accepted_groups(answers, language: str):
    """(options, key) of short answers as (text, percent, feedback); neighbours that are worth the same are one."""
    options, key = [], []
    last = None
    for text, percent, feedback in answers:
        text, feedback = one_line(tidy(text)), tidy(feedback)
        same = (percent, feedback)
        if text == "*":
            options.append(_free(len(options), feedback, language, otherwise=True))
            last = None
        elif same == last:
            options[-1]["accepted"][language].append(text)
        else:
            credit = {"credit": min(round(percent), 99)} if 0 < round(percent) < 100 else {}
            options.append(_free(len(options), feedback, language, accepted={language: [text]}, **credit))
            last = same
            if percent >= 99.5:
                key.append(options[-1]["id"])
    return options, key


def _free(place, feedback, language, **more):
    return {"id": letter(place), **more} | ({"feedback": words(feedback, language)} if feedback else {})


def matched_pairs(pairs, language: str):
    """(items, choices, key) of matching pairs (item, choice); a pair without an item only offers its choice."""
    items, offered, key = [], [], {}
    for text, choice in pairs:
        choice_words = words(choice, language)
        found = next((each for each in offered if each["text"] == choice_words), None)
        if found is None:
            found = {"id": letter(len(offered)), "text": choice_words}
            offered.append(found)
        if tidy(text):
            items.append({"id": letter(len(items)), "text": words(text, language)})
            key[items[-1]["id"]] = found["id"]
    return items, offered, key


def pairs_of(content, language: str):
    """The pairs of a matching content in one language, those that only offer a choice last."""
    choices = {choice["id"]: choice["text"].get(language, "") for choice in content.details["choices"]}
    pairs = [(item["text"].get(language, ""), choices[content.key[item["id"]]]) for item in content.options]
    used = set(content.key.values())
    return pairs + [("", text) for choice_id, text in choices.items() if choice_id not in used]


def not_in(format_name: str, question: Outgoing, what: str) -> Note:
    """A note of what a format cannot say of a question."""
    facts = {"id": question.id, "format": format_name, "what": what}
    return Note(0, _("Question %(id)s: %(format)s cannot say: %(what)s.") % facts)
