"""Pure decisions about learning: what is drawn, what is right, which step comes next."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """The result of marking: how many of how many were right, and whether that passes."""

    right: int
    total: int
    passed: bool


def draw(questions, count, rng, *, first=frozenset()):
    """Draw count questions over as many different subjects as possible, in random order.

    questions is a list of (question id, subject) pairs; rng a random.Random. Subjects named in first are taken before
    the others, each with the same chance inside its group. Fewer are drawn if there are fewer.
    """
    by_subject = defaultdict(list)
    for question_id, subject in questions:
        by_subject[subject].append(question_id)
    subjects = sorted(by_subject, key=str)
    rng.shuffle(subjects)
    subjects.sort(key=lambda subject: subject not in first)
    for subject in subjects:
        rng.shuffle(by_subject[subject])
    drawn = []
    while subjects and len(drawn) < count:
        for subject in list(subjects):
            if len(drawn) == count:
                break
            drawn.append(by_subject[subject].pop())
            if not by_subject[subject]:
                subjects.remove(subject)
    rng.shuffle(drawn)
    return drawn


def is_right(answer, key):
    """True if the option that was chosen is one of the right ones; no answer is wrong."""
    return bool(answer) and answer in set(key)


def mark(answers, *, pass_percent):
    """Mark a list of (answer, right option ids) pairs. An empty answer is wrong. Passing compares whole numbers."""
    right = sum(1 for answer, key in answers if is_right(answer, key))
    total = len(answers)
    return Mark(right, total, total > 0 and right * 100 >= pass_percent * total)


def right_needed(total, *, pass_percent):
    """How many of so many questions must be right to pass: the smallest number that mark() lets pass."""
    return -(-pass_percent * total // 100)


def next_lesson(lesson_ids, completed_ids, *, after=None):
    """The first lesson that is not completed, or None; with after, the one that follows it, then from the beginning.

    The lesson named by after counts as completed: it is the one that is being finished.
    """
    start = lesson_ids.index(after) + 1 if after in lesson_ids else 0
    in_turn = [*lesson_ids[start:], *lesson_ids[:start]]
    return next((each for each in in_turn if each != after and each not in completed_ids), None)


def next_unanswered(answers):
    """The first position (from 1) without an answer, or None; answers is the list in order of position."""
    return next((position for position, answer in enumerate(answers, start=1) if not answer), None)
