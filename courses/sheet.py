"""The answer sheet of an attempt against the keys: every place where this app asks what an answer is worth."""

from courses import rules


def mark_sheet(answered, *, pass_percent):
    """The mark of a list of (answer, QuestionVersion) pairs."""
    return rules.mark([(answer, version.key) for answer, version in answered], pass_percent=pass_percent)


def held_mark(mark):
    """What an AttemptMark row says, to be compared with a new mark."""
    return rules.Mark(mark.right, mark.total, mark.passed)


def facts_of(mark):
    """A mark as the fields of an AttemptMark row."""
    return {"right": mark.right, "total": mark.total, "passed": mark.passed}


def is_right(row):
    """True if the answer of an AttemptQuestion earns everything."""
    return rules.is_right(row.answer, row.version.key)


def counts_by(drawn, newest):
    """The version that a regrade marks an answer by: the newest where it still offers what was drawn."""
    fits = drawn.type == newest.type and set(drawn.option_ids()) <= set(newest.option_ids())
    return newest if fits else drawn
