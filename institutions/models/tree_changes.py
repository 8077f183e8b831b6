from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from institutions.models.places import Institution


class TreeChangeQuerySet(models.QuerySet):
    def about(self, institution):
        """What happened to the institution, and what others brought to it."""
        return self.filter(Q(institution=institution) | Q(other=institution, kind=TreeChange.Kind.MERGED))


class TreeChange(models.Model):
    """An institution was closed, moved or merged, from a day on. Rows are only ever added."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("Closed")
        MOVED = "moved", _("Moved")
        MERGED = "merged", _("Merged")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="tree_changes")
    kind = models.CharField(max_length=8, choices=Kind)
    from_day = models.DateField()
    before = models.ForeignKey(
        Institution, null=True, on_delete=models.PROTECT, related_name="+", help_text="The institution above until then"
    )
    other = models.ForeignKey(
        Institution,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The successor, or the institution above from then on",
    )
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = TreeChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-from_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other__isnull=False) | Q(kind="closed"), name="tree_change_leads_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(other=F("institution")), name="tree_change_leads_elsewhere"
            ),
            models.UniqueConstraint(
                fields=["institution"],
                condition=Q(kind__in=["closed", "merged"]),
                name="tree_change_ends_an_institution_once",
            ),
        ]

    def __str__(self):
        return f"{self.kind} institution:{self.institution_id}"
