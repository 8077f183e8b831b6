"""Everything that opens a period, settles it, issues a certificate or changes what stands of it."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification import rules
from certification.models import Certificate, CertificateEvent, Evidence, Exemption, Period, Requirement
from certification.models.requirements import binding_conditions
from certification.signals import certificate_changed, certificates_issued
from conduct_codes.actions import request_signature
from conduct_codes.models import Edition, Repeal, SignOff, SignRequest
from courses.actions import enrol
from institutions.audit import record
from institutions.days import add_months
from institutions.models import Person, Post


class CertificationRefused(Exception):
    """The step is refused; str() says why."""


def requirements_binding(person, day):
    """Requirements that a post of the person's binds them to on the day, in the order of the sectors."""
    bound = [
        requirement_id
        for requirement_id, condition in binding_conditions(day).items()
        if Post.objects.of(person).serving_on(day).filter(condition).exists()
    ]
    return Requirement.objects.filter(pk__in=bound).prefetch_related("course_rows__course")


@transaction.atomic
def open_periods(*, person, day, at, by):
    """Open a first period for every requirement that binds the person and has none; safe to repeat."""
    return [
        open_period(person=person, requirement=requirement, cycle=1, day=day, at=at, by=by)
        for requirement in requirements_binding(person, day)
    ]


@transaction.atomic
def open_period(*, person, requirement, cycle, day, at, by, due_on=None):
    """Open a cycle: enrol in its courses and ask for the signature it needs. Safe to repeat.

    A first cycle takes up what the person already completed and signed; a renewal asks for everything again.
    """
    period, created = Period.objects.get_or_create(
        person=person,
        requirement=requirement,
        cycle=cycle,
        defaults={"opened_on": day, "due_on": due_on or day + timedelta(days=requirement.due_days)},
    )
    if not created:
        return period
    for row in requirement.course_rows.all():
        enrolment = enrol(
            person=person, course=row.course, day=day, not_completed_before=served_from(requirement, cycle, day)
        )
        Evidence.objects.create(period=period, enrolment=enrolment)
    edition = Edition.objects.in_force_on(day).filter(code=requirement.code_id).first()
    if edition:
        _ask_for_signature(period, edition, day)
    settle_period(period=period, at=at, by=by)
    return period


def served_from(requirement, cycle, day):
    """The day from which a completed course counts for a cycle that opens on the day."""
    return day if cycle > 1 else add_months(day, -requirement.validity_months)


def _ask_for_signature(period, edition, day):
    signed = SignOff.objects.of(period.person).under_chain_of(edition).order_by("signed_on").last()
    if period.cycle == 1 and signed:
        Evidence.objects.create(period=period, sign_off=signed)
        return
    request_signature(
        person=period.person,
        edition=edition.continues or edition,
        cause=SignRequest.Cause.NEW_EDITION if period.cycle == 1 else SignRequest.Cause.RENEWAL,
        cycle=period.cycle,
        asked_on=day,
        due_on=period.due_on,
    )


def settle_period(*, period, at, by):
    """Set the days that the evidence now bears out, each once, and issue the certificate when all are there."""
    enrolments = [row.enrolment for row in period.evidence.select_related("enrolment") if row.enrolment_id]
    signature = period.evidence.filter(sign_off__isnull=False).select_related("sign_off").first()
    facts = borne_out(enrolments, signature.sign_off if signature else None)
    changed = [name for name, day in facts.items() if day and getattr(period, name) is None]
    for name in changed:
        setattr(period, name, max(facts[name], period.opened_on))
    if changed:
        period.save(update_fields=changed)
    complete = period.trained_on and period.passed_on and period.signed_on and period.certified_on is None
    if complete and not _is_repealed(period.requirement, timezone.localdate(at)):
        issue_certificate(period=period, sign_off=signature.sign_off, at=at, by=by)
    return period


def _is_repealed(requirement, day):
    return Repeal.objects.standing_on(day).filter(edition__code=requirement.code_id).exists()


def borne_out(enrolments, sign_off):
    """The days of a period that its evidence bears out, by name; None where it does not yet."""
    begun = [enrolment.started_on for enrolment in enrolments if enrolment.started_on]
    if sign_off:
        begun.append(sign_off.signed_on)
    return {
        "trained_on": _last_of(enrolment.trained_on for enrolment in enrolments),
        "passed_on": _last_of(enrolment.passed_on for enrolment in enrolments),
        "signed_on": sign_off.signed_on if sign_off else None,
        "started_on": min(begun) if begun else None,
    }


def _last_of(days):
    """The latest of the days if every one is set, else None."""
    days = list(days)
    return max(days) if days and all(days) else None


@transaction.atomic
def issue_certificate(*, period, sign_off, at, by):
    """Issue the certificate of a completed period, exactly once, frozen as things are on the day."""
    held = Certificate.objects.filter(person=period.person, requirement=period.requirement)
    previous = held.order_by("-issued_on", "-pk").values_list("valid_until", flat=True).first()
    try:
        with transaction.atomic():
            period.certified_on = timezone.localdate(at)
            period.save(update_fields=["certified_on"])
            certificate = Certificate.objects.create(**certificate_facts(period, sign_off, previous, at=at))
    except IntegrityError:
        return Certificate.objects.get(period=period, replaces__isnull=True)
    record(
        verb="certification.issue",
        subject=f"certificate:{certificate.serial}",
        at=at,
        by=by,
        institution=sign_off.institution,
    )
    certificates_issued.send(Certificate, certificates=[certificate])
    return certificate


