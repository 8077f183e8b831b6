"""Where people stand on a day, in SQL. rules.status_on says the same for one person; tests hold them equal."""

from collections import defaultdict

from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import Exact

from certification.models.certificates import Certificate, CertificateEvent
from certification.models.periods import Exemption, Period
from certification.models.requirements import Requirement, any_of, binding_conditions, bound_posts
from certification.rules import HOLDS_CERTIFICATE, RANK, WORST_FIRST, Status
from conduct_codes.models import Edition, SignOff
from institutions.models import Person, Post
from institutions.models.merges import same_human
from institutions.models.people import PersonQuerySet

HOLDING = frozenset(RANK[status] for status in HOLDS_CERTIFICATE)


def _newest_certificate(day):
    """The certificate that counts on the day, for a queryset with person and requirement."""
    issued = Certificate.objects.filter(
        person__in=same_human("person"), requirement=OuterRef("requirement"), issued_on__lte=day
    )
    return issued.order_by("-issued_on", "-pk")


def _standing(day, word, output_field):
    """The status of a period on the day, each said as word(status).

    What a certificate says is decided inside its own subquery, where its days are plain columns: the database looks
    each certificate and its last event up once.
    """
    events = CertificateEvent.objects.filter(certificate=OuterRef("pk"), on_day__lte=day)
    ended = Case(
        When(kind=CertificateEvent.Kind.REVOKED, then=word(Status.REVOKED)),
        When(kind=CertificateEvent.Kind.SUSPENDED, then=word(Status.SUSPENDED)),
        output_field=output_field,
    )
    by_event = Subquery(events.order_by("-on_day", "-at", "-pk").annotate(said=ended).values("said")[:1])
    by_dates = _by_dates(day, word, output_field)
    by_certificate = _newest_certificate(day).annotate(said=Coalesce(by_event, by_dates)).values("said")[:1]
    by_period = _by_period(day, word, output_field)
    return Case(
        When(Exists(_exemptions(day)), then=word(Status.EXEMPT)),
        default=Coalesce(Subquery(by_certificate), by_period),
        output_field=output_field,
    )


def _by_dates(day, word, output_field):
    """What the days of a certificate say."""
    return Case(
        When(valid_until__gte=day, window_from__lte=day, then=word(Status.RENEWAL_DUE)),
        When(valid_until__gte=day, then=word(Status.CERTIFIED)),
        When(grace_until__gte=day, then=word(Status.IN_GRACE)),
        default=word(Status.EXPIRED),
        output_field=output_field,
    )


def _by_period(day, word, output_field):
    """What the days of a period say that no certificate ends."""
    return Case(
        When(due_on__lt=day, then=word(Status.OVERDUE)),
        When(started_on__lte=day, then=word(Status.IN_PROGRESS)),
        default=word(Status.NOT_STARTED),
        output_field=output_field,
    )


def _exemptions(day):
    return Exemption.objects.filter(
        person__in=same_human("person"), requirement=OuterRef("requirement"), starts_on__lte=day, ends_on__gte=day
    )


def _as_rank(status):
    return Value(RANK[status])


def rank_on(day):
    """The place of a period's status on the day in rules.WORST_FIRST."""
    return _standing(day, _as_rank, IntegerField())


def rank_by_dates(day):
    """The part of rank_on that the days of a certificate decide, for a queryset of certificates."""
    return _by_dates(day, _as_rank, IntegerField())


def rank_by_period(day):
    """The part of rank_on that the days of a period decide, for a queryset of periods."""
    return _by_period(day, _as_rank, IntegerField())


def with_status(periods, day):
    """Annotate periods with status and rank on the day, and with the certificate_id and the days that they rest on."""
    newest = _newest_certificate(day)
    return periods.annotate(
        certificate_id=Subquery(newest.values("pk")[:1]),
        valid_until=Subquery(newest.values("valid_until")[:1]),
        grace_until=Subquery(newest.values("grace_until")[:1]),
        status=_standing(day, lambda status: Value(status.value), models.CharField()),
        rank=rank_on(day),
    )


