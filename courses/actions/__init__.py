"""Everything that changes what a person has learned, by concept: lessons, attempts."""

from courses.actions.attempts import finish_attempt, save_answer, start_attempt
from courses.actions.learning import (
    MILESTONES,
    AttemptClosed,
    LearningRefused,
    complete_lesson,
    enrol,
    open_lesson,
    remaining_lessons,
    train_otherwise,
)

__all__ = [
    "MILESTONES",
    "AttemptClosed",
    "LearningRefused",
    "complete_lesson",
    "enrol",
    "finish_attempt",
    "open_lesson",
    "remaining_lessons",
    "save_answer",
    "start_attempt",
    "train_otherwise",
]
