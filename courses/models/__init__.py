"""How people learn: courses, lessons, questions, quizzes and attempts."""

from courses.models.attempts import Attempt, AttemptMark, AttemptQuestion, LateAnswer
from courses.models.catalogue import Course, Lesson, Question, QuestionBank, QuestionVersion, Quiz
from courses.models.learning import Enrolment, LessonProgress
from courses.models.offline import OfflineAnswer
from courses.models.overrides import AttemptOverride
from courses.models.pages import CourseIndexPage, CoursePage, LessonPage
from courses.models.prerequisites import PrerequisiteCourse, PrerequisiteSet
from courses.models.retirement import CourseRetirement
from courses.models.scorm import ScormPackage, ScormState
from courses.models.sessions import PriorLearning, PriorLearningDecision, RollEntry, Seat, Session

__all__ = [
    "Attempt",
    "AttemptMark",
    "AttemptOverride",
    "AttemptQuestion",
    "Course",
    "CourseIndexPage",
    "CoursePage",
    "CourseRetirement",
    "Enrolment",
    "LateAnswer",
    "Lesson",
    "LessonPage",
    "LessonProgress",
    "OfflineAnswer",
    "PrerequisiteCourse",
    "PrerequisiteSet",
    "PriorLearning",
    "PriorLearningDecision",
    "Question",
    "QuestionBank",
    "QuestionVersion",
    "Quiz",
    "RollEntry",
    "ScormPackage",
    "ScormState",
    "Seat",
    "Session",
]
