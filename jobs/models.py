from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jobs import rules
from jobs.storage import private_storage


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A job is seen by who asked for it, and by nobody else."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def open(self):
        """Jobs that wait or run."""
        return self.filter(status__in=Job.OPEN)

    def given_up_by_the_site(self):
        """Failed jobs that nobody asked for, and that no later one of their kind has made good."""
        later = Job.objects.filter(kind=models.OuterRef("kind"), created_at__gt=models.OuterRef("created_at"))
        made_good = models.Exists(later.filter(owner__isnull=True, status=Job.Status.DONE))
        return self.filter(~made_good, owner__isnull=True, status=Job.Status.FAILED)

    def running(self):
        return self.filter(status=Job.Status.RUNNING)

    def abandoned(self, at):
        """Open jobs that nobody looks after any more: the worker is dead, or the queue has lost them."""
        return self.open().filter(lease_until__lte=at)

    def claimable(self, at):
        """Jobs that a worker may take now."""
        return self.filter(
            Q(status=Job.Status.QUEUED) & (Q(not_before__isnull=True) | Q(not_before__lte=at))
            | Q(status=Job.Status.RUNNING, lease_until__lte=at)
        )

    def held_by(self, token):
        """The job that a run with this token still holds; none once it was cancelled or taken over."""
        return self.filter(status=Job.Status.RUNNING, lease_token=token)


class Job(models.Model):
    """Work that a person can watch, leave, cancel and resume, and that survives the death of its worker.

    Whoever looks after an open job has a lease on it: a worker while it runs, the queue while it waits. A lease that
    runs out is taken over, and the token of the old holder is worth nothing from then on.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Status.QUEUED, Status.RUNNING)
    ENDED = (Status.DONE, Status.FAILED, Status.CANCELLED)
    RESUMABLE = (Status.FAILED, Status.CANCELLED)

    kind = models.CharField(_("kind"), max_length=80)
    params = models.JSONField(_("parameters"), default=dict)
    language = models.CharField(_("language"), max_length=10)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_index=False,  # the newest first, below, does for both
        on_delete=models.PROTECT,
        related_name="jobs",
        verbose_name=_("asked for by"),
    )
    # Null where there is none: a key is unique, and "" would be one.
    key = models.CharField(_("key"), max_length=120, null=True, blank=True, unique=True)

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    message = models.TextField(_("message"), blank=True)
    result = models.FileField(_("file"), storage=private_storage, upload_to="jobs", max_length=200, blank=True)
    result_name = models.CharField(_("file name"), max_length=200, blank=True)

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("attempts at most"), default=rules.MAX_ATTEMPTS)
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    lease_until = models.DateTimeField(_("looked after until"), null=True, blank=True)
    lease_token = models.UUIDField(_("token of the worker"), null=True, blank=True)

    created_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "lease_until"], name="job_status_lease"),
            models.Index(F("owner"), F("created_at").desc(), name="job_owner_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="running", lease_token__isnull=False)
                | (~Q(status="running") & Q(lease_token__isnull=True)),
                name="job_runs_with_a_token",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("queued", "running"), lease_until__isnull=False, finished_at__isnull=True)
                | Q(status__in=("done", "failed", "cancelled"), lease_until__isnull=True, finished_at__isnull=False),
                name="job_is_looked_after_or_finished",
            ),
        ]

    def __str__(self):
        return f"job {self.pk} ({self.kind})"

    @property
    def is_open(self):
        return self.status in self.OPEN

    @property
    def can_be_resumed(self):
        return self.status in self.RESUMABLE

    @property
    def percent(self):
        return 100 if self.status == self.Status.DONE else rules.percent(self.done, self.total)
