"""Everything that changes what a person has learned, by concept: lessons, attempts, questions."""

from courses.actions.attempts import close_overdue, finish_attempt, save_answer, start_attempt
from courses.actions.editing import (
    EditingRefused,
    add_lesson,
    change_lesson,
    create_course,
    move_lesson,
    objections_to_retiring,
    retire_course,
    start_translation,
)
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
from courses.actions.offline import take_offline_answers
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
from courses.actions.sections import open_course_section

__all__ = [
    "MILESTONES",
    "AttemptClosed",
    "EditingRefused",
    "ImportRefused",
    "LearningRefused",
    "NotOpenYet",
    "QuestionRefused",
    "TimeIsUp",
    "add_lesson",
    "change_lesson",
    "close_overdue",
    "complete_lesson",
    "create_course",
    "enrol",
    "finish_attempt",
    "grant_override",
    "import_questions",
    "move_lesson",
    "objections_to_retiring",
    "open_course_section",
    "open_lesson",
    "regrade",
    "remaining_lessons",
    "retire_course",
    "retire_question",
    "return_question",
    "save_answer",
    "start_attempt",
    "start_translation",
    "take_offline_answers",
    "tick_lines",
    "train_otherwise",
    "write_question",
]
