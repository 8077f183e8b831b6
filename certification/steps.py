"""The officer's task list: what each requirement still asks, in order, with the one next step."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from certification.models import Period
from certification.rules import HOLDS_CERTIFICATE
from conduct_codes.models import Edition, SignOff, SignRequest
from courses.models import Attempt, Lesson, LessonProgress
from courses.models.catalogue import in_language
from courses.opening import missing_of
from courses.rules import opens_after
from courses.tries import next_tries
from courses.words import lesson_titles
from institutions.templatetags.conduct import localtime


@dataclass
class Step:
    """One row of the task list; state is done, now, open, waiting, paused or optional.

    A paused step still leads to its page, which says why. seen_at is when its person looked at it last, unfinished.
    """

    title: str
    state: str
    hint: str = ""
    url: str = ""
    action: str = ""
    done_on: object = None
    minutes: int = 0
    seen_at: object = None
    course: int | None = None
    is_reported: bool = False


def _no_try_now(tries):
    """Why the quiz cannot be tried now, and what comes of it."""
    if tries.is_used_up:
        return _("All tries are used: your trainer can open more")
    return _("The next try opens on %(moment)s") % {"moment": localtime(tries.waits_until)}


@dataclass
class Plan:
    """A requirement as its person sees it: the status, the day it is due, the steps.

    newer is the edition in force where it came after signed, the person's last signature under the code.
    """

    period: Period
    steps: list = field(default_factory=list)
    signed: SignOff | None = None
    newer: Edition | None = None

    @property
    def requirement(self):
        return self.period.requirement

    @property
    def done(self):
        return sum(1 for step in self.steps if step.state == "done")

    @property
    def total(self):
        """How many steps are asked for: an optional one counts only once it is done."""
        return sum(1 for step in self.steps if step.state != "optional")

    @property
    def next_step(self):
        return next((step for step in self.steps if step.state == "now"), None)

    @property
    def is_met(self):
        return self.period.status in HOLDS_CERTIFICATE and self.next_step is None


def plans_of(person, day, at):
    """The person's plans, most urgent first, in a fixed number of queries."""
    periods = (
        Period.objects.of(person)
        .current_on(day)
        .bound_on(day)
        .with_status_on(day)
        .select_related("requirement__code__sector")
        .prefetch_related("evidence__enrolment__course__quiz", "evidence__sign_off__edition")
        .order_by("rank", "due_on", "pk")
    )
    plans = [Plan(period) for period in periods]
    facts = _Facts(person, plans, day, at)
    for plan in plans:
        plan.signed, plan.newer = facts.newer_than_signed(plan)
        plan.steps = [*facts.sign_steps(plan), *facts.course_steps(plan)]
        _mark_next(plan.steps)
    return plans


def _mark_next(steps):
    """The next step is the first open one; in the middle of lessons, the one that the person looked at last."""
    following = next((step for step in steps if step.state == "open"), None)
    if following and following.course is not None:
        begun = [step for step in steps if step.state == "open" and step.seen_at and step.course == following.course]
        following = max(begun, key=lambda step: step.seen_at, default=following)
    if following:
        following.state = "now"


