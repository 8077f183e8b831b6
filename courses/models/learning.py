from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Course, Lesson
from institutions.models import Person, Post, Role

OPEN_TRIES = (Role.Kind.HR, Role.Kind.REGISTRAR, Role.Kind.TRAINER)


class EnrolmentQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        """The viewer's own enrolments and those of people whom the viewer sees by name."""
        own = Q(person=scope.person) if scope.person else Q(pk__in=[])
        return self.filter(own | Exists(Person.objects.visible_to(scope).filter(pk=OuterRef("person_id"))))

    def answerable_by(self, scope, kinds=OPEN_TRIES):
        """Enrolments of people who serve today where the viewer has a role of these kinds; never the viewer's own."""
        acting = scope.acting_as(*kinds)
        posts = Post.objects.serving_on(scope.today).filter(acting.names_condition("institution__path"))
        others = self.exclude(person=scope.person) if scope.person else self
        return others.filter(Exists(posts.filter(person=OuterRef("person_id"))))

    def with_tries_used_up(self):
        """Enrolments whose person may start no further try and has not passed; annotated with tries, ended_at."""
        from courses.models.attempts import Attempt
        from courses.models.overrides import AttemptOverride

        closed = Attempt.objects.closed().filter(enrolment=OuterRef("pk")).order_by()
        given = AttemptOverride.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
        counted = closed.values("enrolment").annotate(count=Count("pk")).values("count")
        more = given.annotate(more=Sum("extra_attempts")).values("more")
        limited = self.filter(passed_on__isnull=True, course__quiz__attempts_allowed__isnull=False)
        return limited.annotate(
            tries=Coalesce(Subquery(counted), 0),
            allowed=F("course__quiz__attempts_allowed") + Coalesce(Subquery(more), 0),
            ended_at=Subquery(closed.order_by("-number").values("closed_at")[:1]),
        ).filter(tries__gte=F("allowed"))

    def with_pass_withdrawn(self):
        """Enrolments that were passed while, after a regrade, none of their attempts passes any more."""
        from courses.models.attempts import Attempt

        attempts = Attempt.objects.filter(enrolment=OuterRef("pk")).with_mark()
        lost = self.filter(passed_on__isnull=False).filter(Exists(attempts.filter(mark_number__gt=1)))
        return lost.exclude(Exists(attempts.filter(is_passed=True)))

    def open(self):
        return self.filter(completed_on__isnull=True)

    def most_urgent_first(self):
        """What was begun first comes first, then what was asked first."""
        return self.order_by(F("started_on").asc(nulls_last=True), "enrolled_on", "course__order", "pk")


class Enrolment(models.Model):
    """A person takes a course, once a cycle, with the list of lessons as it was at the start."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    cycle = models.PositiveSmallIntegerField(default=1)
    lesson_ids = models.JSONField(help_text="Lessons in order, kept from the day of enrolment")
    enrolled_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True, help_text="Every lesson completed")
    passed_on = models.DateField(null=True, blank=True, help_text="Quiz passed for the first time")
    completed_on = models.DateField(null=True, blank=True, help_text="Trained and passed")

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "cycle"], name="enrolment_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(completed_on__isnull=True) | Q(trained_on__isnull=False, passed_on__isnull=False),
                name="enrolment_completed_when_trained_and_passed",
            ),
        ]

    def __str__(self):
        return f"enrolment {self.pk}"

    def lessons(self):
        """The lessons that the enrolment began with, in their order then; one query."""
        found = Lesson.objects.in_bulk(self.lesson_ids)
        return [found[pk] for pk in self.lesson_ids if pk in found]


class LessonProgress(models.Model):
    """When a lesson was opened and completed under an enrolment, and what the completion rests on."""

    class Basis(models.TextChoices):
        READ = "read", _("Read")
        REPORTED = "reported", _("Self-reported")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.READ)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_progress_once")]

    def __str__(self):
        return f"progress {self.pk}"
