from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from institutions.models.people import Person, Post


class CorrectionRequestQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Requests made before the person left the viewer's institutions, or after a last post that was there."""
        mine = Post.objects.visible_to(scope).filter(person=OuterRef("person_id"), starts_on__lte=scope.today)
        held = mine.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("made_on")))
        later = Post.objects.filter(person=OuterRef("person_id")).filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on"))
        )
        return self.alias(made_on=TruncDate("made_at")).filter(Exists(held) | Exists(mine.exclude(Exists(later))))

    def answerable_by(self, scope):
        """Requests that the viewer may answer: nobody answers their own."""
        requests = self.visible_to(scope)
        return requests.exclude(person=scope.person) if scope.person else requests

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
