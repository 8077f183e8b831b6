"""The actions of actions.py for many people at once: the same rows, in a few statements.

Each action takes at most a few hundred rows and is one transaction; whoever has more calls it batch by batch.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from certification.actions import borne_out, certificate_facts, served_from
from certification.models import Certificate, CertificateEvent, Evidence, Period, Requirement
from certification.signals import certificates_issued
from conduct_codes.bulk import Ask, Editions, held_on, posts_by_person, request_signatures, sign_offs_by_person
from conduct_codes.models import SignRequest
from courses.bulk import Place, enrol_many
from institutions.audit import record_many
from institutions.bulk import save_fields
from institutions.many_rows import insert_rows
from institutions.models import Person

MILESTONES = ("started_on", "trained_on", "passed_on", "signed_on")


@dataclass(frozen=True, kw_only=True)
class NewPeriod:
    """One call of open_period."""

    person: Person
    requirement: Requirement
    day: date
    at: datetime
    by: object = None
    cycle: int = 1
    due_on: date | None = None


@transaction.atomic
def open_periods_of(changes):
    """Open first periods of everyone whose posts changed, as open_periods would one by one."""
    binding = Binding()
    posts = posts_by_person({change.person.pk for change in changes})
    return open_many_periods(
        NewPeriod(person=change.person, requirement=requirement, day=change.day, at=change.at, by=change.by)
        for change in changes
        for requirement in binding.of_posts(held_on(posts[change.person.pk], change.day), change.day)
    )


class Binding:
    """Every requirement with its rules, read once: which ones a list of posts binds to on a day."""

    def __init__(self):
        rows = Requirement.objects.select_related("code__owner").prefetch_related("rules", "course_rows__course")
        rows = rows.order_by("code__sector__order", "slug")
        self._editions = Editions()
        self._groups = {requirement: _groups(requirement) for requirement in rows}

    def of_posts(self, posts, day):
        """The requirements that the posts bind to on the day, in the order of the sectors."""
        return [
            requirement
            for requirement, groups in self._groups.items()
            if requirement.active_from <= day
            and (requirement.active_to is None or requirement.active_to >= day)
            and not self._editions.is_repealed_on(requirement.code_id, day)
            and any(all(rule.holds_for(post) for rule in group) for group in groups for post in posts)
        ]


def _groups(requirement):
    groups = defaultdict(list)
    for rule in requirement.rules.all():
        groups[rule.group].append(rule)
    return list(groups.values())


@transaction.atomic
def open_many_periods(rows):
    """Open cycles, as open_period would one by one; one that is there already stays as it is."""
    rows = list(rows)
    people = {row.person.pk for row in rows}
    there = set(Period.objects.filter(person__in=people).values_list("person", "requirement", "cycle"))
    new = []
    for row in rows:
        key = row.person.pk, row.requirement.pk, row.cycle
        if key not in there:
            there.add(key)
            new.append((row, _period(row)))
    insert_rows(period for _row, period in new)
    enrolments = _enrol(new)
    signed = _ask(new, people)
    known = None if signed else (enrolments, {})
    settle_many([Settling(period=period, at=row.at, by=row.by) for row, period in new], known)
    return [period for _row, period in new]


def _period(row):
    return Period(
        person=row.person,
        requirement=row.requirement,
        cycle=row.cycle,
        opened_on=row.day,
        due_on=row.due_on or row.day + timedelta(days=row.requirement.due_days),
    )


def _enrol(new):
    """Enrol everybody in what the new periods ask for; period id → the enrolments."""
    places = [
        (
            period,
            Place(
                person=row.person,
                course=course_row.course,
                day=row.day,
                not_completed_before=served_from(row.requirement, row.cycle, row.day),
            ),
        )
        for row, period in new
        for course_row in row.requirement.course_rows.all()
    ]
    enrolments = enrol_many(place for _period, place in places)
    insert_rows(
        Evidence(period=period, enrolment=enrolment)
        for (period, _place), enrolment in zip(places, enrolments, strict=True)
    )
    given = defaultdict(list)
    for (period, _place), enrolment in zip(places, enrolments, strict=True):
        given[period.pk].append(enrolment)
    return given


def _ask(new, people):
    """Take up what was signed already, for a first cycle, and ask for the signatures that are missing.

    True if there was such a signature.
    """
    editions = Editions()
    signed = sign_offs_by_person(people, editions)
    evidence, asks = [], []
    for row, period in new:
        edition = editions.in_force_on(row.requirement.code_id, row.day)
        if edition is None:
            continue
        earlier = signed[row.person.pk, edition.chain_id]
        if row.cycle == 1 and earlier:
            evidence.append(Evidence(period=period, sign_off=earlier[-1]))
            continue
        asks.append(
            Ask(
                person=row.person,
                edition=edition.continues or edition,
                cause=SignRequest.Cause.NEW_EDITION if row.cycle == 1 else SignRequest.Cause.RENEWAL,
                cycle=row.cycle,
                asked_on=row.day,
                due_on=period.due_on,
            )
        )
    Evidence.objects.bulk_create(evidence)
    request_signatures(asks)
    return bool(evidence)


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """What open_renewals does for one person on one day."""

    person: Person
    day: date
    at: datetime
    by: object = None


@transaction.atomic
def open_many_renewals(rows):
    """Open the next cycle of each person's certificates whose window is open, as open_renewals would on that day."""
    rows = list(rows)
    people = {row.person.pk for row in rows}
    editions = Editions()
    begun = Period.objects.filter(person__in=people).order_by("cycle").values_list("person", "requirement", "cycle")
    cycles = {(person_id, requirement_id): cycle for person_id, requirement_id, cycle in begun}
    held = defaultdict(list)
    certificates = Certificate.objects.filter(person__in=people).order_by("issued_on", "pk")
    certificates = certificates.exclude(events__kind=CertificateEvent.Kind.REVOKED)
    for certificate in certificates.select_related("period", "requirement__code").prefetch_related(
        "requirement__course_rows__course"
    ):
        held[certificate.person_id].append(certificate)
    due = []
    for row in rows:
        newest = {each.requirement_id: each for each in held[row.person.pk] if each.issued_on <= row.day}
        for certificate in newest.values():
            cycle = certificate.period.cycle
            if (
                certificate.window_from <= row.day
                and cycles[certificate.person_id, certificate.requirement_id] == cycle
                and not editions.is_repealed_on(certificate.requirement.code_id, row.day)
            ):
                due.append(_next_cycle(row, certificate))
    return open_many_periods(due)


