"""Enrolments and lessons: what moves a person from enrolled to trained."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Enrolment, Lesson, LessonProgress
from courses.signals import course_completed, learning_moved

MILESTONES = ["started_on", "trained_on", "passed_on", "completed_on"]


class LearningRefused(Exception):
    """The step cannot be taken now; str() says what to do first."""


class AttemptClosed(LearningRefused):
    """The attempt has been handed in meanwhile."""


class TimeIsUp(AttemptClosed):
    """The time of the attempt and its grace are over; what came now is kept as late."""


def enrol(*, person, course, day, not_completed_before=None):
    """The enrolment under which the person takes the course now.

    An open one is continued; one completed on or after not_completed_before still serves (None: any completed one
    does); else a new cycle begins with today's list of lessons.
    """
    latest = Enrolment.objects.filter(person=person, course=course).order_by("-cycle").first()
    if latest and latest.completed_on is None:
        return latest
    if latest and (not_completed_before is None or latest.completed_on >= not_completed_before):
        return latest
    return Enrolment.objects.get_or_create(
        person=person,
        course=course,
        cycle=latest.cycle + 1 if latest else 1,
        defaults={
            "lesson_ids": list(Lesson.objects.filter(course=course).order_by("order").values_list("pk", flat=True)),
            "enrolled_on": day,
        },
    )[0]


@transaction.atomic
def open_lesson(*, enrolment, lesson, at, by):
    """Note that the lesson was opened; the first lesson starts the enrolment. Safe to repeat."""
    hold(enrolment)
    return _open(enrolment, lesson, at=at, by=by)


@transaction.atomic
def complete_lesson(*, enrolment, lesson, at, by, basis=LessonProgress.Basis.READ):
    """Note that the lesson is done; the last one makes the person trained in the course. Safe to repeat.

    basis says what the completion rests on: the first one stays.
    """
    hold(enrolment)
    progress = _open(enrolment, lesson, at=at, by=by)
    if progress.completed_at is None:
        progress.completed_at, progress.basis = at, basis
        progress.save(update_fields=["completed_at", "basis"])
    note_trained(enrolment, at=at, by=by)
    return progress


def remaining_lessons(enrolment):
    """Ids of the enrolment's lessons that are not completed, in order."""
    done = set(enrolment.progress.filter(completed_at__isnull=False).values_list("lesson_id", flat=True))
    return [lesson.pk for lesson in enrolment.lessons() if lesson.pk not in done]


def hold(enrolment):
    """Lock the enrolment and read its days anew: whatever else moves it now waits for this transaction."""
    enrolment.refresh_from_db(fields=MILESTONES, from_queryset=Enrolment.objects.select_for_update())


def _open(enrolment, lesson, *, at, by):
    if lesson.pk not in enrolment.lesson_ids:
        raise LearningRefused(_("This lesson is not part of your course."))
    progress, _created = LessonProgress.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"opened_at": at}
    )
    if enrolment.started_on is None:
        enrolment.started_on = timezone.localdate(at)
        enrolment.save(update_fields=["started_on"])
        learning_moved.send(Enrolment, enrolment=enrolment, at=at, by=by)
    return progress


def note_trained(enrolment, *, at, by):
    """Date the moment when every lesson is completed, once; the enrolment is held."""
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
