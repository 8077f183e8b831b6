from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Course, Lesson
from institutions.matrix import Resource, kinds_reaching
from institutions.models import Person, Post

OPEN_TRIES = kinds_reaching(Resource.ATTEMPTS, writing=True)


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

    def with_fast_lessons(self):
        """Each enrolment with `fast`: how many of its lessons were read in less than their minimum time."""
        rows = LessonProgress.objects.read_fast().filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
        return self.annotate(fast=Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0))

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
    optional_ids = models.JSONField(default=list, blank=True, help_text="Those of them that nobody must read")
    is_ordered = models.BooleanField(default=False, help_text="Whether they open one after the other")
    asks_first = models.JSONField(default=list, blank=True, help_text="[{need, courses}]: what must be completed first")
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

    @property
    def required_ids(self):
        """The lessons that training asks for, in order."""
        return [pk for pk in self.lesson_ids if pk not in self.optional_ids]


class LessonProgressQuerySet(models.QuerySet):
    def read_fast(self):
        """Lessons that were completed in less than their minimum time."""
        return self.filter(seconds__lt=F("lesson__min_minutes") * 60)


class LessonProgress(models.Model):
    """When a lesson was opened, last seen and completed under an enrolment, on what basis, and what was ticked."""

    class Basis(models.TextChoices):
        READ = "read", _("Read")
        REPORTED = "reported", _("Self-reported")

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Last looked at before it was completed")
    completed_at = models.DateTimeField(null=True, blank=True)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.READ)
    seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Between opening and completing, at most four hours; a sign, never a proof"
    )
    ticks = models.JSONField(default=list, blank=True, help_text="Ids of ticked lines of its checklists")

    objects = LessonProgressQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_progress_once")]

    def __str__(self):
        return f"progress {self.pk}"