def _next_cycle(row, certificate):
    return NewPeriod(
        person=row.person,
        requirement=certificate.requirement,
        day=row.day,
        at=row.at,
        by=row.by,
        cycle=certificate.period.cycle + 1,
        due_on=max(certificate.valid_until, row.day),
    )


@dataclass(frozen=True, kw_only=True)
class Settling:
    """One call of settle_period."""

    period: Period
    at: datetime
    by: object = None


@transaction.atomic
def settle_many(rows, known=None):
    """Set the days that the evidence bears out and issue what is earned, as settle_period would one by one.

    known is what _evidence_of would read, where the caller has just written it.
    """
    rows = list(rows)
    enrolments, signatures = known or _evidence_of([row.period.pk for row in rows])
    editions = Editions()
    changed, earned = [], []
    for row in rows:
        period, signature = row.period, signatures.get(row.period.pk)
        if _note(period, enrolments[period.pk], signature):
            changed.append(period)
        day = timezone.localdate(row.at)
        complete = period.trained_on and period.passed_on and period.signed_on and period.certified_on is None
        if complete and not editions.is_repealed_on(period.requirement.code_id, day):
            period.certified_on = day
            earned.append((row, signature))
    save_fields(changed, MILESTONES)
    _issue(earned)


def _evidence_of(period_ids):
    """Period id → its enrolments; period id → its sign-off."""
    enrolments, signatures = defaultdict(list), {}
    rows = Evidence.objects.filter(period__in=period_ids).order_by("pk")
    for evidence in rows.select_related("enrolment", "sign_off__edition"):
        if evidence.enrolment_id:
            enrolments[evidence.period_id].append(evidence.enrolment)
        else:
            signatures[evidence.period_id] = evidence.sign_off
    return enrolments, signatures