def certificate_facts(period, sign_off, previous, *, at):
    """Everything a certificate of the period holds; previous is the valid_until of the person's last one, or None."""
    day, requirement = timezone.localdate(at), period.requirement
    runs_on = requirement.expiry_basis == Requirement.ExpiryBasis.PREVIOUS
    days = rules.validity(
        day,
        months=requirement.validity_months,
        window_days=requirement.window_days,
        grace_days=requirement.grace_days,
        previous=previous if runs_on else None,
    )
    return {
        "period": period,
        **frozen_words(period, sign_off),
        "serial": f"{requirement.serial_prefix}-{day.year}-{period.pk:07d}",
        "verification_code": rules.new_verification_code(),
        "issued_on": day,
        "valid_until": days.valid_until,
        "window_from": days.window_from,
        "grace_until": days.grace_until,
        "issued_at": at,
        "issued_by": None,
    }


def frozen_words(period, sign_off):
    """What a certificate says of its holder, code and place, as they are now."""
    person, code, post = period.person, period.requirement.code, sign_off.post
    return {
        "person": person,
        "requirement": period.requirement,
        "edition": sign_off.edition,
        "holder": person.name,
        "holder_latin": person.name_latin,
        "position": post.position.name,
        "position_latin": post.position.name_latin,
        "institution": post.institution.name,
        "institution_latin": post.institution.name_latin,
        "code_name": code.name,
        "code_name_latin": code.name_latin,
        "issuer": code.owner.name,
        "issuer_latin": code.owner.name_latin,
    }


def move_due(*, period, due_on, at, by):
    """Give an open period a later due day, as an override for one person asks; the record keeps both days."""
    before = period.due_on
    period.due_on = due_on
    period.save(update_fields=["due_on"])
    record(
        verb="certification.move_due",
        subject=f"person:{period.person_id}",
        at=at,
        by=by,
        period=period.pk,
        before=before.isoformat(),
        after=due_on.isoformat(),
    )


@transaction.atomic
def change_certificate(*, certificate, kind, reason, at, by):
    """Suspend, reinstate or revoke a certificate. A revoked one stays revoked."""
    held = Certificate.objects.select_for_update().get(pk=certificate.pk)
    last = held.events.order_by("at", "pk").last()
    current = last.kind if last else ""
    allowed = {
        CertificateEvent.Kind.SUSPENDED: ("", CertificateEvent.Kind.REINSTATED),
        CertificateEvent.Kind.REINSTATED: (CertificateEvent.Kind.SUSPENDED,),
        CertificateEvent.Kind.REVOKED: ("", CertificateEvent.Kind.REINSTATED, CertificateEvent.Kind.SUSPENDED),
    }
    if current not in allowed[kind]:
        raise CertificationRefused(_("The certificate does not allow this step now."))
    event = CertificateEvent.objects.create(
        certificate=held, kind=kind, on_day=timezone.localdate(at), at=at, by=by, reason=reason
    )
    proof = held.period.evidence.filter(sign_off__isnull=False).select_related("sign_off__institution").first()
    record(
        verb=f"certification.{kind}",
        subject=f"certificate:{held.serial}",
        at=at,
        by=by,
        institution=proof.sign_off.institution if proof else None,
    )
    certificate_changed.send(CertificateEvent, event=event)
    return event


@transaction.atomic
def exempt_person(*, person, requirement, starts_on, ends_on, reason, at, by):
    """Exempt a person from a requirement for a while, with a reason."""
    exemption = Exemption.objects.create(
        person=person,
        requirement=requirement,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        granted_at=at,
        granted_by=by,
    )
    record(verb="certification.exempt", subject=f"person:{person.pk}", at=at, by=by)
    return exemption


def open_missing_periods(*, day, at, by):
    """Open a first period for everyone whom a requirement binds on the day and who has none.

    It takes up new requirements and posts that began today. Safe to run late, twice or half way; returns the number.
    """
    opened = 0
    for requirement_id, condition in binding_conditions(day).items():
        requirement = Requirement.objects.prefetch_related("course_rows__course").get(pk=requirement_id)
        serving = Post.objects.serving_on(day).filter(condition, person=OuterRef("pk"))
        asked = Period.objects.filter(requirement=requirement, person=OuterRef("pk"))
        for person in Person.objects.filter(Exists(serving)).exclude(Exists(asked)):
            open_period(person=person, requirement=requirement, cycle=1, day=day, at=at, by=by)
            opened += 1
    return opened


def open_renewals(*, day, at, by, batch=500):
    """Open the next cycle for every certificate whose window is open and that has no newer period.

    Safe to run late, twice or half way. Returns the number opened.
    """
    opened = 0
    due = (
        Certificate.objects.latest_on(day)
        .filter(window_from__lte=day, person__merged_into__isnull=True)
        .exclude(events__kind=CertificateEvent.Kind.REVOKED)
        .exclude(requirement__code__in=Repeal.objects.standing_on(day).values("edition__code"))
        .select_related("person", "period", "requirement")
    )
    for certificate in due.iterator(chunk_size=batch):
        newest = Period.objects.filter(person=certificate.person, requirement=certificate.requirement)
        if newest.filter(cycle__gt=certificate.period.cycle).exists():
            continue
        open_period(
            person=certificate.person,
            requirement=certificate.requirement,
            cycle=certificate.period.cycle + 1,
            day=day,
            due_on=max(certificate.valid_until, day),
            at=at,
            by=by,
        )
        opened += 1
    return opened
