"""What one answer is worth: pure, from 0 to 1, exact.

    single     1 for a right option; the part of the mark that another option carries; else 0
    multiple   right options chosen less wrong ones chosen, of the right ones there are; never below 0
    truefalse  1 or 0
    matching   the share of the items that are matched rightly
    ordering   the share of neighbours that follow each other as they should; 1 only for the whole order
    numeric    1 within the margin of a right number (its ends belong to it), else the part of another number
    short      1 for a right text by its key (text_key), in any language; else the part of another text
    scenario   right choices, of the choices made or of those on the shortest right way if that is longer

No answer, and an answer that is only begun, is worth what it has earned so far.
"""

from fractions import Fraction
from itertools import pairwise

from courses.answers import is_complete, matched_option, walk
from courses.question_types import Type, steps, worth

NOTHING, ALL = Fraction(0), Fraction(1)


def credit(content, answer) -> Fraction:
    """What the answer is worth; content is a QuestionVersion or a Content, answer as courses.answers has it."""
    if answer in ("", [], {}, None):
        return NOTHING
    return _CREDITS[content.type](content, answer)


def is_right(content, answer) -> bool:
    """True if the answer earns the whole mark."""
    return credit(content, answer) == ALL


def _of_options(content, answer) -> Fraction:
    option = next((option for option in content.options if option["id"] == answer), None)
    return Fraction(worth(option, content.key), 100) if option else NOTHING


def _of_several(content, answer) -> Fraction:
    right = len(set(answer) & set(content.key))
    wrong = len(set(answer) - set(content.key))
    return max(NOTHING, Fraction(right - wrong, len(content.key)))


def _of_matching(content, answer) -> Fraction:
    right = sum(1 for item, choice in answer.items() if content.key.get(item) == choice)
    return Fraction(right, len(content.key))


def _of_ordering(content, answer) -> Fraction:
    wanted = set(pairwise(content.key))
    given = set(pairwise(answer))
    return Fraction(len(wanted & given), len(wanted))


def _of_typed(content, answer) -> Fraction:
    option = matched_option(content, answer)
    return Fraction(worth(option, content.key), 100) if option else NOTHING


def _of_scenario(content, answer) -> Fraction:
    taken, _following = walk(content, answer)
    right = sum(1 for _step, option in taken if option["id"] in content.key)
    longest = max(len(taken), shortest_right_way(content))
    if not is_complete(content, answer):
        longest = max(longest, len(taken) + 1)
    return Fraction(right, longest)


def shortest_right_way(content) -> int:
    """How many choices lead from the first step to the end if each of them is right."""
    following = {option["id"]: option.get("next") for option in content.options}
    lengths = {None: 0}
    for step in reversed(steps(content)):  # choices lead forward only, so later steps are known already
        right = [option_id for option_id in step["options"] if option_id in content.key]
        lengths[step["id"]] = 1 + min(lengths[following[option_id]] for option_id in right)
    return lengths[steps(content)[0]["id"]]


_CREDITS = {
    Type.SINGLE: _of_options,
    Type.TRUE_FALSE: _of_options,
    Type.MULTIPLE: _of_several,
    Type.MATCHING: _of_matching,
    Type.ORDERING: _of_ordering,
    Type.NUMERIC: _of_typed,
    Type.SHORT: _of_typed,
    Type.SCENARIO: _of_scenario,
}