def _note(period, enrolments, sign_off):
    """Set the days of the period that are known now and were not; True if there is any."""
    days = borne_out(enrolments, sign_off)
    news = {name: day for name, day in days.items() if day and getattr(period, name) is None}
    for name, day in news.items():
        setattr(period, name, max(day, period.opened_on))
    return bool(news)


def _issue(earned):
    """Issue the certificates of completed periods, as issue_certificate would one by one."""
    save_fields([row.period for row, _sign_off in earned], ["certified_on"])
    people = {row.period.person_id for row, _sign_off in earned}
    previous = {
        (person_id, requirement_id): valid_until
        for person_id, requirement_id, valid_until in Certificate.objects.filter(person__in=people)
        .order_by("issued_on", "pk")
        .values_list("person", "requirement", "valid_until")
    }
    posts = {post.pk: post for each in posts_by_person(people).values() for post in each}
    certificates = []
    for row, sign_off in earned:
        sign_off.post = posts[sign_off.post_id]
        last = previous.get((row.period.person_id, row.period.requirement_id))
        certificates.append(Certificate(**certificate_facts(row.period, sign_off, last, at=row.at)))
    Certificate.objects.bulk_create(certificates)
    record_many(
        {
            "verb": "certification.issue",
            "subject": f"certificate:{certificate.serial}",
            "at": row.at,
            "by": row.by,
            "institution": sign_off.post.institution,
        }
        for (row, sign_off), certificate in zip(earned, certificates, strict=True)
    )
    if certificates:
        certificates_issued.send(Certificate, certificates=certificates)


# --- news from below ------------------------------------------------------------------------------------------------


def open_for_many_new_posts(sender, changes, **kwargs):
    open_periods_of(changes)


def settle_after_much_learning(sender, moves, **kwargs):
    """Settle every open period that rests on an enrolment that moved, as of the last of its moves."""
    by_enrolment = {move.enrolment.pk: move for move in moves}
    evidence = Evidence.objects.filter(enrolment__in=by_enrolment, period__certified_on__isnull=True)
    last = {}
    for period_id, enrolment_id in evidence.values_list("period", "enrolment"):
        move = by_enrolment[enrolment_id]
        if period_id not in last or move.at > last[period_id].at:
            last[period_id] = move
    _settle(last)


def settle_after_many_signatures(sender, sign_offs, **kwargs):
    """Signatures under the chain in force are evidence for the people's open periods of that code."""
    editions = Editions()
    counting = defaultdict(list)
    for sign_off in sign_offs:
        code_id = sign_off.edition.code_id
        in_force = editions.in_force_on(code_id, sign_off.signed_on)
        if in_force and in_force.chain_id == sign_off.edition.chain_id:
            counting[sign_off.person_id, code_id].append(sign_off)
    open_periods = Period.objects.open().filter(person__in={person for person, _code in counting}).order_by("pk")
    periods = {
        period_id: counting[person_id, code_id]
        for period_id, person_id, code_id in open_periods.values_list("pk", "person", "requirement__code")
        if (person_id, code_id) in counting
    }
    signed = set(Evidence.objects.filter(period__in=periods, sign_off__isnull=False).values_list("period", flat=True))
    Evidence.objects.bulk_create(
        Evidence(period_id=period_id, sign_off=found[0])
        for period_id, found in periods.items()
        if period_id not in signed
    )
    _settle({period_id: _Signed(found[0]) for period_id, found in periods.items()})


@dataclass(frozen=True)
class _Signed:
    """A sign-off as the moment and the actor of what follows from it."""

    sign_off: object

    @property
    def at(self):
        return self.sign_off.signed_at

    @property
    def by(self):
        return self.sign_off.signed_by


def _settle(causes):
    """Settle the periods with these ids, each at the moment and by the actor of its cause."""
    periods = Period.objects.filter(pk__in=causes).select_related("person", "requirement__code__owner")
    settle_many(
        [Settling(period=period, at=causes[period.pk].at, by=causes[period.pk].by) for period in periods.order_by("pk")]
    )
