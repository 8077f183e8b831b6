from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from courses.models.learning import Enrolment


class AttemptOverrideQuerySet(models.QuerySet):
    def answerable_by(self, scope):
        """Overrides of people whose tries the viewer may open."""
        return self.filter(Exists(Enrolment.objects.answerable_by(scope).filter(pk=OuterRef("enrolment_id"))))


class AttemptOverride(models.Model):
    """What one person is given beyond the quiz's own limits under one enrolment, by whom and why; they add up."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="overrides")
    extra_attempts = models.PositiveSmallIntegerField(_("more tries"), default=0)
    extra_minutes = models.PositiveSmallIntegerField(_("more minutes a try"), default=0)
    no_delay = models.BooleanField(_("no wait between tries"), default=False)
    due_on = models.DateField(_("other last day"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AttemptOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(extra_attempts__gt=0) | Q(extra_minutes__gt=0) | Q(no_delay=True) | Q(due_on__isnull=False),
                name="override_gives_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self):
        return f"override {self.pk}"
