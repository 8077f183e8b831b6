"""News of courses for the apps above; sent inside the transaction that makes it true."""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal

learning_moved = Signal()
"""An enrolment was started, trained or passed. Arguments: enrolment, at, by."""

course_completed = Signal()
"""An enrolment is trained and passed. Arguments: enrolment, at, by."""

trainer_proposed = Signal()
"""Somebody is to teach a course face to face. Arguments: trainer (a person), course, day.

Each receiver returns a list of sentences that speak against it; an empty one does not.
"""

many_learning_moved = Signal()
"""learning_moved of many enrolments at once, at most a few hundred. Arguments: moves (a list of LearningMoved)."""


@dataclass(frozen=True)
class LearningMoved:
    """An enrolment went on; at is the moment of its last milestone."""

    enrolment: object
    at: datetime
    by: object = None
