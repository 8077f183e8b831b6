from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from institutions.models.people import Person


class CorrectionRequestQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Requests of people whom the viewer sees by name."""
        return self.filter(Exists(Person.objects.visible_to(scope).filter(pk=OuterRef("person_id"))))

    def open(self):
        return self.filter(answer__isnull=True)

    def of(self, person):
        return self.filter(person=person)


class CorrectionRequest(models.Model):
    """A person says that the register is wrong about them; HR answers, visibly."""

    class Field(models.TextChoices):
        NAME = "name", _("My name")
        SEX_OR_BIRTH = "sex-or-birth", _("My sex or date of birth")
        STAFF_NUMBER = "staff-number", _("My staff number")
        POST = "post", _("My post or institution")
        OTHER = "other", _("Something else")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="correction_requests")
    field = models.CharField(_("What is wrong?"), max_length=20, choices=Field)
    message = models.TextField(_("What should it say?"), max_length=1000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["made_at"]

    def __str__(self):
        return f"correction request {self.pk}"


class CorrectionAnswer(models.Model):
    """What HR did about it; one answer to one request."""

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", _("Corrected")
        UNCHANGED = "unchanged", _("Not changed")

    request = models.OneToOneField(CorrectionRequest, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(_("Outcome"), max_length=12, choices=Outcome)
    message = models.TextField(_("Answer"), max_length=1000)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    def __str__(self):
        return f"correction answer {self.pk}"
