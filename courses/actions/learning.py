"""Enrolments and lessons: what moves a person from enrolled to trained."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses import rules
from courses.models import Course, Enrolment, LessonProgress
from courses.opening import lesson_before, missing_first
from courses.signals import course_completed, learning_moved
from courses.terms import terms_of

MILESTONES = ["started_on", "trained_on", "passed_on", "completed_on"]


class LearningRefused(Exception):
    """The step cannot be taken now; str() says what to do first."""


class NotOpenYet(LearningRefused):
    """Another lesson or another course comes first."""


class AttemptClosed(LearningRefused):
    """The attempt has been handed in meanwhile."""


class TimeIsUp(AttemptClosed):
    """The time of the attempt and its grace are over; what came now is kept as late."""


def enrol(*, person, course, day, not_completed_before=None):
    """The enrolment under which the person takes the course now.

    An open one is continued; one completed on or after not_completed_before still serves (None: any completed one
    does); else a new cycle begins with today's list of lessons, their order and what must come first. Raises
    LearningRefused if the course is retired.
    """
    latest = Enrolment.objects.filter(person=person, course=course).order_by("-cycle").first()
    if latest and latest.completed_on is None:
        return latest
    if latest and (not_completed_before is None or latest.completed_on >= not_completed_before):
        return latest
    if not Course.objects.taught_on(day).filter(pk=course.pk).exists():
        raise LearningRefused(_("This course is taught no more."))
    return Enrolment.objects.get_or_create(
        person=person,
        course=course,
        cycle=latest.cycle + 1 if latest else 1,
        defaults={**terms_of([course])[course.pk], "enrolled_on": day},
    )[0]


@transaction.atomic
def open_lesson(*, enrolment, lesson, at, by):
    """Note that the lesson was opened or looked at again; the first lesson starts the enrolment. Safe to repeat.

    Raises NotOpenYet while an earlier lesson of the order or another course comes first.
    """
    hold(enrolment)
    progress = _open(enrolment, lesson, at=at, by=by)
    if progress.completed_at is None and progress.seen_at != at:
        progress.seen_at = at
        progress.save(update_fields=["seen_at"])
    return progress


@transaction.atomic
def complete_lesson(*, enrolment, lesson, at, by, basis=LessonProgress.Basis.READ):
    """Note that the lesson is done; the last one makes the person trained in the course. Safe to repeat.

    basis says what the completion rests on: the first one stays.
    """
    hold(enrolment)
    progress = _open(enrolment, lesson, at=at, by=by)
    if progress.completed_at is None:
        progress.completed_at, progress.basis = at, basis
        progress.seconds = rules.seconds_read(progress.opened_at, at)
        progress.save(update_fields=["completed_at", "basis", "seconds"])
    note_trained(enrolment, at=at, by=by)
    return progress


def remaining_lessons(enrolment):
    """Ids of the enrolment's required lessons that are not completed, in order."""
    done = set(enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True))
    return [lesson.pk for lesson in enrolment.lessons() if lesson.pk not in {*done, *enrolment.optional_ids}]


def hold(enrolment):
    """Lock the enrolment and read its days anew: whatever else moves it now waits for this transaction."""
    enrolment.refresh_from_db(fields=MILESTONES, from_queryset=Enrolment.objects.select_for_update())


def _open(enrolment, lesson, *, at, by):
    if lesson.pk not in enrolment.lesson_ids:
        raise LearningRefused(_("This lesson is not part of your course."))
    progress = enrolment.progress.filter(lesson=lesson).first()
    if progress is None:
        ask_what_comes_first(enrolment)
        if lesson_before(enrolment, lesson.pk):
            raise NotOpenYet(_("This lesson opens when the ones before it are done."))
        progress = LessonProgress.objects.create(enrolment=enrolment, lesson=lesson, opened_at=at, seen_at=at)
    if enrolment.started_on is None:
        enrolment.started_on = timezone.localdate(at)
        enrolment.save(update_fields=["started_on"])
        learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    return progress


def ask_what_comes_first(enrolment):
    """Raise NotOpenYet, naming them, while courses that the enrolment asks for first are not completed."""
    missing = missing_first(enrolment)
    if missing:
        names = ", ".join(course.label for each in missing for course, _taken in each.courses)
        raise NotOpenYet(_("Another course comes first: %(courses)s") % {"courses": names})


@transaction.atomic
def tick_lines(*, enrolment, lesson, offered, chosen, at, by):
    """Keep which of the offered lines of a checklist are ticked; lines of other checklists stay as they are."""
    hold(enrolment)
    progress = _open(enrolment, lesson, at=at, by=by)
    kept = [line for line in progress.ticks if line not in offered]
    progress.ticks = kept + [line for line in offered if line in chosen]
    progress.save(update_fields=["ticks"])
    return progress


def note_trained(enrolment, *, at, by):
    """Date the moment when every required lesson is completed, once; the enrolment is held."""
    if enrolment.trained_on is None and not remaining_lessons(enrolment):
        enrolment.trained_on = timezone.localdate(at)
        save_milestone(enrolment, "trained_on", at=at, by=by)


@transaction.atomic
def train_otherwise(*, enrolment, day, at, by):
    """Note that the person learned the content in another way than lesson by lesson, as of the day; safe to repeat."""
    hold(enrolment)
    if enrolment.trained_on is not None:
        return enrolment
    if enrolment.started_on is None:
        enrolment.started_on = day
        enrolment.save(update_fields=["started_on"])
    enrolment.trained_on = day
    save_milestone(enrolment, "trained_on", at=at, by=by)
    return enrolment


def save_milestone(enrolment, field, *, at, by):
    """Save a milestone that was just dated, complete the enrolment if it was the last one, and tell the apps above."""
    fields = [field]
    complete = enrolment.trained_on and enrolment.passed_on and enrolment.completed_on is None
    if complete:
        enrolment.completed_on = timezone.localdate(at)
        fields.append("completed_on")
    enrolment.save(update_fields=fields)
    learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    if complete:
        course_completed.send(Enrolment, enrolment=enrolment, at=at, by=by)
