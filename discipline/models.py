"""What follows a breach: cases, their stages, decisions and referrals. No child is ever named here."""

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Article, ArticleMeasure
from conduct_codes.models.editions import Repetition, Seriousness
from institutions.models import Institution, Person
from institutions.models.merges import rows_of


def _latest_stage(field):
    return Subquery(Stage.objects.filter(case=OuterRef("pk")).order_by("-number").values(field)[:1])


class CaseQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Cases of institutions inside a discipline officer's subtree, never the officer's own."""
        cases = self.filter(scope.acting_as("discipline").names_condition("institution__path"))
        return cases.exclude(rows_of(scope.person)) if scope.person else cases

    def countable_by(self, scope):
        """Cases that may stand in a total of the viewer's."""
        return self.filter(
            scope.acting_as("discipline", "monitor", "registrar").condition(
                "institution__path", "institution__area__code"
            )
        )

    def with_latest_stage(self):
        """Each case with stage_kind and due_on of the step it stands at."""
        return self.annotate(stage_kind=_latest_stage("kind"), due_on=_latest_stage("due_on"))

    def at_stage(self, kind):
        """Cases that stand at the step now."""
        return self.with_latest_stage().filter(stage_kind=kind)

    def overdue_on(self, day):
        """Cases whose term ended before the day without the next step having been recorded."""
        return self.with_latest_stage().filter(due_on__lt=day)

    def in_sector(self, slug):
        """Cases under the code of the sector."""
        return self.filter(article__edition__code__sector__slug=slug)

    def of_year(self, year):
        """Cases whose reference counts in the year."""
        return self.filter(reference__startswith=f"C-{year}-")


class Case(models.Model):
    """An allegation against a person under an article of the edition in force on the day of the incident."""

    reference = models.CharField(max_length=20, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="cases")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="cases")
    incident_on = models.DateField()
    seriousness = models.CharField(max_length=8, choices=Seriousness)
    repetition = models.CharField(max_length=8, choices=Repetition)
    sexual_abuse = models.BooleanField(help_text="Alleged sexual abuse of a child: a referral must be recorded")
    allegation = models.TextField()
    external_reference = models.CharField(
        max_length=60, blank=True, help_text="Number of the child's file in the case-management system; never a name"
    )
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "institution", "article", "incident_on", "external_reference"],
                name="case_recorded_once",
            ),
            models.CheckConstraint(condition=~Q(allegation=""), name="case_has_allegation"),
        ]

    def __str__(self):
        return self.reference


class StageKind(models.TextChoices):
    RECORDED = "recorded", _("Allegation recorded")
    SCREENING = "screening", _("Screening")
    PRECAUTIONARY = "precautionary", _("Precautionary measure")
    INQUIRY = "inquiry", _("Preliminary inquiry")
    CHARGES = "charges", _("Charges notified, file opened to the person")
    DEFENCE = "defence", _("Defence received or waived")
    COUNCIL = "council", _("Disciplinary council convened")
    OPINION = "opinion", _("Opinion of the council")
    DECISION = "decision", _("Decision")
    NOTIFIED = "notified", _("Decision notified")
    APPEAL = "appeal", _("Appeal or review")
    FINAL = "final", _("Final")
    EXECUTED = "executed", _("Executed")


class Stage(models.Model):
    """A step of a case, with its day, its actor, its reason and the term it begins. Only ever added."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=StageKind)
    on_day = models.DateField()
    reason = models.TextField()
    document = models.CharField(max_length=120, blank=True, help_text="Number of the letter or minutes of this step")
    due_on = models.DateField(null=True, blank=True, help_text="Last day of the term that this step begins")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="stage_number_unique_in_case"),
            models.UniqueConstraint(fields=["case"], condition=Q(kind="final"), name="stage_final_once_in_case"),
            models.CheckConstraint(condition=Q(kind="recorded") | ~Q(reason=""), name="stage_has_reason"),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("on_day")), name="stage_term_ends_after_it_begins"
            ),
        ]

    def __str__(self):
        return f"{self.case_id}/{self.number}"


class Outcome(models.TextChoices):
    MEASURE = "measure", _("Measure imposed")
    NO_MEASURE = "no-measure", _("Breach found, no measure")
    UNFOUNDED = "unfounded", _("Not founded")


class Decision(models.Model):
    """What was decided; where that is not what the article stipulates for such a breach, the reason in writing."""

    stage = models.OneToOneField(Stage, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Outcome)
    measure = models.ForeignKey(
        ArticleMeasure, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    departure_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="measure", measure__isnull=False)
                | (~Q(outcome="measure") & Q(measure__isnull=True)),
                name="decision_names_measure_it_imposes",
            )
        ]

    def __str__(self):
        return f"decision {self.pk}"


class Referral(models.Model):
    """The case was passed to the police or the prosecutor; their proceedings stay apart from these."""

    class Body(models.TextChoices):
        POLICE = "police", _("National Police")
        PROSECUTOR = "prosecutor", _("Prosecutor")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    body = models.CharField(max_length=12, choices=Body)
    referred_on = models.DateField()
    reference = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["case", "referred_on"]

    def __str__(self):
        return f"referral {self.pk}"
