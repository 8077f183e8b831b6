"""Other systems of a ministry: what each may do here until when, and what it has sent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from institutions.models.imports import RegisterImport
from institutions.models.places import Institution
from jobs.models import Job


class ApiClientQuerySet(models.QuerySet):
    def usable_on(self, day):
        """Clients whose token opens something on the day."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=day)

    def kept_by(self, institutions):
        """Clients of these institutions."""
        return self.filter(institution__in=institutions)


class ApiClient(models.Model):
    """Another system that reads or changes people below one institution; its token is kept as a fingerprint only.

    What it does is written down under an account of its own, which nobody can log in with.
    """

    reference = models.CharField(max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="api_clients")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_client")
    may_read = models.BooleanField(_("reads people, their status and certificates"), default=False)
    may_push = models.BooleanField(_("sends changes of people and posts"), default=False)
    token_prefix = models.CharField(max_length=12, unique=True, help_text="The part of the token that may be seen")
    token_print = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_used_on = models.DateField(null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        ordering = ["institution__path", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(may_read=True) | Q(may_push=True), name="client_may_something"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=False) | Q(revoked_by__isnull=True), name="client_revoked_at_a_moment"
            ),
        ]

    def __str__(self):
        return self.reference

    def is_usable_on(self, day):
        """True while the token opens something; the last day is one of them."""
        return self.revoked_at is None and day <= self.expires_on


class PeopleChangesQuerySet(models.QuerySet):
    def of(self, client):
        return self.filter(client=client)

    def kept_by(self, institutions):
        """Requests of the clients of these institutions."""
        return self.filter(client__institution__in=institutions)

    def failed(self):
        """Requests whose job gave up, while their rows are there to go on with."""
        return self.filter(finished_at__isnull=True, job__status=Job.Status.FAILED, register_import__isnull=False)


class PeopleChanges(models.Model):
    """One request of a client to change people, kept under the key that the client gave it: it is done once."""

    client = models.ForeignKey(ApiClient, on_delete=models.PROTECT, related_name="people_changes")
    key = models.CharField(max_length=80)
    body_sha256 = models.CharField(max_length=64)
    is_dry_run = models.BooleanField(default=False)
    row_count = models.PositiveIntegerField()
    at = models.DateTimeField()
    register_import = models.ForeignKey(
        RegisterImport, null=True, blank=True, on_delete=models.SET_NULL, related_name="people_changes"
    )
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="people_changes")
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    verdicts = models.JSONField(default=list, help_text="Row, verdict and reasons; taken away after a month")

    objects = PeopleChangesQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="people_changes_key_once"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("at")),
                name="people_changes_end_after_begin",
            ),
        ]

    def __str__(self):
        return f"people changes {self.pk}"
