"""Everything that changes what a person has learned, by concept: lessons, attempts, questions."""

from courses.actions.attempts import close_overdue, finish_attempt, save_answer, start_attempt
from courses.actions.learning import (
    MILESTONES,
    AttemptClosed,
    LearningRefused,
    NotOpenYet,
    TimeIsUp,
    complete_lesson,
    enrol,
    open_lesson,
    remaining_lessons,
    tick_lines,
    train_otherwise,
)
from courses.actions.overrides import grant_override
from courses.actions.questions import (
    ImportRefused,
    QuestionRefused,
    import_questions,
    retire_question,
    return_question,
    write_question,
)
from courses.actions.regrading import regrade

__all__ = [
    "MILESTONES",
    "AttemptClosed",
    "ImportRefused",
    "LearningRefused",
    "NotOpenYet",
    "QuestionRefused",
    "TimeIsUp",
    "close_overdue",
    "complete_lesson",
    "enrol",
    "finish_attempt",
    "grant_override",
    "import_questions",
    "open_lesson",
    "regrade",
    "remaining_lessons",
    "retire_question",
    "return_question",
    "save_answer",
    "start_attempt",
    "tick_lines",
    "train_otherwise",
    "write_question",
]
