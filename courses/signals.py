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

retirement_proposed = Signal()
"""A course is to be taught no more. Arguments: course, day (the first without it).

Each receiver returns a list of sentences that speak against it; an empty one does not.
"""

many_learning_moved = Signal()
"""learning_moved of many enrolments at once, at most a few hundred. Arguments: moves (a list of LearningMoved)."""

override_granted = Signal()
"""A person was given more than the quiz's limits. Arguments: override, at, by."""

regrade_proposed = Signal()
"""Which certificates rest on a pass that a regrade would take away? Arguments: enrolments (ids that lose their pass).

Each receiver returns a list of AffectedCertificate.
"""


transcript_asked = Signal()
"""A transcript of a person's learning is drawn. Arguments: person, scope (of the viewer), day (its last).

Each receiver returns a TranscriptSection, or None where it has nothing.
"""


@dataclass(frozen=True)
class TranscriptSection:
    """A table of a transcript: its title, the headings of its columns, and rows of text in the language of the page."""

    title: str
    headings: tuple
    rows: list


@dataclass(frozen=True)
class AffectedCertificate:
    """A certificate in force that rests on an enrolment; reason says in words what it rests on."""

    serial: str
    person_id: int
    reason: str


@dataclass(frozen=True)
class LearningMoved:
    """An enrolment went on; at is the moment of its last milestone."""

    enrolment: object
    at: datetime
    by: object = None
