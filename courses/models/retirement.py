from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.models.catalogue import Course


class CourseRetirement(models.Model):
    """A course is taught no more from a day on, for a reason. Never changed; what was learned in it stays."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="retirement")
    retired_on = models.DateField()
    reason = models.TextField()
    retired_at = models.DateTimeField()
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="course_retired_with_a_reason")]

    def __str__(self):
        return f"retirement of {self.course_id}"
