"""Builders for tests: plain functions that call the actions of the product, with defaults for what does not matter."""

import datetime
import itertools
import random

from django.utils import timezone
from wagtail.models import Locale, Page

from certification.models import Requirement, RequirementCourse, RequirementRule
from conduct_codes import actions as code_actions
from conduct_codes.models import Code, CodeIndexPage, CodePage, Edition, Measure, Regime, SignRequest, Topic
from conduct_codes.rules import STATEMENTS
from courses import actions as course_actions
from courses.models import (
    Course,
    CourseIndexPage,
    CoursePage,
    Lesson,
    LessonPage,
    Question,
    QuestionBank,
    QuestionVersion,
    Quiz,
)
from institutions import actions as register
from institutions.models import Area, Institution, Position, Role, Sector, User
from institutions.scope import Scope

TODAY = datetime.date(2026, 11, 23)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def moment(day=TODAY, hour=9):
    """A moment on the day, in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def number():
    return next(_numbers)


def make_user(username=None, **facts):
    """An account whose password is cheap to make; PASSWORD where a test logs in through the form."""
    user = User(username=username or f"user{number()}", **facts)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_area(code="06", name="កំពង់ធំ", name_latin="Kampong Thom"):
    return Area.objects.get_or_create(
        code=code, defaults={"name": name, "name_latin": name_latin, "level": len(code) // 2}
    )[0]


def make_institution(parent=None, kind=Institution.Kind.SCHOOL, **facts):
    """An institution below the parent, or a ministry at the root."""
    count = number()
    facts = {
        "code": f"inst-{count}",
        "name": f"ស្ថាប័នទី {count}",
        "name_latin": f"Institution {count}",
        **facts,
    }
    if parent is None:
        return Institution.add_root(kind=Institution.Kind.MINISTRY, **facts)
    return Institution.objects.get(pk=parent.pk).add_child(kind=kind, **facts)


def make_sector(slug="education", **facts):
    return Sector.objects.get_or_create(
        slug=slug, defaults={"name": "បុគ្គលិកអប់រំ", "name_latin": "Education staff", **facts}
    )[0]


def make_position(sector=None, slug="teacher", **facts):
    return Position.objects.get_or_create(
        sector=sector or make_sector(), slug=slug, defaults={"name": "គ្រូបង្រៀន", "name_latin": "Teacher", **facts}
    )[0]


def make_person(at=None, **facts):
    """A person without a post."""
    count = number()
    facts = {
        "name": f"សុខ ចាន់ {count}",
        "name_latin": f"Sok Chan {count}",
        "sex": "F",
        "birth_date": datetime.date(1990, 1, 1),
        **facts,
    }
    return register.add_person(at=at or moment(), by=None, **facts)


def make_post(person=None, institution=None, position=None, starts_on=TODAY, at=None, **facts):
    """A post that begins on the day; the apps above hear of it as in the product."""
    return register.open_post(
        person=person or make_person(at=at),
        institution=institution or make_institution(),
        position=position or make_position(),
        starts_on=starts_on,
        at=at or moment(starts_on),
        by=None,
        staff_number=facts.pop("staff_number", str(1000 + number())),
        **facts,
    )


def make_role(kind=Role.Kind.HR, institution=None, user=None, area=None, starts_on=None):
    """A role that holds, and its account as role.user."""
    return register.grant_role(
        user=user or make_user(),
        kind=kind,
        institution=None if area else institution or make_institution(),
        area=area,
        starts_on=starts_on or TODAY - datetime.timedelta(days=900),
        at=moment(TODAY - datetime.timedelta(days=900)),
        by=None,
    )


def scope_of(user, day=TODAY):
    return Scope.for_user(user, day)


def give_account(person):
    """A login for the person, named by a fresh number."""
    user = make_user(username=f"9{number():06d}")
    person.user = user
    person.save(update_fields=["user"])
    return user


def locale(language):
    return Locale.objects.get_or_create(language_code=language)[0]


def root_page():
    root = Page.objects.filter(depth=1).first()
    if root is None:
        locale("km")
        root = Page.add_root(title="Root", slug="root", locale=locale("km"))
    return root


def make_regime(slug="civil-service"):
    regime, created = Regime.objects.get_or_create(
        slug=slug, defaults={"name": "មន្ត្រីរាជការ", "name_latin": "Civil service"}
    )
    if created:
        for order, (measure, effect) in enumerate(
            (("reprimand", "none"), ("suspension", "suspend"), ("dismissal", "revoke"))
        ):
            Measure.objects.create(
                regime=regime,
                slug=measure if slug == "civil-service" else f"{slug}-{measure}",
                order=order,
                name=f"វិធានការ {order}",
                name_latin=measure.title(),
                degree=1 if order == 0 else 2,
                authority="រដ្ឋមន្ត្រី",
                authority_latin="Minister",
                council_needed=order > 0,
                appeal_days=30,
                certificate_effect=effect,
            )
    return regime


def make_code(sector=None, owner=None, **facts):
    sector = sector or make_sector()
    existing = Code.objects.filter(sector=sector).first()
    if existing:
        return existing
    facts = {
        "slug": sector.slug,
        "name": f"ក្រមសីលធម៌{sector.name}",
        "name_latin": f"Code of {sector.name_latin}",
        **facts,
    }
    return Code.objects.create(sector=sector, owner=owner or make_institution(), regime=make_regime(), **facts)


def article(number=1, kind="duty", language="km", measures=(), topic="", heading=None, text=None):
    """The value of an article block."""
    words = {"km": ("មាត្រា", "អត្ថបទ"), "en": ("Heading", "Text")}[language]
    return {
        "number": str(number),
        "kind": kind,
        "topic": topic,
        "competence": "",
        "heading": heading or f"{words[0]} {number}",
        "text": text or f"{words[1]} {number}",
        "legal_basis": "",
        "measures": [
            {"seriousness": seriousness, "repetition": repetition, "measure": measure}
            for seriousness, repetition, measure in measures
        ],
    }


def default_articles(language="km"):
    return [
        article(1, "principle", language, topic="purpose"),
        article(
            2,
            "prohibition",
            language,
            measures=[("minor", "first", "reprimand"), ("grave", "first", "dismissal")],
            topic="non-violence",
        ),
        article(3, "reporting", language, topic="reporting"),
    ]


def make_code_page(code=None, language="km", articles=None, keys=None, **facts):
    """A code page below an index page of its language, with article keys equal in both languages."""
    code = code or make_code()
    for topic in ("purpose", "non-violence", "reporting"):
        Topic.objects.get_or_create(slug=topic, defaults={"name": topic, "name_latin": topic})
    index = CodeIndexPage.objects.filter(locale=locale(language)).first()
    if index is None:
        index = CodeIndexPage(title="Codes", slug=f"codes-{language}", locale=locale(language))
        root_page().add_child(instance=index)
    articles = articles or default_articles(language)
    keys = keys or [f"00000000-0000-4000-8000-{position:012d}" for position in range(1, len(articles) + 1)]
    page = CodePage(
        title=code.name if language == "km" else code.name_latin,
        slug=f"{code.slug}-{language}",
        code=code,
        locale=locale(language),
        preamble="បុព្វកថា" if language == "km" else "Preamble",
        articles=[{"type": "article", "id": key, "value": value} for key, value in zip(keys, articles, strict=True)],
        **facts,
    )
    index.refresh_from_db()
    index.add_child(instance=page)
    return page


def approve(page, by=None, at=None):
    """Save a revision of the page and pass it through a workflow as approved; returns the revision."""
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import GroupApprovalTask, TaskState, Workflow, WorkflowState, WorkflowTask

    revision = page.save_revision()
    task = GroupApprovalTask.objects.get_or_create(name="Review", defaults={"active": True})[0]
    workflow = Workflow.objects.get_or_create(name="Review", defaults={"active": True})[0]
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    content_type = ContentType.objects.get_for_model(page)
    state = WorkflowState.objects.create(
        workflow=workflow,
        base_content_type=ContentType.objects.get_for_model(Page),
        content_type=content_type,
        object_id=str(page.pk),
        status=WorkflowState.STATUS_APPROVED,
    )
    TaskState.objects.create(
        workflow_state=state, task=task, revision=revision, status=TaskState.STATUS_APPROVED, finished_at=moment()
    )
    return revision


def make_edition(code=None, day=None, languages=("km", "en"), by=None, change_class="substantive", at=None, **facts):
    """An edition in force since the day (a year ago by default), adopted through review as in the product."""
    code = code or make_code()
    day = day or TODAY - datetime.timedelta(days=365)
    pages = {page.locale.language_code: page for page in CodePage.objects.filter(code=code).select_related("locale")}
    for language in languages:
        if language not in pages:
            pages[language] = make_code_page(code, language)
        pages[language].save_revision()
    edition = code_actions.adopt_edition(
        revision=approve(pages["km"]),
        instrument="ប្រកាស",
        instrument_latin="Prakas",
        instrument_number="001",
        signatory="រដ្ឋមន្ត្រី",
        signatory_latin="Minister",
        adopted_on=day,
        in_force_from=day,
        change_class=change_class,
        at=at or moment(day, 8),
        by=by or make_user(),
        **facts,
    )
    return Edition.objects.get(pk=edition.pk)


def make_course(slug=None, lessons=2, questions=4, draw=3, code=None):
    """A course with lessons, both languages of every page, and a quiz whose right option is always "a"."""
    slug = slug or f"course-{number()}"
    course = Course.objects.create(slug=slug, name=f"វគ្គ {slug}", name_latin=f"Course {slug}")
    Quiz.objects.create(course=course, draw=draw, pass_percent=60)
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
    from courses.models import Enrolment, Lesson

    at, user = moment(day), enrolment.person.user
    for lesson in Lesson.objects.filter(pk__in=enrolment.lesson_ids):
        course_actions.complete_lesson(enrolment=enrolment, lesson=lesson, at=at, by=user)
    attempt = course_actions.start_attempt(enrolment=enrolment, at=at, rng=random.Random(seed))
    for question in attempt.questions.all():
        course_actions.save_answer(attempt=attempt, position=question.position, option_id="a" if right else "b", at=at)
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


def make_case(world, person=None, officer=None, day=TODAY, article_number="2", **facts):
    """An allegation recorded on the day, the incident a week before, at the world's school."""
    from discipline.actions import open_case
    from discipline.models import Case

    person = person or make_post(institution=world["school"], starts_on=day - datetime.timedelta(days=100)).person
    facts = {
        "article": world["edition"].articles.get(number=article_number),
        "incident_on": day - datetime.timedelta(days=7),
        "seriousness": "minor",
        "repetition": "first",
        "sexual_abuse": False,
        "allegation": "ការអះអាង",
        "institution": world["school"],
        **facts,
    }
    case = open_case(person=person, at=moment(day), by=officer or make_user(), **facts)
    return Case.objects.get(pk=case.pk)


def take_steps(case, *kinds, officer=None, day=TODAY):
    """Record ordinary steps of a case, all on one day; returns the last one."""
    from discipline.actions import add_stage

    officer = officer or case.opened_by
    for kind in kinds:
        ends_on = day + datetime.timedelta(days=30) if kind == "precautionary" else None
        stage = add_stage(
            case=case, kind=kind, on_day=day, reason=f"Reason for {kind}", ends_on=ends_on, at=moment(day), by=officer
        )
    return stage


def adopt(revision, at=None, by=None, **facts):
    """Make law of a revision on TODAY, with an instrument for what does not matter."""
    return code_actions.adopt_edition(
        **{
            "revision": revision,
            "instrument": "ប្រកាស",
            "instrument_latin": "Prakas",
            "instrument_number": "002",
            "signatory": "រដ្ឋមន្ត្រី",
            "signatory_latin": "Minister",
            "adopted_on": TODAY,
            "in_force_from": TODAY,
            "change_class": "substantive",
            "at": at or moment(),
            "by": by or make_user(),
            **facts,
        }
    )
