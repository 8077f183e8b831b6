from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from certification.models.requirements import Requirement, binding_conditions, bound_posts
from conduct_codes.models import SignOff
from courses.models import Enrolment
from institutions.models import Person, Post
from institutions.models.merges import COUNTED_PERSON, rows_of


class PeriodQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(person=person)

    def visible_to(self, scope):
        return self.filter(Exists(Person.objects.visible_to(scope).filter(pk=OuterRef("person_id"))))

    def countable_by(self, scope):
        """Periods of people who serve on the day in a subtree or area of the viewer's."""
        posts = Post.objects.serving_on(scope.today).filter(person=OuterRef("person_id"))
        return self.filter(Exists(posts.filter(scope.condition("institution__path", "institution__area__code"))))

    def open(self):
        """Periods whose certificate has not been earned."""
        return self.filter(certified_on__isnull=True)

    def current_on(self, day):
        """The newest cycle of each person and requirement that had begun by the day."""
        later = Period.objects.filter(
            person=OuterRef("person"),
            requirement=OuterRef("requirement"),
            cycle__gt=OuterRef("cycle"),
            opened_on__lte=day,
        )
        return self.filter(opened_on__lte=day).exclude(Exists(later))

    def bound_on(self, day, posts=None):
        """Periods of people whom the requirement binds on the day, through a post of that day (default: any post)."""
        return self.filter(bound_posts(day, binding_conditions(day), posts))

    def with_status_on(self, day):
        """Each period with status, rank and the four figures on the day; see standing.with_status."""
        from certification.models.standing import with_status

        return with_status(self, day)


class Period(models.Model):
    """One cycle of a requirement for one person. Each of its days is set once."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="periods")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="periods")
    cycle = models.PositiveSmallIntegerField(default=1)
    opened_on = models.DateField()
    due_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    trained_on = models.DateField(null=True, blank=True)
    passed_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    certified_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "requirement", "cycle"], name="period_once_a_cycle"),
            models.CheckConstraint(condition=Q(due_on__gte=F("opened_on")), name="period_due_after_opened"),
        ]
        indexes = [models.Index(fields=["requirement", "person", "opened_on"])]

    def __str__(self):
        return f"period {self.pk}"


class Evidence(models.Model):
    """What a period rests on: an enrolment of a course it asks for, or a sign-off."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="evidence")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="evidence")
    sign_off = models.ForeignKey(SignOff, null=True, on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enrolment__isnull=False, sign_off__isnull=True)
                | Q(enrolment__isnull=True, sign_off__isnull=False),
                name="evidence_is_one_thing",
            ),
            models.UniqueConstraint(fields=["period", "enrolment"], name="evidence_enrolment_once"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(sign_off__isnull=False), name="evidence_one_sign_off"
            ),
        ]

    def __str__(self):
        return f"evidence {self.pk}"


class ExemptionQuerySet(models.QuerySet):
    def of(self, person):
        return self.filter(rows_of(person))

    def visible_to(self, scope):
        seen = Person.objects.visible_to(scope).filter(pk=OuterRef("counted_person"))
        return self.alias(counted_person=COUNTED_PERSON).filter(Exists(seen))


class Exemption(models.Model):
    """A person need not meet a requirement for a while, for a written reason."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="exemptions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="exemption_ends_after_start")
        ]
        indexes = [models.Index(fields=["person", "requirement"])]

    def __str__(self):
        return f"exemption {self.pk}"
