"""Pure decisions about learning: what is drawn, what is right, which step comes next."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Mark:
    """The result of marking: how many of how many were right, the points with parts, and whether that passes."""

    right: int
    points: Decimal
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


def mark(worths, *, pass_percent):
    """Mark an attempt from what each of its answers is worth (courses.marking.credit), exactly.

    The points are cut to hundredths, never rounded up; passing is decided before that.
    """
    total, earned = len(worths), sum(worths, Fraction(0))
    points = Decimal(int(earned * 100)).scaleb(-2)
    right = sum(1 for worth in worths if worth == 1)
    return Mark(right, points, total, total > 0 and earned * 100 >= pass_percent * total)


def right_needed(total, *, pass_percent):
    """How many of so many questions must be right to pass: the smallest number that mark() lets pass."""
    return -(-pass_percent * total // 100)


def next_lesson(lesson_ids, completed_ids, *, after=None, optional=()):
    """The first required lesson that is not completed, or None; with after, whichever open one follows it comes first.

    The lesson named by after counts as completed: it is the one that is being finished. An optional lesson is offered
    once, where it stands, and nobody is led back to it.
    """
    start = lesson_ids.index(after) + 1 if after in lesson_ids else len(lesson_ids)
    onward = lesson_ids[start:]
    back = [each for each in lesson_ids[:start] if each not in optional]
    return next((each for each in [*onward, *back] if each != after and each not in completed_ids), None)


def opens_after(lesson_ids, completed_ids, lesson_id, *, optional=()):
    """Where the order is kept: the first required lesson before this one that is not completed; None if it is open."""
    before = lesson_ids[: lesson_ids.index(lesson_id)]
    return next((each for each in before if each not in completed_ids and each not in optional), None)


def missing_sets(sets, completed_courses):
    """What of the sets [{need, courses}] is missing: (how many more, which courses are left), set by set."""
    found = []
    for each in sets:
        left = [course for course in each["courses"] if course not in completed_courses]
        more = (each["need"] or len(each["courses"])) - (len(each["courses"]) - len(left))
        if more > 0 and left:
            found.append((min(more, len(left)), left))
    return found


def leads_back(asked, course):
    """True if a course, by what it asks for and what that asks for in turn ({course: courses}), asks for itself."""
    seen, to_do = set(), list(asked.get(course, ()))
    while to_do:
        each = to_do.pop()
        if each == course:
            return True
        if each not in seen:
            seen.add(each)
            to_do += asked.get(each, ())
    return False


MOST_SECONDS = 4 * 60 * 60


def seconds_read(opened_at, completed_at):
    """Seconds between opening and completing a lesson, bounded: a page left open over night says nothing more."""
    return min(max(int((completed_at - opened_at).total_seconds()), 0), MOST_SECONDS)


def is_far_below(seconds, min_minutes):
    """True if a lesson was read in less than half of its minimum time."""
    return bool(min_minutes) and seconds * 2 < min_minutes * 60


def next_unanswered(given):
    """The first position (from 1) whose answer is missing, or None; given is True or False in order of position."""
    return next((position for position, is_given in enumerate(given, start=1) if not is_given), None)


def question_gaps(*, article_key, topic, competence, written_in, languages):
    """Why a question is never drawn, as names; empty if it can be.

    written_in: the languages in which its newest version is whole, None without any version.
    """
    found = [] if article_key or topic else ["untied"]
    found += [] if competence else ["competence"]
    if written_in is None:
        return [*found, "unwritten"]
    return found + [f"language:{code}" for code in languages if code not in written_in]
