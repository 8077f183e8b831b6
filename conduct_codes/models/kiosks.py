from django.conf import settings
from django.db import models
from django.db.models import F, Q

from conduct_codes.models.reference import Code
from institutions.models import Institution, Person

MOST_TRIES = 5


class KioskQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Shared devices of institutions whose people the viewer sees by name."""
        return self.filter(scope.names_condition("unit__path"))

    def open_at(self, moment):
        return self.filter(closed_at=None, ends_at__gt=moment)


class Kiosk(models.Model):
    """A device that HR put at an institution for some hours, on which one person after the other signs."""

    unit = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="kiosks")
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="kiosks")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = KioskQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="kiosk_ends_after_it_opens"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(closed_by__isnull=True), name="kiosk_closed_by_with_a_moment"
            ),
        ]

    def __str__(self):
        return f"kiosk {self.pk}"

    def is_open_at(self, moment):
        return self.closed_at is None and self.opened_at <= moment < self.ends_at


class SigningPinQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def live(self):
        return self.filter(revoked_at=None)


class SigningPin(models.Model):
    """The six digits with which one person signs on a shared device, hashed; issuing another revokes them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signing_pins")
    hashed = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    objects = SigningPinQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="signing_pin_one_live_per_person"
            ),
            models.CheckConstraint(condition=Q(wrong_tries__lte=MOST_TRIES), name="signing_pin_tries_are_limited"),
        ]

    def __str__(self):
        return f"signing pin {self.pk}"

    @property
    def is_locked(self):
        return self.wrong_tries >= MOST_TRIES