def with_milestones(periods, day):
    """Annotate periods with rank, and with was_trained, was_passed and is_signed: 1 where it had happened by the day.

    Trained and passed: in this period. Signed: an edition of the chain that is in force on the day.
    """
    return periods.annotate(
        rank=rank_on(day),
        was_trained=_flag(Q(trained_on__lte=day)),
        was_passed=_flag(Q(passed_on__lte=day)),
        is_signed=_flag(Q(Exists(_signatures(day)))),
    )


def with_figures(periods, day):
    """with_status, and the four figures: is_trained, is_passed, is_signed and is_certified on the day.

    Trained and passed: in the current period, or held by a certificate valid on the day.
    """
    holds = Q(rank__in=HOLDING)
    return with_milestones(with_status(periods, day), day).annotate(
        is_certified=_flag(holds),
        is_trained=_flag(Q(was_trained=1), holds),
        is_passed=_flag(Q(was_passed=1), holds),
    )


def _flag(*conditions):
    return Case(*(When(condition, then=1) for condition in conditions), default=0, output_field=IntegerField())


def _signatures(day):
    """For periods: what the person signed by the day under the chain in force of the requirement's code."""
    chains = [edition.chain_id for edition in Edition.objects.in_force_on(day)]
    editions = defaultdict(list)
    for pk, code_id in Edition.objects.filter(Q(pk__in=chains) | Q(continues__in=chains)).values_list("pk", "code"):
        editions[code_id].append(pk)
    counts = Q(pk__in=[])
    for requirement_id, code_id in Requirement.objects.values_list("pk", "code"):
        counts |= Q(Exact(OuterRef("requirement_id"), requirement_id), edition__in=editions[code_id])
    return SignOff.objects.filter(counts, person__in=same_human("person_id"), signed_on__lte=day)


class PersonStandingQuerySet(PersonQuerySet):
    def with_worst_on(self, day, posts=None, only=None, conditions=None):
        """People whom a requirement binds on the day through one of the posts, each with rank: the worst standing.

        posts are those that count (default: all), so that a viewer's list rests on nothing but the posts that the
        viewer sees; only narrows the people to holders of a binding post that it describes. A requirement that has
        asked nothing yet counts as not started; unasked says that there is one.
        """
        posts = Post.objects.all() if posts is None else posts
        conditions = binding_conditions(day) if conditions is None else conditions
        held = posts.serving_on(day).filter(person=OuterRef("pk"))
        periods = Period.objects.current_on(day).filter(bound_posts(day, conditions, posts), person=OuterRef("pk"))
        worst = periods.annotate(standing=rank_on(day)).order_by("standing").values("standing")[:1]
        people = self.filter(Exists(held.filter(any_of(conditions), only or Q())))
        return people.annotate(unasked=Exists(held.filter(any_of(without_period(day, conditions))))).annotate(
            rank=Least(
                Coalesce(Subquery(worst), Value(RANK[Status.EXEMPT])),
                Case(When(unasked=True, then=RANK[Status.NOT_STARTED]), default=RANK[Status.EXEMPT]),
            )
        )


def without_period(day, conditions):
    """Requirement id → posts that bind to it while it has asked nothing yet and exempts nobody."""
    lacking = {}
    for requirement_id, condition in conditions.items():
        asked = Period.objects.filter(person=OuterRef("person_id"), requirement=requirement_id, opened_on__lte=day)
        exempt = Exemption.objects.filter(
            person__in=same_human("person_id"), requirement=requirement_id, starts_on__lte=day, ends_on__gte=day
        )
        lacking[requirement_id] = condition & ~Q(Exists(asked)) & ~Q(Exists(exempt))
    return lacking


class PersonStanding(Person):
    """A person as the people list shows them: with the worst standing of the day."""

    objects = PersonStandingQuerySet.as_manager()

    class Meta:
        proxy = True
        ordering = ["name_key", "pk"]

    @property
    def status(self):
        """The status word behind rank, which with_worst_on gives."""
        return WORST_FIRST[self.rank]
