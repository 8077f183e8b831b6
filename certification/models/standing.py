"""Where people stand on a day, in SQL. rules.status_on says the same for one person; tests hold them equal."""

from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from certification.models.certificates import Certificate, CertificateEvent
from certification.models.periods import Exemption, Period
from certification.rules import HOLDS_CERTIFICATE, RANK, Status
from conduct_codes.models import Edition, SignOff
from institutions.models import Person


def _certificate_field(day, name):
    newest = Certificate.objects.filter(
        person=OuterRef("person"), requirement=OuterRef("requirement"), issued_on__lte=day
    )
    return Subquery(newest.order_by("-issued_on", "-pk").values(name)[:1])


def _last_event(day):
    events = CertificateEvent.objects.filter(certificate=OuterRef("certificate_id"), on_day__lte=day)
    return Coalesce(Subquery(events.order_by("-on_day", "-at", "-pk").values("kind")[:1]), Value(""))


def with_status(periods, day):
    """Annotate periods with certificate_id, valid_until, last_event, exempt, status and rank on the day."""
    exemptions = Exemption.objects.filter(
        person=OuterRef("person"), requirement=OuterRef("requirement"), starts_on__lte=day, ends_on__gte=day
    )
    held = Q(certificate_id__isnull=False)
    cases = [
        When(exempt=True, then=Value(Status.EXEMPT)),
        When(held & Q(last_event="revoked"), then=Value(Status.REVOKED)),
        When(held & Q(last_event="suspended"), then=Value(Status.SUSPENDED)),
        When(held & Q(valid_until__gte=day, window_from__lte=day), then=Value(Status.RENEWAL_DUE)),
        When(held & Q(valid_until__gte=day), then=Value(Status.CERTIFIED)),
        When(held & Q(grace_until__gte=day), then=Value(Status.IN_GRACE)),
        When(held, then=Value(Status.EXPIRED)),
        When(due_on__lt=day, then=Value(Status.OVERDUE)),
        When(started_on__lte=day, then=Value(Status.IN_PROGRESS)),
    ]
    return (
        periods.annotate(
            certificate_id=_certificate_field(day, "pk"),
            valid_until=_certificate_field(day, "valid_until"),
            window_from=_certificate_field(day, "window_from"),
            grace_until=_certificate_field(day, "grace_until"),
            exempt=Exists(exemptions),
        )
        .annotate(last_event=_last_event(day))
        .annotate(status=Case(*cases, default=Value(Status.NOT_STARTED), output_field=models.CharField()))
        .annotate(
            rank=Case(
                *(When(status=status, then=Value(rank)) for status, rank in RANK.items()),
                output_field=IntegerField(),
            )
        )
    )


def with_figures(periods, day):
    """with_status, and the four figures: trained, passed, signed and certified on the day.

    Trained and passed: in the current period, or held by a certificate valid on the day. Signed: an edition of the
    chain that is in force on the day.
    """
    in_force = list(Edition.objects.in_force_on(day))
    chains = [edition.chain_id for edition in in_force]
    signatures = SignOff.objects.filter(
        Q(edition__in=chains) | Q(edition__continues__in=chains),
        person=OuterRef("person"),
        edition__code=OuterRef("requirement__code"),
        signed_on__lte=day,
    )
    holds = Q(status__in=HOLDS_CERTIFICATE)
    return with_status(periods, day).annotate(
        is_certified=Case(When(holds, then=1), default=0, output_field=IntegerField()),
        is_trained=Case(When(holds | Q(trained_on__lte=day), then=1), default=0, output_field=IntegerField()),
        is_passed=Case(When(holds | Q(passed_on__lte=day), then=1), default=0, output_field=IntegerField()),
        is_signed=Case(When(Exists(signatures), then=1), default=0, output_field=IntegerField()),
    )


class PersonStandingQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """People whom the viewer sees by name."""
        return self.filter(pk__in=Person.objects.visible_to(scope).values("pk"))

    def with_worst_on(self, day):
        """People whom a requirement binds on the day, each with the worst of their statuses and its days."""
        periods = Period.objects.current_on(day).bound_on(day).filter(person=OuterRef("pk")).with_status_on(day)
        worst = periods.order_by("rank", "due_on", "pk")
        return self.annotate(
            rank=Subquery(worst.values("rank")[:1]),
            status=Subquery(worst.values("status")[:1]),
            due_on=Subquery(worst.values("due_on")[:1]),
            valid_until=Subquery(worst.values("valid_until")[:1]),
        ).filter(rank__isnull=False)


class PersonStanding(Person):
    """A person as the people list shows them: with the worst status of the day."""

    objects = PersonStandingQuerySet.as_manager()

    class Meta:
        proxy = True
        ordering = ["name_key", "pk"]
