"""Pure decisions about learning: what is drawn, what is right, which step comes next."""

from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """The result of marking: how many of how many were right, and whether that passes."""

    right: int
    total: int
    passed: bool


def draw(questions, count, rng):
    """Draw count questions over as many different subjects as possible, in random order.

    questions is a list of (question id, subject) pairs; rng a random.Random. Fewer are drawn if there are fewer.
    """
    by_subject = defaultdict(list)
    for question_id, subject in questions:
        by_subject[subject].append(question_id)
    subjects = sorted(by_subject, key=str)
    rng.shuffle(subjects)
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


def mark(answers, *, pass_percent):
    """Mark a list of (answer, right option ids) pairs. An empty answer is wrong. Passing compares whole numbers."""
    right = sum(1 for answer, key in answers if answer and answer in key)
    total = len(answers)
    return Mark(right, total, total > 0 and right * 100 >= pass_percent * total)


def next_lesson(lesson_ids, completed_ids):
    """The first lesson of the list that is not completed, or None."""
    return next((lesson_id for lesson_id in lesson_ids if lesson_id not in completed_ids), None)


def next_unanswered(answers):
    """The first position (from 1) without an answer, or None; answers is the list in order of position."""
    return next((position for position, answer in enumerate(answers, start=1) if not answer), None)
