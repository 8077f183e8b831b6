"""The answer sheet of an attempt against the keys: every place where this app asks what an answer is worth."""

from courses import marking, rules
from courses.question_types import Type, choices, option_ids, steps


def mark_sheet(answered, *, pass_percent):
    """The mark of a list of (answer, QuestionVersion) pairs."""
    return rules.mark([marking.credit(version, answer) for answer, version in answered], pass_percent=pass_percent)


def held_mark(mark):
    """What an AttemptMark row says, to be compared with a new mark."""
    return rules.Mark(mark.right, mark.points, mark.total, mark.passed)


def facts_of(mark):
    """A mark as the fields of an AttemptMark row."""
    return {"right": mark.right, "points": mark.points, "total": mark.total, "passed": mark.passed}


def is_right(row):
    """True if the answer of an AttemptQuestion earns everything."""
    return marking.is_right(row.version, row.answer)


def counts_by(drawn, newest):
    """The version that a regrade marks an answer by: the newest where it still offers what was drawn."""
    return newest if drawn.type == newest.type and _still_offers(newest, drawn) else drawn


def _still_offers(newest, drawn):
    if drawn.type in (Type.NUMERIC, Type.SHORT):
        return True  # what was typed can be held against any key
    if drawn.type in (Type.MATCHING, Type.ORDERING, Type.SCENARIO):
        return _form(newest) == _form(drawn)  # an answer names every part, or the way through them
    return set(option_ids(drawn)) <= set(option_ids(newest))


def _form(version):
    ways = {option["id"]: option.get("next") for option in version.options}
    parts = {choice["id"] for choice in choices(version)}
    return ways, parts, [(step["id"], set(step["options"])) for step in steps(version)]
