from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from institutions.models.people import Person

COUNTED_PERSON = Coalesce("person__merged_into_id", "person_id")
"""For rows with a person: the id of the row under which this human counts."""


def rows_of(person):
    """The condition on what was signed or issued under the person's row, or under one that was merged into it.

    None is nobody, and has no rows.
    """
    if person is None:
        return Q(pk__in=[])
    return Q(person=person) | Q(person__merged_into=person)


def is_of(person, viewer):
    """True if the viewer is the human of the person's row; nobody is, who has no row."""
    return viewer is not None and viewer.pk in (person.pk, person.merged_into_id)


def same_human(field):
    """Inside a subquery: the rows of the human whose counted row the outer query names in the field."""
    counted = OuterRef(OuterRef(field))
    return Person.objects.filter(Q(pk=counted) | Q(merged_into=counted)).values("pk")


def by_the_human(rows, field):
    """A condition: one of the rows is of the human whose counted row the outer query names in the field.

    Two plain equalities, which a database answers from an index or a hash; one condition that holds either would be
    tried for every pair of rows.
    """
    return Q(Exists(rows.filter(person=OuterRef(field)))) | Q(Exists(rows.filter(person__merged_into=OuterRef(field))))


class PersonMergeQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Merges and undone merges of people whom the viewer sees by name."""
        seen = Person.objects.visible_to(scope).filter(pk=OuterRef("kept_id"))
        return self.filter(Exists(seen))

    def standing(self):
        """Merges that nobody has undone."""
        return self.filter(undoes__isnull=True, undone_by__isnull=True)


class PersonMerge(models.Model):
    """Two rows of one human became one, or were parted again: who said so, when and why. Never changed."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_as_other")
    reason = models.CharField(max_length=300)
    closed_account = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("other")), name="merge_is_of_two_rows"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_a_reason"),
        ]

    def __str__(self):
        return f"merge {self.pk}"


class NotOneHuman(models.Model):
    """Two rows that look alike and are two humans: who said so, when and why. Never changed."""

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_one_human_in_order"),
            models.UniqueConstraint(fields=["first", "second"], name="not_one_human_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="not_one_human_has_a_reason"),
        ]

    def __str__(self):
        return f"not one human {self.pk}"
