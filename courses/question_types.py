"""What a question of each type consists of, and whether it is whole; pure, the same for editor, import and content.

A content is anything with these attributes (a QuestionVersion, or Content):

- `type`: one of Type.
- `stem`, `feedback`: {language: text}; feedback is what everybody reads at the end, whatever they answered.
- `options`: [{"id", "text": {language: text}, "feedback": {language: text}, …}], by type:
    single, multiple, ordering  the answers offered
    truefalse                   "true" and "false"; their words are the catalogue's, so they need no text
    matching                    the items to which something is matched; `details["choices"]` is what, [{"id", "text"}]
    numeric                     {"value", "tolerance"} as canonical decimals, no text
    short                       {"accepted": {language: [text]}} or {"otherwise": true} for everything else, no text
    scenario                    the choices of every step; {"next": step id or null}; the steps are
                                `details["steps"]`, [{"id", "text", "options": [option id]}], the first one opens it
  In single, numeric and short an option outside the key may be worth part of the mark: {"credit": 1…99}.
- `key`: ids of the right options; of ordering all ids in their order; of matching {item id: choice id}.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_STEM = 2000  # what a cell of a workbook holds when it comes back
MAX_TEXT = 1000
MAX_OPTIONS = 20
MAX_STEPS = 12
MAX_ACCEPTED = 20

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Type(TextChoices):
    """What kind of answer a question asks for."""

    SINGLE = "single", gettext_lazy("One right answer")
    MULTIPLE = "multiple", gettext_lazy("Several right answers")
    TRUE_FALSE = "truefalse", gettext_lazy("True or false")
    MATCHING = "matching", gettext_lazy("Matching")
    ORDERING = "ordering", gettext_lazy("Ordering")
    NUMERIC = "numeric", gettext_lazy("A number")
    SHORT = "short", gettext_lazy("A short text")
    SCENARIO = "scenario", gettext_lazy("Scenario in steps")


WITH_OFFERED_ANSWERS = {Type.SINGLE, Type.MULTIPLE, Type.TRUE_FALSE, Type.SCENARIO}
WITH_TEXT = {Type.SINGLE, Type.MULTIPLE, Type.MATCHING, Type.ORDERING, Type.SCENARIO}
WITH_CREDIT = {Type.SINGLE, Type.NUMERIC, Type.SHORT}
TRUE_FALSE = {"true": gettext_lazy("True"), "false": gettext_lazy("False")}


@dataclass(frozen=True)
class Content:
    """What a question says and what is right, before or outside the database."""

    type: str
    stem: dict
    options: list
    key: list | dict
    details: dict = field(default_factory=dict)
    feedback: dict = field(default_factory=dict)


class Text(NamedTuple):
    """One text of a question: where it stands, its words by language, and whether a reader needs it."""

    place: str
    words: dict
    needed: bool = True


def content_of(version) -> Content:
    """The content of a stored version."""
    return Content(version.type, version.stem, version.options, version.key, version.details, version.feedback)


def normal(content) -> Content:
    """The one form of what may be written in several ways: tidy texts, nothing empty, the key in order of the answers.

    Only for a content without problems().
    """
    key = content.key
    if content.type not in (Type.MATCHING, Type.ORDERING):
        key = [option_id for option_id in option_ids(content) if option_id in content.key]
    details = {name: [_normal_part(part) for part in parts] for name, parts in content.details.items() if parts}
    options = [_normal_part(option) for option in content.options]
    return Content(str(content.type), _said(content.stem), options, key, details, _said(content.feedback))


def _normal_part(part) -> dict:
    made = {name: value for name, value in part.items() if name not in ("text", "feedback", "accepted", "credit")}
    for name in ("text", "feedback"):
        if words := _said(part.get(name, {})):
            made[name] = words
    if accepted := {code: list(map(tidy, texts)) for code, texts in part.get("accepted", {}).items() if texts}:
        made["accepted"] = accepted
    if part.get("credit"):
        made["credit"] = part["credit"]
    if "value" in part:
        made |= {name: canonical(Decimal(part.get(name, "0"))) for name in ("value", "tolerance")}
    return made


def _said(words) -> dict:
    return {code: text for code, said in words.items() if (text := tidy(said))}


def tidy(text: str) -> str:
    """A text as it is kept: one kind of line end, no blanks at line ends, no signs that nobody sees but for Khmer."""
    lines = _UNSEEN.sub("", _LINE_ENDS.sub("\n", str(text)).replace("\t", " ")).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def decimal_of(text: str) -> Decimal | None:
    """The number that a canonical text says, or None."""
    try:
        return Decimal(text) if isinstance(text, str) and _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def canonical(number: Decimal) -> str:
    """A number as it is kept: plain digits, a point, no zeros at the end."""
    plain = format(number.normalize(), "f")
    return "0" if plain == "-0" else plain


# --- the parts of a question ----------------------------------------------------------------------------------------


def choices(content) -> list:
    """What the items of a matching question can be matched to."""
    return content.details.get("choices", [])


def steps(content) -> list:
    """The steps of a scenario, the first one first."""
    return content.details.get("steps", [])


def option_ids(content) -> list[str]:
    return [option["id"] for option in content.options]


def shuffled_ids(content) -> list[str]:
    """The ids that each attempt shows in an order of its own; none where there is nothing to choose from."""
    if content.type == Type.MATCHING:
        return [choice["id"] for choice in choices(content)]
    return [] if content.type in (Type.NUMERIC, Type.SHORT) else option_ids(content)


def worth(option, key) -> int:
    """What an option of a single, numeric or short question is worth, in hundredths."""
    return 100 if option["id"] in key else option.get("credit", 0)


def texts(content) -> Iterator[Text]:
    """Every text of a question. One that may be missing is needed as soon as it is there in any language."""
    yield Text("stem", content.stem)
    for step in steps(content):
        yield Text(f"step {step['id']}", step.get("text", {}))
    for option in content.options:
        if content.type in WITH_TEXT:
            yield Text(f"option {option['id']}", option.get("text", {}))
        if "accepted" in option:
            yield Text(f"option {option['id']}", {code: " ".join(words) for code, words in option["accepted"].items()})
        yield Text(f"feedback {option['id']}", option.get("feedback", {}), needed=False)
    for choice in choices(content):
        yield Text(f"choice {choice['id']}", choice.get("text", {}))
    yield Text("feedback", content.feedback, needed=False)


def languages(content) -> list[str]:
    """The languages in which the question has every text that it has in any, sorted."""
    parts = [text.words for text in texts(content) if text.needed or any(text.words.values())]
    found = {code for words in parts for code, text in words.items() if text}
    return sorted(code for code in found if all(words.get(code) for words in parts))


# --- whether it holds together --------------------------------------------------------------------------------------


def problems(content) -> list[str]:
    """Why this is not a question that can be asked and marked, as sentences in the page's language; empty if it is."""
    if content.type not in Type.values:
        return [_("The type “%(type)s” is not known.") % {"type": content.type}]
    shape = _shape_problems(content)
    if shape:
        return shape
    found = _size_problems(content)
    found += _CHECKS[content.type](content)
    if not found and not languages(content):
        found.append(_("No language has every text: the question, its answers and its feedback."))
    return found


