"""Listening to the register: whether people whom an import brought have learned, and forgetting who has not."""

from django.utils.translation import gettext as _

from courses.models import Attempt, Enrolment, LessonProgress, PriorLearning, Seat
from institutions.signals import Touched, import_undo_proposed, people_forgotten


def name_learning(sender, people, since, **kwargs):
    """What people whom an import brought or moved have learned, or were given a place for, since."""
    progress = LessonProgress.objects.filter(enrolment__person__in=people, opened_at__gte=since)
    attempts = Attempt.objects.filter(enrolment__person__in=people, opened_at__gte=since)
    learners = {
        *progress.values_list("enrolment__person", flat=True),
        *attempts.values_list("enrolment__person", flat=True),
    }
    seats = Seat.objects.filter(person__in=people, added_at__gte=since).values_list("person", flat=True)
    prior = PriorLearning.objects.filter(person__in=people, claimed_at__gte=since).values_list("person", flat=True)
    return [
        *(Touched(person, _("The person has begun to learn since.")) for person in sorted(learners)),
        *(Touched(person, _("The person has a place in a session since.")) for person in seats),
        *(Touched(person, _("Evidence of earlier learning was brought in since.")) for person in prior),
    ]


def forget_enrolments(sender, people, **kwargs):
    """The enrolments that opened by themselves for people who are about to be deleted."""
    Enrolment.objects.filter(person__in=people).delete()


def connect():
    import_undo_proposed.connect(name_learning, dispatch_uid="courses.name_learning")
    people_forgotten.connect(forget_enrolments, dispatch_uid="courses.forget_enrolments")
