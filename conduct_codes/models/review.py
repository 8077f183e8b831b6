from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from conduct_codes.models.reference import Code


class CoordinatingReviewState(TaskState):
    """One passage of a text through the review; what was decided is a ReviewDecision."""

    decided_at = None

    def approve(self, user=None, update=True, comment="", at=None):
        """Approve the text. Refused while something is missing, or to whoever wrote it."""
        self.decided_at = at or timezone.now()
        return super().approve(user=user, update=update, comment=comment)

    def reject(self, user=None, update=True, comment="", at=None):
        """Return the text to its authors. Refused without a reason."""
        self.decided_at = at or timezone.now()
        return super().reject(user=user, update=update, comment=comment)


class CoordinatingReviewTask(AbstractGroupApprovalTask):
    """The review of a code by the coordinating ministry. It cannot be passed while the text lacks something."""

    task_state_class = CoordinatingReviewState

    class Meta:
        verbose_name = _("Review by the coordinating ministry")
        verbose_name_plural = _("Reviews by the coordinating ministry")

    @classmethod
    def get_description(cls):
        return _("Reviewers approve a code in which nothing is missing, or return it with a reason")

    def is_reviewer(self, user):
        """True for members of the reviewers' groups and for the platform owner."""
        return bool(user and user.is_active and (user.is_superuser or self._user_in_groups(user)))

    def user_can_access_editor(self, obj, user):
        """A reviewer opens what was submitted, unless the reviewer wrote it."""
        return self.is_reviewer(user) and not self._wrote(obj, user)

    def get_actions(self, obj, user):
        """Return, and approve if nothing is missing; nothing for whoever wrote the text."""
        from conduct_codes.gaps import gaps_in

        if not self.user_can_access_editor(obj, user):
            return []
        actions = [("reject", _("Return with a reason"), True)]
        if not gaps_in(obj.specific.get_latest_revision_as_object()):
            actions += [("approve", _("Approve"), False), ("approve", _("Approve with a remark"), True)]
        return actions

    def get_form_for_action(self, action):
        from conduct_codes.review_forms import ReturnForm

        return ReturnForm if action == "reject" else super().get_form_for_action(action)

    def get_template_for_action(self, action):
        return "conduct_codes/admin/return_modal.html" if action == "reject" else ""

    @staticmethod
    def _wrote(obj, user):
        from conduct_codes.separation import is_author

        return is_author(user, obj.specific.get_latest_revision())


class ReviewDecisionQuerySet(models.QuerySet):
    def approvals(self):
        return self.filter(decision=ReviewDecision.Decision.APPROVED)

    def returns(self):
        return self.filter(decision=ReviewDecision.Decision.RETURNED)

    def of_revision(self, revision):
        return self.filter(revision=revision.pk)

    def with_cure(self):
        """Each decision with is_cured: the same page was approved later."""
        later = ReviewDecision.objects.approvals().filter(page=OuterRef("page"), pk__gt=OuterRef("pk"))
        return self.annotate(is_cured=Exists(later))


class ReviewDecision(models.Model):
    """A reviewer approved or returned one revision of a text. Never changed, and kept when its page is deleted."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")

    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="review_decisions")
    language = models.CharField(max_length=12)
    page = models.PositiveBigIntegerField(help_text="The Wagtail page whose words were reviewed")
    revision = models.PositiveBigIntegerField(db_index=True, help_text="The Wagtail revision that was reviewed")
    words_sha256 = models.CharField(max_length=64, help_text="SHA-256 of the words of that revision on that day")
    decision = models.CharField(max_length=8, choices=Decision)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ReviewDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(decision="returned", reason=""), name="review_returned_with_a_reason"),
        ]
        indexes = [models.Index(fields=["page", "decision"]), models.Index(fields=["code", "decision"])]

    def __str__(self):
        return f"review {self.pk} of revision {self.revision}"
