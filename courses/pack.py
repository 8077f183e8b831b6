"""A course on paper for rooms without a network: its lessons, the articles they cite, the way to its address."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from django.core.cache import cache
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from conduct_codes.citations import Reference, cite
from courses import printed_questions
from courses.lesson_parts import articles_cited
from courses.models import CoursePage, LessonPage, Question
from courses.printing import printed
from institutions import pdf, qr
from institutions.templatetags.conduct import localdate, localnum

TEMPLATE = Path(__file__).parent / "typst" / "pack.typ"
LAYOUT = 1  # raised when the layout changes, so that no cache keeps the old one
KEPT_SECONDS = 7 * 24 * 60 * 60


@dataclass(frozen=True)
class Pack:
    """What a PDF of a course is drawn from; the same contents give the same digest and the same bytes."""

    inputs: dict
    at: datetime

    @property
    def digest(self):
        text = json.dumps([LAYOUT, self.inputs, self.at.isoformat()], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def pdf(self):
        """The PDF, drawn once for its contents and kept."""
        key = f"course-pack:{self.digest}"
        content = cache.get(key)
        if content is None:
            content = pdf.render(TEMPLATE, self.inputs, at=self.at)
            cache.set(key, content, KEPT_SECONDS)
        return content


def course_page(slug):
    """The live page of a course in the language of the page, or None."""
    pages = CoursePage.objects.live().filter(course__slug=slug, locale__language_code=get_language())
    return pages.select_related("course").first()


def course_pack(page, *, day, address, with_questions=False, demonstration=False):
    """The course of a page with all its lessons; address makes a full address of a path."""
    lessons = list(LessonPage.objects.child_of(page).live().select_related("lesson").order_by("lesson__order"))
    newest = _newest([page, *lessons], day)
    parts = {lesson.pk: lesson.parts(person=None, day=day) for lesson in lessons}
    inputs = _frame(page, address, demonstration) | {
        "lessons": [
            _lesson(number, lesson, printed(parts[lesson.pk], address=address))
            for number, lesson in enumerate(lessons, start=1)
        ],
        "articles": _articles(page.course, [part for each in parts.values() for part in each], day),
        "questions": _questions(page.course, day) if with_questions else [],
        "key": [],
    }
    inputs["words"]["facts"] = [
        (_("Lessons"), localnum(len(lessons))),
        (_("Time"), _minutes(sum(lesson.lesson.minutes for lesson in lessons))),
        (_("As of"), localdate(newest)),
    ]
    return Pack(inputs, newest)


def trainer_sheet(page, *, day, address, demonstration=False):
    """The right answer of every question, numbered as in the pack with questions."""
    versions = printed_questions.questions_of(page.course, day)
    inputs = _frame(page, address, demonstration)
    inputs |= {"lessons": [], "articles": [], "questions": [], "key": printed_questions.with_key(versions)}
    inputs["words"]["title"] = _("Trainer's sheet: %(course)s") % {"course": page.title}
    inputs["words"]["summary"] = _("Holds every right answer. Keep it to yourself and destroy it after the session.")
    newest = max([version.written_at for version in versions], default=_newest([page], day))
    inputs["words"]["facts"] = [(_("Questions"), localnum(len(versions))), (_("As of"), localdate(newest))]
    return Pack(inputs, newest)


def _frame(page, address, demonstration):
    link = address(page.url)
    return {
        "language": get_language(),
        "qr": str(qr.svg(link)),
        "demonstration": "yes" if demonstration else "",
        "words": {
            "title": page.title,
            "summary": page.summary,
            "address": link.split("://", 1)[-1],
            "remember": _("Remember"),
            "articles": _("Articles that this course is about"),
            "questions": _("Questions"),
            "how": _("Answer alone, then talk about it. The quiz that counts is taken with one's own account."),
            "key": _("Right answers"),
            "answer": _("Answer"),
        },
    }


def _lesson(number, lesson, paragraphs):
    return {
        "label": _("Lesson %(number)s") % {"number": localnum(number)},
        "title": lesson.title,
        "minutes": _minutes(lesson.lesson.minutes),
        "paragraphs": paragraphs,
        "remember": [str(point.value) for point in lesson.remember],
    }


def _minutes(minutes):
    return ngettext("About %(shown)s minute", "About %(shown)s minutes", minutes) % {"shown": localnum(minutes)}


def _newest(pages, day):
    """When the newest of the pages was published; the day itself where none says."""
    published = [page.last_published_at or page.latest_revision_created_at for page in pages]
    return max(filter(None, published), default=datetime.combine(day, time(), tzinfo=UTC))


def _questions(course, day):
    return printed_questions.without_key(printed_questions.questions_of(course, day))


def _articles(course, parts, day):
    """The articles that questions and scenarios of the course name, code by code, in the order of their numbers."""
    tied = Question.objects.of_course(course.pk).in_use_on(day).filter(article_key__isnull=False)
    references = {Reference(code, key) for code, key in tied.values_list("code", "article_key")}
    found = {(cited.code, cited.key): cited for cited in cite(references, person=None, day=day).values()}
    found |= {(cited.code, cited.key): cited for cited in articles_cited(parts)}
    in_order = sorted(found.values(), key=lambda cited: (cited.code, len(cited.number), cited.number))
    return [
        {
            "label": _("Article %(number)s.") % {"number": localnum(cited.number)},
            "heading": cited.heading,
            "paragraphs": [line for line in cited.text.split("\n") if line.strip()],
            "language": cited.language,
        }
        for cited in in_order
    ]