def _shape_problems(content) -> list[str]:
    """Whether the parts are what the rest of this module reads, whatever an editor's browser or a file sent."""
    parts = [*content.options, *choices(content), *steps(content)]
    sound = (
        isinstance(content.details, dict)
        and all(isinstance(part, dict) and _ID.fullmatch(str(part.get("id", ""))) for part in parts)
        and all(_is_words(part.get(name, {})) for part in parts for name in ("text", "feedback"))
        and _is_words(content.stem)
        and _is_words(content.feedback)
        and isinstance(content.key, dict if content.type == Type.MATCHING else list)
    )
    if not sound:
        return [_("The parts of the question are not in the form that its type needs.")]
    for group in (content.options, choices(content), steps(content)):
        if len({part["id"] for part in group}) != len(group):
            return [_("Two parts of the question have the same id.")]
    return []


def _is_words(words) -> bool:
    return isinstance(words, dict) and all(isinstance(text, str) for pair in words.items() for text in pair)


def _size_problems(content) -> list[str]:
    found = []
    if len(content.options) > MAX_OPTIONS or len(choices(content)) > MAX_OPTIONS:
        found.append(_("A question has at most %(most)s answers.") % {"most": MAX_OPTIONS})
    for text in texts(content):
        most = MAX_STEM if text.place == "stem" else MAX_TEXT
        if any(len(words) > most for words in text.words.values()):
            found.append(_("A text is longer than %(most)s characters.") % {"most": most})
            break
    return found


def _check_offered(content) -> list[str]:
    if len(content.options) < 2:
        return [_("Give at least two answers.")]
    return _check_key(content) or _check_credits(content) or _check_different(content.options)


def _check_key(content) -> list[str]:
    ids, key = option_ids(content), content.key
    if not key:
        return [_("Say which answer is right.")]
    if not set(key) <= set(ids) or len(set(key)) != len(key):
        return [_("The key names an answer that is not there.")]
    if content.type == Type.SINGLE and len(key) == len(ids):
        return [_("At least one answer must be wrong.")]
    return []


