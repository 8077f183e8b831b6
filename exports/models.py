"""What leaves: each file with its scope, its filters, its rows and its SHA-256; each system that is told of events."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certification.models import Certificate
from institutions.models import Institution
from institutions.tree_permissions import institutions_seen
from jobs.models import Job


class ExportQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """The viewer's own exports only: a link works for nobody else."""
        return self.filter(by=scope.user) if scope.user else self.none()


class Export(models.Model):
    """One file made of the register: who asked for what, and what it held."""

    class What(models.TextChoices):
        ROSTER = "roster", _("Roster")
        COVERAGE = "coverage", _("Coverage figures")
        SIGNATURES = "signatures", _("Figures of signatures")

    what = models.CharField(max_length=10, choices=What)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    filters = models.JSONField(default=dict)
    job = models.OneToOneField(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="export")
    rows = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"export {self.pk}"


class WebhookQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Webhooks of institutions that the viewer keeps: a registrar's own, the platform owner's all."""
        return self.filter(institution__in=institutions_seen(scope))

    def wanting(self, event):
        """Webhooks that chose the event, paused ones too: what happens meanwhile waits for them."""
        # JSON lists cannot be searched on SQLite, and there are never more than a few dozen webhooks.
        chosen = [pk for pk, events in self.values_list("pk", "events") if event in events]
        return self.filter(pk__in=chosen).select_related("institution").order_by("pk")

    def in_trouble(self, day):
        """Webhooks that stopped by themselves, or for which something was given up in the last two weeks."""
        lately = Q(tried_at__date__gte=day - timedelta(days=14))
        given_up = Delivery.objects.given_up().filter(lately, webhook=models.OuterRef("pk"))
        return self.filter(Q(paused_itself=True) | models.Exists(given_up))

    def with_something_due(self, at):
        """Webhooks at work that have a delivery to try now."""
        due = Delivery.objects.due(at).filter(webhook=models.OuterRef("pk"))
        return self.filter(models.Exists(due), paused_at__isnull=True)


class Webhook(models.Model):
    """Another system that is told of certificates of everybody who serves at or below an institution."""

    class Event(models.TextChoices):
        CERTIFIED = "certified", _("Certificate issued")
        EXPIRED = "expired", _("Certificate expired")
        REVOKED = "revoked", _("Certificate revoked")
        SUSPENDED = "suspended", _("Certificate suspended")
        REINSTATED = "reinstated", _("Certificate reinstated")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.TextField(help_text="Sealed with the site's key")
    former_secret = models.TextField(blank=True, help_text="The one before, sealed, while it still signs")
    former_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_itself = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["institution__path", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(address__startswith="https://"), name="webhook_over_https"),
            models.CheckConstraint(condition=~Q(secret=""), name="webhook_has_a_secret"),
            models.CheckConstraint(
                condition=Q(former_secret="", former_until__isnull=True)
                | (~Q(former_secret="") & Q(former_until__isnull=False)),
                name="webhook_former_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(paused_itself=False) | Q(paused_at__isnull=False), name="webhook_pausing_has_a_moment"
            ),
        ]

    def __str__(self):
        return f"webhook {self.pk}"

    @property
    def host(self):
        """The name of the receiver; the rest of an address may hold what opens it."""
        return urlsplit(self.address).netloc

    @property
    def event_labels(self):
        return [event.label for event in self.Event if event in self.events]


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, scope):
        return self.filter(webhook__in=Webhook.objects.visible_to(scope))

    def due(self, at):
        """Deliveries to try now, unless their webhook is paused."""
        return self.filter(state=Delivery.State.WAITING, next_try_at__lte=at)

    def given_up(self):
        """What nobody was told of in the end; a test tells of nothing."""
        return self.filter(state=Delivery.State.GIVEN_UP).exclude(event=Delivery.TEST)


class Delivery(models.Model):
    """One event for one webhook: the bytes to send, under the same id at every try."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given-up", _("Given up")

    class Failure(models.TextChoices):
        ADDRESS = "address", _("The address must not be reached")
        NAME = "name", _("The name is not known")
        CONNECTION = "connection", _("No connection, or it broke off")
        TRUST = "trust", _("The receiver's certificate is not trusted")
        TIME = "time", _("No answer in time")
        SECRET = "secret", _("The secret can no longer be read. Make a new one.")
        STOPPED = "stopped", _("The site stopped in the middle")

    TEST = "test"
    KINDS = [*Webhook.Event.choices, (TEST, _("Test"))]

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.CharField(max_length=40)
    event = models.CharField(max_length=12, choices=KINDS)
    body = models.TextField()
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    answer = models.PositiveSmallIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=12, choices=Failure, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once_an_event"),
            models.CheckConstraint(
                condition=Q(state="waiting", next_try_at__isnull=False)
                | (~Q(state="waiting") & Q(next_try_at__isnull=True)),
                name="delivery_waits_for_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "state", "next_try_at"], name="delivery_due"),
            models.Index(fields=["webhook", "happened_at"], name="delivery_of_webhook"),
        ]

    def __str__(self):
        return f"delivery {self.pk}"