class _Facts:
    """What the task list is built from, read once for all plans of a person."""

    def __init__(self, person, plans, day, at):
        enrolments = [row.enrolment for plan in plans for row in plan.period.evidence.all() if row.enrolment_id]
        lesson_ids = {lesson_id for enrolment in enrolments for lesson_id in enrolment.lesson_ids}
        self.titles = lesson_titles(lesson_ids)
        self.lessons = Lesson.objects.in_bulk(lesson_ids)
        rows = LessonProgress.objects.filter(enrolment__in=enrolments)
        self.progress = {(row.enrolment_id, row.lesson_id): row for row in rows}
        self.attempts = set(
            Attempt.objects.open().filter(enrolment__in=enrolments).values_list("enrolment_id", flat=True)
        )
        self.tries = next_tries(
            [enrolment for enrolment in enrolments if enrolment.trained_on and not enrolment.passed_on], at
        )
        self.missing = missing_of(enrolments)
        requests = SignRequest.objects.of(person).open_on(day).select_related("edition").order_by("-due_on")
        self.requests = {request.edition.code_id: request for request in requests}
        codes = {plan.requirement.code_id for plan in plans}
        in_force = Edition.objects.in_force_on(day).filter(code__in=codes).select_related("code")
        self.in_force = {edition.code_id: edition for edition in in_force}
        signed = SignOff.objects.of(person).select_related("edition").order_by("signed_at")
        self.signed = {sign_off.edition.code_id: sign_off for sign_off in signed}

    def newer_than_signed(self, plan):
        """What the person last signed of the plan's code, and the edition in force if that came after it."""
        signed, in_force = (found.get(plan.requirement.code_id) for found in (self.signed, self.in_force))
        newer = signed and in_force and in_force.number > signed.edition.number
        return (signed, in_force) if newer else (None, None)

    def sign_steps(self, plan):
        code_id = plan.requirement.code_id
        request, sign_off = self.requests.get(code_id), self.signed.get(code_id)
        if request:
            step = Step(_("Read the code and sign it"), "open", action=_("Read and sign"))
            step.url = reverse("conduct_codes:sign", args=[request.pk])
            return [step]
        if sign_off:
            step = Step(_("Read the code and sign it"), "done", done_on=sign_off.signed_on)
            step.hint = _("Edition %(number)s") % {"number": sign_off.edition.number}
            step.url = reverse("conduct_codes:receipt", args=[sign_off.receipt])
            return [step]
        return []

    def course_steps(self, plan):
        steps = []
        for row in plan.period.evidence.all():
            if row.enrolment_id:
                steps += self._steps_of(row.enrolment)
        return steps

    def _steps_of(self, enrolment):
        done = {pk for pk in enrolment.lesson_ids if self._completed_at(enrolment, pk)}
        steps = [self._lesson_step(enrolment, lesson_id, done) for lesson_id in enrolment.lesson_ids]
        if self.missing[enrolment.pk]:
            self._hold_back(enrolment, steps)
        return [*steps, self._quiz_step(enrolment)]

    def _hold_back(self, enrolment, steps):
        """Another course comes first: the first lesson leads to the page that names it, the others wait."""
        unread = [step for step in steps if step.state == "open" and not step.seen_at]
        for place, step in enumerate(unread):
            step.minutes = 0
            if place:
                step.state = "waiting"
                continue
            courses = [course.label for each in self.missing[enrolment.pk] for course, _taken in each.courses]
            step.hint = _("Another course comes first: %(courses)s") % {"courses": ", ".join(courses)}
            step.action = _("See what comes first")

    def _completed_at(self, enrolment, lesson_id):
        progress = self.progress.get((enrolment.pk, lesson_id))
        return progress.completed_at if progress else None

    def _lesson_step(self, enrolment, lesson_id, done):
        lesson, optional = self.lessons[lesson_id], lesson_id in enrolment.optional_ids
        progress = self.progress.get((enrolment.pk, lesson_id))
        completed = self._completed_at(enrolment, lesson_id)
        read = completed or (None if optional else enrolment.trained_on)  # in a session, or elsewhere
        step = Step(
            in_language(self.titles[lesson_id]) if lesson_id in self.titles else _("Lesson"),
            "done" if read else "optional" if optional else "open",
            url=reverse("courses:lesson", args=[enrolment.pk, lesson.slug]),
            done_on=read,
            minutes=0 if read else lesson.minutes,
            is_reported=bool(completed) and progress.basis == LessonProgress.Basis.REPORTED,
            action=_("Continue") if progress else _("Start the lesson"),
            seen_at=None if read or not progress else progress.seen_at or progress.opened_at,
            course=enrolment.pk,
        )
        is_closed = step.state == "open" and not progress and enrolment.is_ordered
        if is_closed and opens_after(enrolment.lesson_ids, done, lesson_id, optional=enrolment.optional_ids):
            step.state, step.minutes, step.hint = "waiting", 0, _("Opens after the lessons before it")
        return step

    def _quiz_step(self, enrolment):
        quiz = enrolment.course.quiz
        step = Step(_("Quiz: %(course)s") % {"course": enrolment.course.label}, "open")
        step.url = reverse("courses:quiz", args=[enrolment.pk])
        step.action = _("Go on with the quiz") if enrolment.pk in self.attempts else _("Take the quiz")
        if enrolment.passed_on:
            step.state, step.done_on = "done", enrolment.passed_on
        elif enrolment.trained_on is None:
            step.state = "waiting"
            step.hint = _("Opens when every lesson is finished")
        elif enrolment.pk not in self.attempts and not self.tries[enrolment.pk].may_start:
            step.state = "paused"
            step.hint = _no_try_now(self.tries[enrolment.pk])
        else:
            step.hint = _("%(draw)s questions, %(percent)s%% to pass") % {
                "draw": quiz.draw,
                "percent": quiz.pass_percent,
            }
        return step
