"""The mark of an attempt, from its rows: the one place where answers meet the keys."""

from courses import rules


def mark_rows(answered, *, pass_percent):
    """Mark a list of (answer, QuestionVersion) pairs."""
    return rules.mark([(answer, version.key) for answer, version in answered], pass_percent=pass_percent)
