"""What a learner can have answered, by the type of the question: pure, and by ids wherever there are any.

    single, truefalse  option id                 multiple  [option id]
    matching           {item id: choice id}      ordering  [option id] in the order given
    numeric            canonical decimal         short     the text as typed
    scenario           [option id], the path through the steps

"" is no answer. An answer that is only begun (a few items matched, half of a scenario) is kept as it is.
"""

import re
from decimal import Decimal

from courses.question_types import Type, canonical, choices, decimal_of, option_ids, steps, worth
from institutions.khmer import comparison_key, to_ascii_digits

MAX_SHORT = 200
_BLANKS = re.compile(r"[\s\u200b\u00a0\u202f]+")
_MARKS = {"km": (",", "."), "en": (".", ",")}  # what separates decimals, what groups thousands
_OUTER_SIGNS = ".,;:!?។៕៖«»“”\"'() "


def is_possible(content, answer) -> bool:
    """True if the answer, whole or only begun, is one that the question's page can send."""
    ids = option_ids(content)
    if content.type in (Type.SINGLE, Type.TRUE_FALSE):
        return answer in ids
    if answer == "":  # taken back: nothing ticked, the field emptied
        return True
    if content.type in (Type.MULTIPLE, Type.ORDERING):
        return _is_list_of(answer, ids)
    if content.type == Type.MATCHING:
        offered = {choice["id"] for choice in choices(content)}
        return isinstance(answer, dict) and set(answer) <= set(ids) and set(answer.values()) <= offered
    if content.type == Type.NUMERIC:
        return decimal_of(answer) is not None
    if content.type == Type.SHORT:
        return isinstance(answer, str) and len(answer) <= MAX_SHORT
    return isinstance(answer, list) and len(walk(content, answer)[0]) == len(answer)


def _is_list_of(answer, ids) -> bool:
    return isinstance(answer, list) and len(set(answer)) == len(answer) and set(answer) <= set(ids)


def is_complete(content, answer) -> bool:
    """True if nothing is missing in the answer: the question counts as answered."""
    if not answer:
        return False
    if content.type in (Type.MATCHING, Type.ORDERING):
        return len(answer) == len(content.options)
    if content.type == Type.SCENARIO:
        return walk(content, answer)[1] is None
    return True


def walk(content, path) -> tuple[list, dict | None]:
    """The (step, option) pairs of a path through a scenario as far as it makes sense, and the step that comes next."""
    by_id = {step["id"]: step for step in steps(content)}
    options = {option["id"]: option for option in content.options}
    taken, step = [], steps(content)[0]
    for option_id in path or []:
        if step is None or option_id not in step["options"]:
            break
        taken.append((step, options[option_id]))
        step = by_id.get(options[option_id].get("next"))
    return taken, step


def read_number(typed: str, language: str) -> str | None:
    """The number that a person typed, canonical; None if it is none.

    Khmer and ASCII digits, and the decimal mark of the page's language: 1,5 on a Khmer page, 1.5 on an English one. The
    other mark groups thousands; where it cannot be that, it is taken for the decimal mark, for there is no other way
    to read it.
    """
    plain = _BLANKS.sub("", to_ascii_digits(typed)).replace("−", "-")
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain.removeprefix("+"))
    decimal, group = _MARKS.get(language, _MARKS["en"])
    if re.fullmatch(rf"[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+({re.escape(decimal)}[0-9]*)?", plain):
        plain = plain.replace(group, "").replace(decimal, ".")
    elif re.fullmatch(r"[0-9]*[.,]?[0-9]*", plain):
        plain = plain.replace(",", ".")
    else:
        return None
    whole, _point, part = plain.partition(".")
    number = decimal_of(f"{sign}{whole or '0'}" + (f".{part}" if part else "")) if whole or part else None
    return canonical(number) if number is not None else None


def write_number(number: str, language: str) -> str:
    """A canonical number with the decimal mark of the language, for a field to hold it again."""
    return number.replace(".", _MARKS.get(language, _MARKS["en"])[0])


def text_key(text: str) -> str:
    """The same key for every spelling of a short answer that a reader takes for the same.

    Case, blanks, outer punctuation, Khmer and ASCII digits and the typing order of Khmer signs do not count.
    """
    return _BLANKS.sub(" ", comparison_key(text)).strip(_OUTER_SIGNS)


def matched_option(content, answer):
    """The option of a numeric or short question that an answer falls under, the most valuable one; None if none."""
    given = decimal_of(answer) if content.type == Type.NUMERIC else text_key(answer)
    found = [option for option in content.options if not option.get("otherwise") and _fits(content, option, given)]
    found.sort(key=lambda option: -worth(option, content.key))
    others = [option for option in content.options if option.get("otherwise")]
    return next(iter([*found, *others]), None)


def _fits(content, option, given) -> bool:
    if content.type == Type.NUMERIC:
        return abs(given - Decimal(option["value"])) <= Decimal(option.get("tolerance", "0"))
    return bool(given) and given in {text_key(text) for texts in option["accepted"].values() for text in texts}
