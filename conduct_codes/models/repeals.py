from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language

from conduct_codes.models.editions import Edition


class RepealQuerySet(models.QuerySet):
    def ending(self, edition):
        """The repeals that end this edition, the first one first."""
        later = self.filter(edition__code=edition.code_id, edition__number__gte=edition.number)
        return later.order_by("edition__number")

    def effective_on(self, day):
        return self.filter(effective_on__lte=day)

    def standing_on(self, day):
        """The repeals of codes of which nothing is in force on the day because of them."""
        later = Edition.objects.filter(
            code=OuterRef("edition__code"), number__gt=OuterRef("edition__number"), in_force_from__lte=day
        )
        return self.effective_on(day).exclude(Exists(later))


class Repeal(models.Model):
    """A code is repealed without a successor: from a day on, no edition adopted so far is law. Never changed.

    It names the newest edition of its day; an edition adopted afterwards is in force like any other.
    """

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="repeal")
    instrument = models.CharField(max_length=120)
    instrument_latin = models.CharField(max_length=120)
    instrument_number = models.CharField(max_length=60)
    signatory = models.CharField(max_length=160)
    signatory_latin = models.CharField(max_length=160)
    decided_on = models.DateField()
    effective_on = models.DateField()
    reason = models.TextField()
    reason_latin = models.TextField()
    repealed_at = models.DateTimeField()
    repealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RepealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(effective_on__gte=F("decided_on")), name="repeal_not_retroactive")
        ]

    def __str__(self):
        return f"repeal {self.edition_id}"

    @property
    def instrument_label(self):
        return self.instrument if get_language() == "km" else self.instrument_latin

    @property
    def signatory_label(self):
        return self.signatory if get_language() == "km" else self.signatory_latin

    @property
    def reason_label(self):
        return self.reason if get_language() == "km" else self.reason_latin
