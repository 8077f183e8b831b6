from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Course
from courses.models.learning import Enrolment
from institutions.matrix import Resource, kinds_reaching
from institutions.models import Institution, Person
from jobs.storage import private_storage

PLANNERS = kinds_reaching(Resource.SESSIONS)


def _people_condition(scope):
    """People whom the viewer sees by name as a trainer or as HR."""
    return Exists(Person.objects.visible_to(scope.acting_as(*PLANNERS)).filter(pk=OuterRef("person_id")))


class SessionQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Sessions that an institution of the viewer's holds, for its trainers and its HR units."""
        return self.filter(scope.acting_as(*PLANNERS).names_condition("institution__path"))

    def upcoming(self, at):
        """Sessions that have not ended and were not called off, the next one first."""
        return self.filter(cancelled_at__isnull=True, ends_at__gte=at).order_by("begins_at", "pk")

    def waiting_for_roll(self, at):
        """Sessions that are over and whose roll nobody has closed."""
        return self.filter(cancelled_at__isnull=True, roll_closed_at__isnull=True, ends_at__lt=at)


class Session(models.Model):
    """A course taught face to face: where, when, by whom, for how many."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="sessions")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    trainer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="taught_sessions")
    place = models.CharField(max_length=200)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seats_allowed = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    roll_closed_at = models.DateTimeField(null=True, blank=True)
    roll_closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="session_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(seats_allowed__gte=1), name="session_has_a_seat"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | Q(roll_closed_at__isnull=True),
                name="session_is_called_off_or_held",
            ),
        ]

    def __str__(self):
        return f"session {self.pk}"

    @property
    def held_on(self):
        """The day of the session, as the site counts days."""
        return timezone.localdate(self.begins_at)

    @property
    def is_open(self):
        """True while people and roll may still change."""
        return self.cancelled_at is None and self.roll_closed_at is None

    def has_begun(self, at):
        """True from half an hour before the time, when people come in."""
        return at >= self.begins_at - timedelta(minutes=30)


class SeatQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        """Seats of sessions that the viewer's institutions hold."""
        return self.filter(scope.acting_as(*PLANNERS).names_condition("session__institution__path"))

    def with_presence(self):
        """Each seat with `present`: what the latest entry of the roll says, None where there is none."""
        latest = RollEntry.objects.filter(seat=OuterRef("pk")).order_by("-number")
        return self.annotate(present=models.Subquery(latest.values("present")[:1]))


class Seat(models.Model):
    """A person expected at a session; the token is what the QR code on the attendance sheet holds."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="seats")
    token = models.CharField(max_length=16, unique=True)
    walk_in = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["session", "pk"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="seat_once_in_a_session")]

    def __str__(self):
        return f"seat {self.pk}"


class RollEntry(models.Model):
    """Whether somebody was there, as it was recorded. A correction is a further entry; the latest counts."""

    class Method(models.TextChoices):
        TICK = "tick", _("Ticked on the roll")
        SCAN = "scan", _("QR code of the sheet scanned")
        WORKBOOK = "workbook", _("Roll in Excel")

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="roll")
    number = models.PositiveSmallIntegerField()
    present = models.BooleanField()
    method = models.CharField(max_length=8, choices=Method)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["seat", "number"]
        constraints = [models.UniqueConstraint(fields=["seat", "number"], name="roll_entry_number_unique")]

    def __str__(self):
        return f"roll entry {self.pk}"


class PriorLearningQuerySet(models.QuerySet):
    def visible_to(self, scope):
        return self.filter(_people_condition(scope))

    def undecided(self):
        return self.filter(decision__isnull=True)


class PriorLearning(models.Model):
    """Somebody learned the content elsewhere: what, when, and the paper that shows it. A second person decides."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="prior_learning")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="prior_learning")
    learned_on = models.DateField()
    what = models.CharField(max_length=300)
    evidence = models.FileField(storage=private_storage, upload_to="prior-learning/%Y/")
    evidence_sha256 = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PriorLearningQuerySet.as_manager()

    class Meta:
        ordering = ["claimed_at", "pk"]

    def __str__(self):
        return f"prior learning {self.pk}"


class PriorLearningDecision(models.Model):
    """Whether the evidence counts, by somebody else than who brought it in."""

    claim = models.OneToOneField(PriorLearning, on_delete=models.PROTECT, related_name="decision")
    accepted = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return f"decision on {self.claim_id}"
