from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from institutions.models.people import Person, Post
from institutions.models.places import Institution, Position
from jobs.models import Job
from jobs.storage import private_storage


class Verdict(models.TextChoices):
    """What a row of a workbook would do."""

    ADD = "add", _("Added")
    CHANGE = "change", _("Changed")
    TRANSFER = "transfer", _("Transferred")
    LEAVE = "leave", _("Leaves")
    DUPLICATE = "duplicate", _("Twice in the file")
    CONFLICT = "conflict", _("In conflict")
    ERROR = "error", _("Wrong")
    UNCHANGED = "unchanged", _("As before")


APPLICABLE = (Verdict.ADD, Verdict.CHANGE, Verdict.TRANSFER, Verdict.LEAVE)
REFUSED = (Verdict.DUPLICATE, Verdict.CONFLICT, Verdict.ERROR)


class RegisterImportQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Imports into the institutions whose people the viewer sees by name."""
        return self.filter(scope.names_condition("institution__path"))

    def waiting(self):
        """Imports that are read and wait for somebody to apply them."""
        return self.filter(state=RegisterImport.State.JUDGED)


class RegisterImport(models.Model):
    """A workbook of people and posts on its way into the register: judged, then applied or forgotten."""

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        JUDGED = "judged", _("Waits for your decision")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Undone")

    class Form(models.TextChoices):
        NEW = "new", _("New person")
        POST = "post", _("Another post")
        CHANGE = "change", _("Change of a post")
        END = "end", _("End of a post")
        PERSON = "person", _("Change of name, sex or date of birth")

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to="imports", max_length=200, blank=True)
    form = models.CharField(
        max_length=10, choices=Form, blank=True, help_text="The page on which one person was entered; none for a file"
    )
    form_key = models.UUIDField(
        null=True, blank=True, unique=True, help_text="Of the page as it was opened: sent twice, it is one import"
    )
    headings = models.JSONField(default=list, help_text="As they stand in the file, with the key of each column")
    complete_of = models.ForeignKey(
        Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="complete_imports"
    )
    complete_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    counts = models.JSONField(default=dict)
    seal = models.CharField(max_length=64, blank=True, help_text="Hash of what an apply would do, and against what")
    withheld = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="imports")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RegisterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(complete_of__isnull=True, complete_on__isnull=True)
                | Q(complete_of__isnull=False, complete_on__isnull=False),
                name="import_complete_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("applied", "undone"), applied_at__isnull=False)
                | (~Q(state__in=("applied", "undone")) & Q(applied_at__isnull=True)),
                name="import_applied_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(form="", form_key__isnull=True) | (~Q(form="") & Q(form_key__isnull=False)),
                name="import_of_a_form_has_its_key",
            ),
        ]

    def __str__(self):
        return f"import {self.pk}"

    @property
    def applicable(self):
        """How many rows an apply would execute."""
        return sum(self.counts.get(verdict, 0) for verdict in APPLICABLE)

    @property
    def refused(self):
        return sum(self.counts.get(verdict, 0) for verdict in REFUSED)


class ImportRowQuerySet(models.QuerySet):
    def visible_to(self, scope):
        return self.filter(scope.names_condition("register_import__institution__path"))

    def of(self, register_import):
        return self.filter(register_import=register_import)

    def applicable(self):
        return self.filter(verdict__in=APPLICABLE)

    def refused(self):
        return self.filter(verdict__in=REFUSED)


class ImportRow(models.Model):
    """One row of a workbook with its verdict; without a line, somebody whom a complete list does not name."""

    register_import = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField(help_text="Order of the preview")
    line = models.PositiveIntegerField(null=True, blank=True)
    cells = models.JSONField(default=list)
    said = models.JSONField(default=dict, help_text="Values and problems of the reading")
    verdict = models.CharField(max_length=10, choices=Verdict)
    is_elsewhere = models.BooleanField(default=False)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="import_rows")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    institution = models.ForeignKey(Institution, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    position = models.ForeignKey(Position, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_line = models.PositiveIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    basis = models.CharField(max_length=64, blank=True)
    done = models.JSONField(default=dict, help_text="What an apply made and what was there before")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["register_import", "place"], name="import_row_place_once")]
        indexes = [models.Index(fields=["register_import", "verdict", "place"])]

    def __str__(self):
        return f"import row {self.pk}"


class TransferRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(outcome="")

    def answerable_by(self, scope):
        """Requests for people whose post the viewer sees by name: the releasing HR, or that of the common parent."""
        requests = self.filter(scope.names_condition("from_post__institution__path"))
        requests = requests.exclude(asked_by=scope.user) if scope.user else requests
        return requests.exclude(person=scope.person) if scope.person else requests

    def visible_to(self, scope):
        """Requests of the viewer's own institutions; whom they are about is not shown."""
        return self.filter(scope.names_condition("institution__path"))


class TransferRequest(models.Model):
    """An institution asks for somebody who is registered elsewhere; nothing moves until whoever has them agrees."""

    class Outcome(models.TextChoices):
        RELEASED = "released", _("Moves: the old post ends")
        SHARED = "shared", _("Serves in both institutions")
        REFUSED = "refused", _("Refused")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfer_requests")
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="transfer_requests")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="transfer_requests")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    staff_number = models.CharField(max_length=30, blank=True)
    rank = models.CharField(max_length=80, blank=True)
    basis = models.CharField(max_length=8, choices=Post.Basis, default=Post.Basis.REGULAR)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    register_import = models.ForeignKey(
        RegisterImport, null=True, blank=True, on_delete=models.SET_NULL, related_name="transfer_requests"
    )
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    message = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = TransferRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "institution"], condition=Q(outcome=""), name="transfer_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at__isnull=True) | (~Q(outcome="") & Q(answered_at__isnull=False)),
                name="transfer_answered_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(basis="acting", outcome="released"), name="transfer_to_act_ends_no_post"
            ),
        ]

    def __str__(self):
        return f"transfer request {self.pk}"

    @property
    def is_acting(self):
        return self.basis == Post.Basis.ACTING

    @property
    def answers(self):
        """Which outcomes the request may have: who acts elsewhere is shared, never let go."""
        return [each for each in self.Outcome if not (self.is_acting and each == self.Outcome.RELEASED)]
