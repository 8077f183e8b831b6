"""What a learner takes along without a link: the lessons, and an open attempt without its key."""

import json
import uuid

from django.core import signing
from django.db.models import TextField
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.answer_forms import answer_form
from courses.models import Attempt, LessonPage
from courses.models.catalogue import in_language, language_of
from courses.question_types import Type, steps
from institutions.templatetags.conduct import localtime

SALT = "courses.offline"


def owner_key(user):
    """The same unreadable word for one account at every login: whose copies a phone holds, without saying who it is."""
    return salted_hmac(SALT, str(user.pk)).hexdigest()[:32]


def kilobytes(enrolment):
    """About how much the lessons take on a phone; one query."""
    pages = LessonPage.objects.live().filter(lesson__in=enrolment.lesson_ids, locale__language_code=get_language())
    stored = pages.values_list(Cast("body", TextField()), Cast("remember", TextField()))
    # Read once more, because one database writes a Khmer letter as six signs and another as it is.
    texts = [json.dumps(json.loads(text), ensure_ascii=False) for row in stored for text in row if text]
    return max(1, round(sum(len(text.encode()) for text in texts) / 1024))


def copy_of(enrolment, *, owner, at):
    """Everything that reading a course without a link needs, ready for JSON, in the language of the page."""
    attempt = Attempt.objects.open().filter(enrolment=enrolment).first()
    goes_along = attempt is not None and attempt.due_at is None
    return {
        "enrolment": enrolment.pk,
        "owner": owner,
        "course": enrolment.course.label,
        "language": get_language(),
        "saved": localtime(at),
        "lessons": _lessons(enrolment, timezone.localdate(at)),
        "attempt": _attempt(attempt, at) if goes_along else None,
        "why_no_attempt": "" if goes_along else _why_not(enrolment, attempt),
        "addresses": {
            "copy": reverse("courses:offline_copy", args=[enrolment.pk]),
            "answers": reverse("courses:offline_answers", args=[enrolment.pk]),
            "quiz": reverse("courses:quiz", args=[enrolment.pk]),
            "check": reverse("courses:quiz_check", args=[enrolment.pk]),
        },
    }


def _lessons(enrolment, day):
    def parts_of(page):
        return page.parts(person=enrolment.person, day=day)

    by_lesson = {}
    for page in LessonPage.objects.live().filter(lesson__in=enrolment.lesson_ids).select_related("locale", "lesson"):
        by_lesson.setdefault(page.lesson_id, {})[page.locale.language_code] = page
    found = [by_lesson[pk] for pk in enrolment.lesson_ids if pk in by_lesson]
    shown = [pages[language_of(pages)] for pages in found]
    return [
        {
            "title": page.title,
            "language": page.locale.language_code,
            "html": render_to_string("courses/_lesson_body.html", {"words": page, "parts": parts_of(page)}),
        }
        for page in shown
    ]


def _why_not(enrolment, attempt):
    if attempt is not None:
        return _("This quiz has a time limit, so it can only be taken with internet.")
    quiz = getattr(enrolment.course, "quiz", None)
    if enrolment.passed_on or quiz is None:
        return ""
    if quiz.minutes_allowed:
        return _("This quiz has a time limit, so it can only be taken with internet.")
    return _("Start the quiz while you have internet and save the course again; then you can answer without it.")


def _attempt(attempt, at):
    drawn = list(attempt.questions.select_related("version").order_by("position"))
    return {
        "number": attempt.number,
        "token": signing.dumps({"attempt": attempt.pk, "copy": uuid.uuid4().hex, "at": at.isoformat()}, salt=SALT),
        "questions": [_question(question) for question in drawn],
    }


def _question(question):
    """A drawn question as its page shows it: options by their place in this draw, no key and no feedback."""
    form = answer_form(question=question)
    context = {"form": form, "stem": question.version.stem, "question": question}
    template = form.inputs
    if question.version.type == Type.SCENARIO:
        template = "courses/answers/_scenario_whole.html"
        context["steps"] = _steps(question)
    return {
        "position": question.position,
        "title": in_language(question.version.stem),
        "is_answered": question.is_answered,
        "html": render_to_string(template, context),
    }


def _steps(question):
    """The steps of a scenario with the answers of each, and the number of the step to which an answer leads."""
    version = question.version
    numbers = {step["id"]: number for number, step in enumerate(steps(version))}
    chosen = set(question.answer or ())
    return [
        {
            "number": number,
            "text": step["text"],
            "choices": [
                {
                    "place": place,
                    "text": version.option(option_id)["text"],
                    "next": numbers.get(version.option(option_id).get("next")),
                    "chosen": option_id in chosen,
                }
                for place, option_id in enumerate(offered_in(question, step), start=1)
            ],
        }
        for number, step in enumerate(steps(version))
    ]


def offered_in(question, step):
    """The ids of the answers of one step of a scenario, in the order of this draw."""
    return [option_id for option_id in question.option_order if option_id in step["options"]]
