"""What a person has learned, for paper: courses, lessons, attempts, sessions, and what upper apps add.

The person sees everything. An HR unit sees what goes with the posts in its institutions, up to the last day of the last
of them: courses for every sector, and those of the sectors in which the person serves or served there.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.actions import MILESTONES
from courses.models import Attempt, Enrolment, LessonProgress, PriorLearning, Seat
from courses.models.catalogue import in_language
from courses.signals import TranscriptSection, transcript_asked
from courses.words import lesson_titles
from institutions import pdf
from institutions.models import Post
from institutions.templatetags.conduct import localdate, localnum, localtime

TEMPLATE = Path(__file__).parent / "typst" / "transcript.typ"
NOTHING = "–"


@dataclass(frozen=True)
class Transcript:
    """A person's learning as one viewer may read it, up to a day."""

    person: object
    day: date
    posts: list
    sections: list


def transcript_of(scope, person):
    """The transcript of a person whom the viewer sees by name, or of the viewer."""
    posts = Post.objects.of(person) if scope.person == person else Post.objects.visible_to(scope).of(person)
    posts = list(posts.filter(starts_on__lte=scope.today).select_related("institution", "position"))
    held = [post for post in posts if post.is_held_on(scope.today)]
    day = scope.today
    taken = Enrolment.objects.visible_to(scope).of(person)
    if scope.person != person:
        day = scope.today if held else max((post.ends_on for post in posts), default=scope.today)
        seen = Q(course__sector__isnull=True) | Q(course__sector__in={post.sector_id for post in posts})
        taken = taken.filter(seen, enrolled_on__lte=day)
    taken = list(taken.select_related("course").order_by("enrolled_on", "course__order", "cycle"))
    sections = [
        _courses(taken, day),
        _lessons(taken, day),
        _attempts(taken, day),
        _sessions(person, taken, day),
        _prior(taken, day),
    ]
    answers = transcript_asked.send(Enrolment, person=person, scope=scope, day=day)
    sections += [section for _receiver, section in answers if section]
    return Transcript(person, day, held or posts[-1:], [section for section in sections if section.rows])


def _until(moment, day):
    """A day or moment as text; nothing for what came later."""
    if moment is None:
        return NOTHING
    on = timezone.localdate(moment) if hasattr(moment, "hour") else moment
    return localdate(on) if on <= day else NOTHING


def _courses(taken, day):
    return TranscriptSection(
        title=_("Courses"),
        headings=(_("Course"), _("Begun"), _("Trained"), _("Passed"), _("Completed")),
        rows=[(row.course.label, *(_until(getattr(row, name), day) for name in MILESTONES)) for row in taken],
    )


def _lessons(taken, day):
    progress = LessonProgress.objects.filter(enrolment__in=taken, completed_at__isnull=False)
    done = {(row.enrolment_id, row.lesson_id): row for row in progress}
    titles = lesson_titles({pk for row in taken for pk in row.lesson_ids})
    rows = []
    for enrolment in taken:
        for pk in enrolment.lesson_ids:
            row = done.get((enrolment.pk, pk))
            if row and timezone.localdate(row.completed_at) <= day:
                title = in_language(titles[pk]) if pk in titles else _("Lesson")
                rows.append((enrolment.course.label, title, localdate(row.completed_at)))
    return TranscriptSection(_("Lessons read"), (_("Course"), _("Lesson"), _("Done")), rows)


def _attempts(taken, day):
    attempts = Attempt.objects.closed().filter(enrolment__in=taken).with_mark()
    attempts = attempts.select_related("enrolment__course").order_by("closed_at", "pk")
    rows = [
        (
            attempt.enrolment.course.label,
            localnum(attempt.number),
            localtime(attempt.closed_at),
            _("%(right)s of %(total)s") % {"right": localnum(attempt.right), "total": localnum(attempt.total)},
            _("Passed") if attempt.is_passed else _("Not passed"),
        )
        for attempt in attempts
        if timezone.localdate(attempt.closed_at) <= day
    ]
    return TranscriptSection(
        _("Quizzes"), (_("Course"), _("Try"), _("Handed in"), _("Right answers"), _("Result")), rows
    )


def _sessions(person, taken, day):
    """Sessions at which the person was present, of the courses that the viewer sees."""
    seats = Seat.objects.of(person).filter(session__course__in={row.course_id for row in taken}).with_presence()
    seats = seats.filter(present=True).select_related("session__course", "session__institution")
    rows = [
        (seat.session.course.label, localdate(seat.session.held_on), seat.session.institution.label)
        for seat in seats.order_by("session__begins_at")
        if seat.session.held_on <= day
    ]
    return TranscriptSection(_("Sessions attended"), (_("Course"), _("Day"), _("Organised by")), rows)


def _prior(taken, day):
    claims = PriorLearning.objects.filter(enrolment__in=taken, decision__accepted=True)
    claims = claims.select_related("enrolment__course", "decision").order_by("learned_on", "pk")
    rows = [
        (
            claim.enrolment.course.label,
            claim.what,
            localdate(claim.learned_on),
            localdate(claim.decision.decided_at),
        )
        for claim in claims
        if timezone.localdate(claim.decision.decided_at) <= day
    ]
    headings = (_("Course"), _("What was learned"), _("Learned on"), _("Accepted on"))
    return TranscriptSection(_("Earlier learning"), headings, rows)


def transcript_pdf(transcript, *, at, demonstration):
    """The transcript as PDF in the language of the page."""
    person = transcript.person
    inputs = {
        "language": get_language(),
        "demonstration": "yes" if demonstration else "",
        "words": {
            "title": _("Transcript of learning"),
            "name": person.name,
            "name-latin": person.name_latin,
            "posts": [f"{post.position.label} · {post.institution.label}" for post in transcript.posts],
            "day": _("As of %(day)s") % {"day": localdate(transcript.day)},
            "empty": _("Nothing has been learned yet."),
            "note": _("Drawn from the records of the site. It is no certificate: only a serial number can be checked."),
        },
        "sections": [
            {"title": section.title, "headings": list(section.headings), "rows": [list(row) for row in section.rows]}
            for section in transcript.sections
        ],
    }
    return pdf.render(TEMPLATE, inputs, at=at)
