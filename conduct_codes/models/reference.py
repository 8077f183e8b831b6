from django.db import models
from django.utils.translation import gettext_lazy as _
from institutions.models import Institution, Sector
from institutions.models.places import TwoScriptName


class Topic(TwoScriptName):
    """What an article is about, so that the codes of two sectors can be compared."""

    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self):
        return self.slug


class Regime(TwoScriptName):
    """The law of discipline of a corps; its measures are data, to be confirmed by the legal office."""

    slug = models.SlugField(unique=True)
    note = models.CharField(max_length=300, blank=True)
    note_latin = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return self.slug


class Measure(TwoScriptName):
    """A disciplinary measure of a regime: how heavy, who decides, what may follow."""

    class CertificateEffect(models.TextChoices):
        NONE = "none", _("No effect on certificates")
        SUSPEND = "suspend", _("Suspends certificates")
        REVOKE = "revoke", _("Revokes certificates")

    regime = models.ForeignKey(Regime, on_delete=models.PROTECT, related_name="measures")
    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    degree = models.PositiveSmallIntegerField()
    authority = models.CharField(max_length=200)
    authority_latin = models.CharField(max_length=200)
    council_needed = models.BooleanField(default=False)
    appeal_days = models.PositiveSmallIntegerField(default=0)
    expunged_after_months = models.PositiveSmallIntegerField(null=True, blank=True)
    certificate_effect = models.CharField(max_length=8, choices=CertificateEffect, default=CertificateEffect.NONE)

    class Meta:
        ordering = ["regime", "order"]

    def __str__(self):
        return self.slug


class Code(TwoScriptName):
    """The code of conduct of a sector: the fact that pages, editions and requirements point at."""

    slug = models.SlugField(unique=True)
    sector = models.OneToOneField(Sector, on_delete=models.PROTECT, related_name="code")
    owner = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="codes")
    regime = models.ForeignKey(Regime, on_delete=models.PROTECT, related_name="codes")
    review_months = models.PositiveSmallIntegerField(default=24)

    class Meta:
        ordering = ["sector__order"]

    def __str__(self):
        return self.slug
