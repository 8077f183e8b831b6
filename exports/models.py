"""What left: each file with its scope, its filters, its rows and its SHA-256."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from institutions.models import Institution
from jobs.models import Job


class ExportQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """The viewer's own exports only: a link works for nobody else."""
        return self.filter(by=scope.user) if scope.user else self.none()


class Export(models.Model):
    """One file made of the register: who asked for what, and what it held."""

    class What(models.TextChoices):
        ROSTER = "roster", _("Roster")
        COVERAGE = "coverage", _("Coverage figures")
        SIGNATURES = "signatures", _("Figures of signatures")

    what = models.CharField(max_length=10, choices=What)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    filters = models.JSONField(default=dict)
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="export")
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"export {self.pk}"
