from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from courses import answers, attempt_rules
from courses.models.catalogue import QuestionVersion
from courses.models.learning import Enrolment


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Only the learner's own: others see the result, never the answers."""
        return self.filter(enrolment__person=scope.person) if scope.person else self.none()

    def open(self):
        return self.filter(closed_at__isnull=True)

    def closed(self):
        return self.filter(closed_at__isnull=False)

    def with_mark(self):
        """Annotated with what the newest mark says: mark_number, is_passed, right and total; None before the first."""
        newest = AttemptMark.objects.filter(attempt=OuterRef("pk")).order_by("-number")
        return self.annotate(
            mark_number=Subquery(newest.values("number")[:1]),
            is_passed=Subquery(newest.values("passed")[:1]),
            right=Subquery(newest.values("right")[:1]),
            total=Subquery(newest.values("total")[:1]),
        )

    def over_at(self, at):
        """Open attempts whose time and grace are over."""
        return self.open().filter(due_at__lt=at - attempt_rules.GRACE)


class Attempt(models.Model):
    """One try at a quiz. What was drawn is kept, so it can go on on another device and in the other language."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField(default=80, help_text="What the quiz asked when it was opened")
    due_at = models.DateTimeField(null=True, blank=True, help_text="When its time is over; empty: no time limit")
    was_late = models.BooleanField(default=False, help_text="Closed after its time and the grace for a lost link")

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["enrolment", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="attempt_number_unique"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(closed_at__isnull=True), name="attempt_one_open_at_a_time"
            ),
        ]

    def __str__(self):
        return f"attempt {self.pk}"

    @property
    def ended_at(self):
        """When it was handed in, or when its time was over if that was earlier; waits count from here."""
        return min(self.closed_at, self.due_at) if self.closed_at and self.due_at else self.closed_at

    def is_over_at(self, at):
        """True once the time and the grace for a lost link are over."""
        return attempt_rules.is_over(self.due_at, at)


class AttemptQuestion(models.Model):
    """A drawn question version, its order of options, and the answer given so far."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    option_order = models.JSONField()
    answer = models.JSONField(default=str, blank=True, help_text='As courses/answers.py has it; "" is none')
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attempt_position_unique"),
            models.UniqueConstraint(fields=["attempt", "version"], name="attempt_version_drawn_once"),
        ]

    def __str__(self):
        return f"{self.attempt_id}/{self.position}"

    @property
    def is_answered(self):
        """True if nothing is missing in the answer."""
        return answers.is_complete(self.version, self.answer)


class LateAnswer(models.Model):
    """An answer that came after the time and the grace: kept as it came, never marked."""

    question = models.ForeignKey(AttemptQuestion, on_delete=models.PROTECT, related_name="late_answers")
    answer = models.JSONField()
    came_at = models.DateTimeField()

    class Meta:
        ordering = ["question", "came_at"]

    def __str__(self):
        return f"late answer {self.pk}"


class AttemptMark(models.Model):
    """The mark of a closed attempt; a regrade adds another row, the latest counts."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="marks")
    number = models.PositiveSmallIntegerField(default=1)
    right = models.PositiveSmallIntegerField(help_text="Questions answered wholly right")
    points = models.DecimalField(max_digits=6, decimal_places=2, help_text="With the parts of those partly right")
    total = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    marked_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was marked again")
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["attempt", "number"]
        constraints = [models.UniqueConstraint(fields=["attempt", "number"], name="attempt_mark_unique")]

    def __str__(self):
        return f"mark {self.pk}"

    @property
    def has_parts(self):
        """True if some question was partly right, so that points say more than right answers do."""
        return self.points != self.right

    @property
    def percent(self):
        """Whole percent, never rounded up: a failed attempt must not show the pass mark."""
        return int(100 * self.points // self.total) if self.total else 0
