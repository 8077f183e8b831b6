from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from conduct_codes.models.signing import SignOff, SignRequest
from institutions.models import Institution, Person, Post


class RefusalQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        """Refusals of people whom the viewer sees by name."""
        return self.filter(Exists(Person.objects.visible_to(scope).filter(pk=OuterRef("person_id"))))

    def answerable_by(self, scope):
        """Those that the viewer may look into: nobody looks into their own."""
        refusals = self.visible_to(scope)
        return refusals.exclude(person=scope.person) if scope.person else refusals

    def standing_on(self, day):
        """Refused by the day and not cured by it: the person has signed nothing of that chain since.

        A signature of the very request always came after its refusal, also where the two pages were sent at one moment.
        """
        after = Q(signed_at__gte=OuterRef("refused_at")) | Q(request=OuterRef("request_id"))
        cure = SignOff.objects.annotate(of_chain=Coalesce("edition__continues", "edition")).filter(
            after, person=OuterRef("person_id"), of_chain=OuterRef("of_chain"), signed_on__lte=day
        )
        return (
            self.annotate(of_chain=Coalesce("request__edition__continues", "request__edition"))
            .filter(refused_on__lte=day)
            .exclude(Exists(cure))
        )


class Refusal(models.Model):
    """A person said why they do not want to sign what they were asked to. Never changed; a later signature cures it."""

    request = models.OneToOneField(SignRequest, on_delete=models.PROTECT, related_name="refusal")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="refusals")
    reason = models.TextField()
    language = models.CharField(max_length=12, help_text="Language of the page on which the reason was given")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    refused_on = models.DateField()
    refused_at = models.DateTimeField()
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = RefusalQuerySet.as_manager()

    class Meta:
        ordering = ["-refused_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="refusal_with_a_reason")]

    def __str__(self):
        return f"refusal {self.pk}"
