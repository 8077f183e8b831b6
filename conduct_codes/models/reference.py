from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from institutions.models import Institution, Sector
from institutions.models.places import TwoScriptName


class Topic(TwoScriptName):
    """What an article is about, so that the codes of two sectors can be compared."""

    slug = models.SlugField(_("short name"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self):
        return self.slug


class Regime(ClusterableModel, TwoScriptName):
    """The law of discipline of a corps; its measures are data, to be confirmed by the legal office."""

    slug = models.SlugField(_("short name"), unique=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    note_latin = models.CharField(_("note in Latin letters"), max_length=300, blank=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("disciplinary regime")
        verbose_name_plural = _("disciplinary regimes")

    def __str__(self):
        return self.slug


class Measure(TwoScriptName):
    """A disciplinary measure of a regime: how heavy, who decides, what may follow."""

    class CertificateEffect(models.TextChoices):
        NONE = "none", _("No effect on certificates")
        SUSPEND = "suspend", _("Suspends certificates")
        REVOKE = "revoke", _("Revokes certificates")

    regime = ParentalKey(Regime, on_delete=models.PROTECT, related_name="measures")
    slug = models.SlugField(_("short name"), unique=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    degree = models.PositiveSmallIntegerField(_("degree"))
    authority = models.CharField(_("authority that decides"), max_length=200)
    authority_latin = models.CharField(_("authority in Latin letters"), max_length=200)
    procedure = models.CharField(_("procedure"), max_length=300, blank=True)
    procedure_latin = models.CharField(_("procedure in Latin letters"), max_length=300, blank=True)
    decide_within_days = models.PositiveSmallIntegerField(_("days to decide"), default=0)
    council_needed = models.BooleanField(_("opinion of the disciplinary council needed"), default=False)
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), default=0)
    appeal_to = models.CharField(_("authority that hears the appeal"), max_length=200, blank=True)
    appeal_to_latin = models.CharField(_("authority of appeal in Latin letters"), max_length=200, blank=True)
    expunged_after_months = models.PositiveSmallIntegerField(
        _("removed from the file after months"), null=True, blank=True
    )
    certificate_effect = models.CharField(
        _("effect on certificates"), max_length=8, choices=CertificateEffect, default=CertificateEffect.NONE
    )

    class Meta:
        ordering = ["regime", "order"]
        verbose_name = _("measure")
        verbose_name_plural = _("measures")

    def __str__(self):
        return self.slug


def printed_measure(measure, language):
    """What the text of an article in this language prints for a measure, of a regime or copied by an edition."""
    official = language == "km"
    return {
        "name": measure.name if official else measure.name_latin,
        "authority": measure.authority if official else measure.authority_latin,
        "council": measure.council_needed,
        "procedure": measure.procedure if official else measure.procedure_latin,
        "decide_within_days": measure.decide_within_days,
        "appeal_days": measure.appeal_days,
        "appeal_to": measure.appeal_to if official else measure.appeal_to_latin,
    }


class CodeQuerySet(models.QuerySet):
    def owned_under(self, scope, *kinds):
        """Codes whose owner lies in an institution in which the viewer has a role of one of these kinds."""
        return self.filter(scope.acting_as(*kinds).names_condition("owner__path"))

    def adoptable_by(self, scope):
        """Codes whose owner lies in an institution for which the viewer is the adopting authority."""
        return self.filter(scope.acting_as("adopter").names_condition("owner__path"))


class Code(TwoScriptName):
    """The code of conduct of a sector: the fact that pages, editions and requirements point at."""

    slug = models.SlugField(unique=True)
    sector = models.OneToOneField(Sector, on_delete=models.PROTECT, related_name="code")
    owner = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="codes")
    regime = models.ForeignKey(Regime, on_delete=models.PROTECT, related_name="codes")
    review_months = models.PositiveSmallIntegerField(default=24)

    objects = CodeQuerySet.as_manager()

    class Meta:
        ordering = ["sector__order"]

    def __str__(self):
        return self.slug
