from django.db import models
from django.db.models import F, Q

from courses.models.catalogue import Course


class PrerequisiteSet(models.Model):
    """Courses that must be completed before a course begins: all of them, or so many of them."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="prerequisite_sets")
    need = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many of them; empty: all")

    class Meta:
        ordering = ["course", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(need__isnull=True) | Q(need__gte=1), name="prerequisite_set_needs_one")
        ]

    def __str__(self):
        return f"prerequisites {self.pk} of {self.course_id}"


class PrerequisiteCourseQuerySet(models.QuerySet):
    def of_courses(self, course_ids):
        """Rows of the sets of these courses with `of_course` and `need`, set by set, in the order of the courses."""
        rows = self.filter(group__course__in=course_ids).annotate(of_course=F("group__course"), need=F("group__need"))
        return rows.order_by("group", "course__order", "course__slug")

    def in_sets(self, course_id):
        """[(how many are needed or None for all, [courses])] of one course, in one query."""
        sets = {}
        for row in self.of_courses([course_id]).select_related("course"):
            sets.setdefault((row.group_id, row.need), []).append(row.course)
        return [(need, courses) for (_group, need), courses in sets.items()]


class PrerequisiteCourse(models.Model):
    """One course of a set."""

    group = models.ForeignKey(PrerequisiteSet, on_delete=models.CASCADE, related_name="rows")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="asked_by")

    objects = PrerequisiteCourseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "course"], name="prerequisite_course_once_in_a_set")]

    def __str__(self):
        return f"prerequisite {self.pk}"
