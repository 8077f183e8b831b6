"""How a person comes into an account: the slip that opens it, and the sessions it has open."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import F, Q

from institutions.models.people import Person

IS_OPEN = Q(used_at__isnull=True, revoked_at__isnull=True)


class ActivationQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def open_of(self, people):
        """The open slips of people whom the viewer has been found to see."""
        return self.open().filter(person__in=people)

    def open(self):
        """Slips that nobody has used and nobody took back, whether or not their time is over."""
        return self.filter(IS_OPEN)

    def usable_at(self, at):
        return self.open().filter(expires_at__gt=at)


class Activation(models.Model):
    """A slip of paper with which one person sets a password, once; the secrets on it are kept as fingerprints only."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="activations")
    account_name = models.CharField(max_length=60, help_text="What the person logs in with")
    token_print = models.CharField(max_length=64, unique=True)
    code_print = models.CharField(max_length=64, unique=True)
    ends_second_step = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=IS_OPEN, name="activation_open_once_a_person"),
            models.UniqueConstraint(fields=["account_name"], condition=IS_OPEN, name="activation_open_once_a_name"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="activation_used_or_revoked"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="activation_expires_after_issue"),
        ]

    def __str__(self):
        return f"activation {self.pk}"

    def is_usable_at(self, at):
        return self.used_at is None and self.revoked_at is None and at < self.expires_at


class AccountSessionQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def alive_at(self, at):
        return self.filter(session__expire_date__gt=at)


class AccountSession(models.Model):
    """One device on which an account is logged in; it goes when its session goes."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="account")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account_sessions")
    device = models.CharField(max_length=60, blank=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    objects = AccountSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen", "-pk"]

    def __str__(self):
        return f"account session {self.pk}"
