"""Packages in the SCORM 1.2 format beside the text of a lesson, and what they report about a learner."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Lesson
from courses.models.learning import Enrolment
from institutions.models import Role

STATUSES = [
    ("not attempted", _("Not begun")),
    ("browsed", _("Looked at")),
    ("incomplete", _("Under way")),
    ("completed", _("Completed")),
    ("passed", _("Passed")),
    ("failed", _("Failed")),
]
DONE = ("completed", "passed")


def _editable(queryset, scope, path):
    if scope.user is not None and scope.user.is_superuser:
        return queryset
    return queryset.filter(
        scope.acting_as(Role.Kind.EDITOR).names_condition(f"{path}course__sector__code__owner__path")
    )


def lessons_editable_by(scope):
    """Lessons of the sectors for whose code the viewer edits, as with question banks; all of them for the owner."""
    return _editable(Lesson.objects.all(), scope, "")


class ScormPackageQuerySet(models.QuerySet):
    def editable_by(self, scope):
        """Packages of the lessons that the viewer edits."""
        return _editable(self, scope, "lesson__")

    def in_use(self):
        return self.filter(withdrawn_at__isnull=True)

    def newest_first(self):
        return self.order_by("lesson", "-number")


class ScormPackage(models.Model):
    """One upload, unpacked under the hash of its file; a changed package is a new row. Only withdrawing changes it."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveSmallIntegerField(help_text="Counts the uploads of a lesson")
    identifier = models.CharField(max_length=255, blank=True, help_text="As the manifest has it")
    title = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes of the file")
    entries = models.PositiveIntegerField(help_text="Files that were unpacked")
    unpacked_size = models.PositiveBigIntegerField()
    launch = models.CharField(max_length=500, help_text="Path of the first page")
    launch_query = models.CharField(max_length=500, blank=True)
    mastery_score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    has_frames = models.BooleanField(default=False, help_text="A page holds frames, whose pages cannot read each other")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ScormPackageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "number"], name="scorm_package_number_once")]

    def __str__(self):
        return f"package {self.lesson_id}/{self.number}"


class ScormStateQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(enrolment__person=person)

    def visible_to(self, scope):
        return self.filter(enrolment__in=Enrolment.objects.visible_to(scope))


class ScormState(models.Model):
    """What a package reported about one learner: self-reported, kept to go on with, proof of nothing.

    launch_key names the page that was opened last; an earlier one can no longer save.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="package_states")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="package_states")
    package = models.ForeignKey(ScormPackage, on_delete=models.PROTECT, related_name="states")
    launch_key = models.CharField(max_length=32)
    cmi = models.JSONField(default=dict, blank=True, help_text="Elements of courses.scorm.data_model, flat")
    status = models.CharField(max_length=13, choices=STATUSES, default="not attempted")
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    earlier_seconds = models.PositiveIntegerField(default=0, help_text="Time of the launches before this one")
    seconds = models.PositiveIntegerField(default=0, help_text="Time of this launch")
    updated_at = models.DateTimeField()

    objects = ScormStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="scorm_state_once"),
            models.CheckConstraint(
                condition=Q(status__in=[value for value, _label in STATUSES]), name="scorm_state_status"
            ),
        ]

    def __str__(self):
        return f"package state {self.pk}"

    @property
    def is_done(self):
        return self.status in DONE

    @property
    def total_seconds(self):
        return self.earlier_seconds + self.seconds
