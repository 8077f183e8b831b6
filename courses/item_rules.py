"""What answers say about a question: pure statistics over counted answers.

A tally counts equal answers, so that the figures of 60,000 attempts are worked out from a few rows. Figures:

    facility        mean share of the mark earned, 0 to 1
    discrimination  correlation of that share with the result in the rest of the quiz, -1 to 1
                    (the item-rest correlation of classical test theory)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

ENOUGH = 10  # fewer answers say nothing, and could say something about one person
ENOUGH_TO_JUDGE = 30  # below, a correlation and a wrong answer that nobody chose are mostly chance
TOO_HARD, TOO_EASY = 0.40, 0.95
WEAK = 0.15
IDLE = 0.02


@dataclass(frozen=True)
class Tally:
    """Equal answers to one version, in quizzes of one length: how many, what each earned, how the quizzes went.

    earned is the share of the mark of this answer, 0 to 1; points and squares are the sums of the points of those
    quizzes and of their squares; length is the number of questions of each.
    """

    earned: float
    count: int
    points: float
    squares: float
    length: int

    @property
    def rest(self):
        """The sum of the results in the rest of the quiz, each 0 to 1."""
        return (self.points - self.count * self.earned) / (self.length - 1) if self.length > 1 else 0.0

    @property
    def rest_squares(self):
        """The sum of the squares of those results."""
        if self.length < 2:
            return 0.0
        spread = self.squares - 2 * self.earned * self.points + self.count * self.earned**2
        return spread / (self.length - 1) ** 2


@dataclass(frozen=True)
class Figures:
    """How many answered, and how they fared; the figures are None where too few did."""

    count: int = 0
    facility: float | None = None
    discrimination: float | None = None

    @property
    def is_shown(self):
        return self.facility is not None


def figures(tallies: Iterable[Tally]) -> Figures:
    """The figures of a question: none below ENOUGH answers, no discrimination below ENOUGH_TO_JUDGE."""
    tallies = list(tallies)
    count = sum(tally.count for tally in tallies)
    if count < ENOUGH:
        return Figures(count)
    earned = sum(tally.count * tally.earned for tally in tallies)
    known = count >= ENOUGH_TO_JUDGE
    return Figures(count, earned / count, _correlation(tallies, count, earned) if known else None)


def _correlation(tallies, count, earned):
    """Pearson's coefficient of what was earned and the rest; None where either is the same for everybody."""
    rest = sum(tally.rest for tally in tallies)
    spread_x = sum(tally.count * tally.earned**2 for tally in tallies) - earned**2 / count
    spread_y = sum(tally.rest_squares for tally in tallies) - rest**2 / count
    together = sum(tally.earned * tally.rest for tally in tallies) - earned * rest / count
    if spread_x < 1e-9 or spread_y < 1e-9:
        return None
    return max(-1.0, min(1.0, together / sqrt(spread_x * spread_y)))


class Finding(StrEnum):
    """What somebody who keeps the questions should look at."""

    TOO_HARD = "too-hard"
    TOO_EASY = "too-easy"
    MISLEADS = "misleads"
    WEAK = "weak"


def findings(found: Figures) -> list[Finding]:
    """What the figures of a question point at; nothing where there are none."""
    if not found.is_shown:
        return []
    result = []
    if found.facility < TOO_HARD:
        result.append(Finding.TOO_HARD)
    elif found.facility >= TOO_EASY:
        result.append(Finding.TOO_EASY)
    if found.discrimination is not None and Finding.TOO_EASY not in result:
        if found.discrimination < 0:
            result.append(Finding.MISLEADS)
        elif found.discrimination < WEAK:
            result.append(Finding.WEAK)
    return result


@dataclass(frozen=True)
class OptionFigures:
    """One answer that was offered: who chose it, and how they did in the rest of the quiz."""

    option_id: str
    count: int
    share: float
    rest: float | None
    is_right: bool
    is_idle: bool
    is_stronger: bool


def option_figures(chosen: Iterable[tuple[Iterable[str], Tally]], option_ids, key) -> list[OptionFigures]:
    """The figures of each answer offered, from (the ids chosen, tally) pairs; none below ENOUGH answers.

    is_idle: a wrong answer that next to nobody takes. is_stronger: a wrong answer whose choosers do better in the rest
    of the quiz than those who chose a right one, which mostly means that the question or its key is wrong.
    """
    chosen = list(chosen)
    total = sum(tally.count for _ids, tally in chosen)
    if total < ENOUGH:
        return []
    takers = {option_id: [tally for ids, tally in chosen if option_id in ids] for option_id in option_ids}
    counts = {option_id: sum(tally.count for tally in own) for option_id, own in takers.items()}
    rests = {
        option_id: sum(tally.rest for tally in own) / counts[option_id] if counts[option_id] >= ENOUGH else None
        for option_id, own in takers.items()
    }
    right = [rests[option_id] for option_id in option_ids if option_id in key and rests[option_id] is not None]
    return [
        OptionFigures(
            option_id,
            counts[option_id],
            counts[option_id] / total,
            rests[option_id],
            option_id in key,
            is_idle=option_id not in key and total >= ENOUGH_TO_JUDGE and counts[option_id] < IDLE * total,
            is_stronger=option_id not in key
            and rests[option_id] is not None
            and bool(right)
            and rests[option_id] > max(right),
        )
        for option_id in option_ids
    ]