def _check_credits(content) -> list[str]:
    for option in content.options:
        credit = option.get("credit", 0)
        if credit and (content.type not in WITH_CREDIT or option["id"] in content.key):
            return [_("Only an answer that is not right can be worth a part of the mark.")]
        if not isinstance(credit, int) or not 0 <= credit <= 99:
            return [_("A part of the mark is a whole number from 1 to 99.")]
    return []


def _check_different(parts: Iterable[dict]) -> list[str]:
    seen = set()
    for part in parts:
        for language, text in part.get("text", {}).items():
            if text and (language, text) in seen:
                return [_("Two answers have the same words: %(text)s") % {"text": text[:60]}]
            seen.add((language, text))
    return []


def _check_true_false(content) -> list[str]:
    if option_ids(content) != ["true", "false"] or content.key not in (["true"], ["false"]):
        return [_("Say whether the sentence is true or false.")]
    return []


def _check_matching(content) -> list[str]:
    items, offered = option_ids(content), {choice["id"] for choice in choices(content)}
    if len(items) < 2 or len(offered) < 2:
        return [_("Matching needs at least two items and two things to match them to.")]
    if set(content.key) != set(items) or not set(content.key.values()) <= offered:
        return [_("Say for every item what it is matched to.")]
    return _check_different(content.options) or _check_different(choices(content))


def _check_ordering(content) -> list[str]:
    if len(content.options) < 2:
        return [_("Ordering needs at least two items.")]
    if sorted(content.key) != sorted(option_ids(content)):
        return [_("The right order names every item once.")]
    return _check_different(content.options)


def _check_numeric(content) -> list[str]:
    for option in content.options:
        value, tolerance = decimal_of(option.get("value")), decimal_of(option.get("tolerance", "0"))
        if not option.get("otherwise") and (value is None or tolerance is None or tolerance < 0):
            return [_("An answer needs a number, and a margin that is a number from 0 on.")]
    return _check_free(content)


def _check_short(content) -> list[str]:
    for option in content.options:
        accepted = option.get("accepted", {})
        if option.get("otherwise"):
            continue
        lists = accepted.values() if isinstance(accepted, dict) else [None]
        if not all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in lists):
            return [_("The parts of the question are not in the form that its type needs.")]
        if not any(accepted.values()) or any(text in ("", "*") for each in lists for text in each):
            return [_("An answer needs at least one text that is accepted.")]
        if max(map(len, lists)) > MAX_ACCEPTED or any(len(text) > 200 for each in lists for text in each):
            return [_("An answer has at most %(most)s accepted texts of 200 characters.") % {"most": MAX_ACCEPTED}]
    return _check_free(content)


def _check_free(content) -> list[str]:
    """What numeric and short share: a key, credits, one answer at most for everything else, which is never right."""
    others = [option["id"] for option in content.options if option.get("otherwise")]
    if len(others) > 1 or set(others) & set(content.key):
        return [_("“Everything else” stands once at most and is not right.")]
    return _check_key(content) or _check_credits(content)


def _check_scenario(content) -> list[str]:
    all_steps = steps(content)
    if not 1 <= len(all_steps) <= MAX_STEPS:
        return [_("A scenario has from one to %(most)s steps.") % {"most": MAX_STEPS}]
    owners = [option_id for step in all_steps for option_id in step.get("options", [])]
    if sorted(owners) != sorted(option_ids(content)) or any(len(step.get("options", [])) < 2 for step in all_steps):
        return [_("Every step needs at least two answers.")]
    following = {option["id"]: option.get("next") for option in content.options}
    place = {step["id"]: number for number, step in enumerate(all_steps)}
    for step in all_steps:
        if not set(step["options"]) & set(content.key):
            return [_("Every step needs a right answer.")]
        for option_id in step["options"]:
            after = following[option_id]
            # Forward only: a scenario always ends, and no page is met twice.
            if after is not None and place.get(after, -1) <= place[step["id"]]:
                return [_("An answer leads to a later step or to the end.")]
    reached = {all_steps[0]["id"], *(step_id for step_id in following.values() if step_id)}
    if reached != set(place):
        return [_("A step is never reached: no answer leads to it.")]
    return _check_key(content) or next(filter(None, (_check_different(_of(content, step)) for step in all_steps)), [])


def _of(content, step) -> list:
    return [option for option in content.options if option["id"] in step["options"]]


_CHECKS = {
    Type.SINGLE: _check_offered,
    Type.MULTIPLE: _check_offered,
    Type.TRUE_FALSE: _check_true_false,
    Type.MATCHING: _check_matching,
    Type.ORDERING: _check_ordering,
    Type.NUMERIC: _check_numeric,
    Type.SHORT: _check_short,
    Type.SCENARIO: _check_scenario,
}
