"""Courses and what one line of an officer leaves behind: learning, signing, certificates, cases."""

import datetime
import random

from certification.models import Requirement, RequirementCourse, RequirementRule
from conduct_codes import actions as code_actions
from conduct_codes.models import SignRequest
from conduct_codes.rules import STATEMENTS
from courses import actions as course_actions
from courses.models import (
    Course,
    CourseIndexPage,
    CoursePage,
    Enrolment,
    Lesson,
    LessonPage,
    Question,
    QuestionBank,
    QuestionVersion,
    Quiz,
)
from tests.factories.codes import locale, make_code, make_edition, root_page
from tests.factories.kept import made_once
from tests.factories.people import TODAY, give_account, make_area, make_institution, moment, number


@made_once
def make_course(slug=None, lessons=2, questions=4, draw=3, sector=None, **limits):
    """A course with lessons, both languages of every page, and a quiz whose right option is always "a".

    The quiz has no limit unless limits (attempts_allowed, delay_hours, …) say so.
    """
    slug = slug or f"course-{number()}"
    course = Course.objects.create(slug=slug, name=f"វគ្គ {slug}", name_latin=f"Course {slug}", sector=sector)
    Quiz.objects.create(course=course, draw=draw, **{"pass_percent": 60, "delay_hours": 0, **limits})
    bank = QuestionBank.objects.create(slug=slug, course=course)
    made = [Lesson.objects.create(course=course, slug=f"l{order}", order=order) for order in range(1, lessons + 1)]
    for language in ("km", "en"):
        _course_pages(course, made, language)
    for position in range(1, questions + 1):
        question = Question.objects.create(
            bank=bank, lesson=made[position % len(made)], topic="reporting", competence="report"
        )
        QuestionVersion.objects.create(
            question=question,
            stem={"km": f"សំណួរ {slug} {position}", "en": f"Stem {slug} {position}"},
            options=[
                {
                    "id": option,
                    "text": {"km": f"ចម្លើយ {option} {position}", "en": f"Option {option} {position}"},
                    "feedback": {"km": f"មតិ {option}", "en": f"Feedback {option}"},
                }
                for option in "abc"
            ],
            key=["a"],
            written_at=moment(),
        )
    return course


def _course_pages(course, lessons, language):
    index = CourseIndexPage.objects.filter(locale=locale(language)).first()
    if index is None:
        index = CourseIndexPage(title="Courses", slug=f"courses-{language}", locale=locale(language))
        root_page().add_child(instance=index)
    index.refresh_from_db()
    page = CoursePage(
        title=course.name if language == "km" else course.name_latin,
        slug=f"{course.slug}-{language}",
        course=course,
        locale=locale(language),
        summary="សេចក្តីសង្ខេប" if language == "km" else "Summary",
    )
    index.add_child(instance=page)
    for lesson in lessons:
        title = f"មេរៀន {lesson.slug}" if language == "km" else f"Lesson {lesson.slug}"
        body = "<p>អត្ថបទមេរៀន</p>" if language == "km" else "<p>Lesson text</p>"
        page.add_child(
            instance=LessonPage(
                title=title, slug=lesson.slug, lesson=lesson, locale=locale(language), body=[("text", body)]
            )
        )


def make_requirement(code=None, courses=None, active_from=None, **facts):
    """A requirement for everyone in the code's sector."""
    code = code or make_code()
    requirement = Requirement.objects.create(
        slug=facts.pop("slug", f"{code.slug}-{number()}"),
        code=code,
        name=code.name,
        name_latin=code.name_latin,
        serial_prefix=facts.pop("serial_prefix", "EDU"),
        active_from=active_from or TODAY - datetime.timedelta(days=1000),
        **facts,
    )
    RequirementRule.objects.create(
        requirement=requirement, dimension=RequirementRule.Dimension.SECTOR, value=code.sector.slug
    )
    for order, course in enumerate(courses if courses is not None else [make_course()]):
        RequirementCourse.objects.create(requirement=requirement, course=course, order=order)
    return requirement


def learn(enrolment, day=TODAY, right=True, seed=1):
    """Complete every lesson and hand in one attempt, all right or all wrong."""
    at, user = moment(day), enrolment.person.user
    for lesson in Lesson.objects.filter(pk__in=enrolment.lesson_ids):
        course_actions.complete_lesson(enrolment=enrolment, lesson=lesson, at=at, by=user)
    attempt = course_actions.start_attempt(enrolment=enrolment, at=at, rng=random.Random(seed))
    for question in attempt.questions.all():
        course_actions.save_answer(attempt=attempt, position=question.position, answer="a" if right else "b", at=at)
    mark = course_actions.finish_attempt(attempt=attempt, at=at, by=user)
    return Enrolment.objects.get(pk=enrolment.pk), mark


def sign(person, day=TODAY, language="km"):
    """The person signs what is asked of them first; an account is made where there is none."""
    user = person.user or give_account(person)
    request = SignRequest.objects.of(person).open_on(day).order_by("due_on", "pk").first()
    text = code_actions.text_to_sign(request, language=language, day=day)
    return code_actions.sign_edition(
        request=request, text_sha256=text.sha256, statements=list(STATEMENTS), at=moment(day, 10), by=user
    )


def certify(person, day=TODAY):
    """Learn everything that is asked, sign, and return the newest certificate."""
    if person.user is None:
        give_account(person)
    for enrolment in person.enrolments.filter(completed_on__isnull=True):
        learn(enrolment, day)
    if SignRequest.objects.of(person).open_on(day).exists():
        sign(person, day)
    return person.certificates.order_by("pk").last()


@made_once
def make_bound_world():
    """An education code in force, its course and requirement, a ministry with a school: what most tests start from."""
    ministry = make_institution(code=f"ministry-{number()}")
    code = make_code(owner=ministry)
    edition = make_edition(code)
    course = make_course()
    requirement = make_requirement(code, [course])
    school = make_institution(ministry, area=make_area())
    return {
        "ministry": ministry,
        "school": school,
        "code": code,
        "edition": edition,
        "course": course,
        "requirement": requirement,
    }
