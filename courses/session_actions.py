"""Everything that changes a face-to-face session, its roll, and learning that happened elsewhere."""

import hashlib
import secrets

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.actions import LearningRefused, enrol, train_otherwise
from courses.models import PriorLearning, PriorLearningDecision, RollEntry, Seat, Session
from courses.signals import trainer_proposed
from institutions.audit import record
from institutions.templatetags.conduct import localnum
from institutions.uploads import kind_of_scan

TOKEN_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class SessionRefused(LearningRefused):
    """The session does not allow this step; str() says why."""


def reasons_against(*, trainer, course, day):
    """Sentences of the apps above on why the person may not teach the course on the day; none if they may."""
    answers = trainer_proposed.send(Session, trainer=trainer, course=course, day=day)
    return [str(reason) for _receiver, reasons in answers for reason in reasons]


def _refuse_trainer(trainer, course, day):
    reasons = reasons_against(trainer=trainer, course=course, day=day)
    if reasons:
        raise SessionRefused(" ".join(reasons))


@transaction.atomic
def plan_session(*, course, institution, trainer, place, begins_at, ends_at, seats_allowed, at, by):
    """Plan a session; refused where the trainer may not teach the course on that day."""
    _refuse_trainer(trainer, course, timezone.localdate(begins_at))
    session = Session.objects.create(
        course=course,
        institution=institution,
        trainer=trainer,
        place=place,
        begins_at=begins_at,
        ends_at=ends_at,
        seats_allowed=seats_allowed,
        planned_at=at,
        planned_by=by,
    )
    record(verb="courses.plan_session", subject=f"session:{session.pk}", at=at, by=by, institution=institution)
    return session


def _hold_open(session):
    held = Session.objects.select_for_update().get(pk=session.pk)
    if held.cancelled_at is not None:
        raise SessionRefused(_("This session was called off."))
    if held.roll_closed_at is not None:
        raise SessionRefused(_("The roll of this session is closed."))
    return held


@transaction.atomic
def cancel_session(*, session, reason, at, by):
    """Call a session off; its places end with it."""
    held = _hold_open(session)
    held.cancelled_at, held.cancel_reason = at, reason
    held.save(update_fields=["cancelled_at", "cancel_reason"])
    record(verb="courses.cancel_session", subject=f"session:{held.pk}", at=at, by=by, institution=held.institution)
    return held


@transaction.atomic
def give_seats(*, session, people, at, by, walk_in=False):
    """Give each of the people a place, and enrol in the course those who are not; who has a place keeps it.

    Refused whole if there are not enough places; a walk-in takes a place beyond the number planned.
    """
    held = _hold_open(session)
    seated = set(held.seats.values_list("person_id", flat=True))
    new = list({person.pk: person for person in people if person.pk not in seated}.values())
    free = held.seats_allowed - len(seated)
    if len(new) > free and not walk_in:
        raise SessionRefused(
            ngettext(
                "%(free)s place is free, and %(asked)s people were chosen. Take some out or plan another session.",
                "%(free)s places are free, and %(asked)s people were chosen. Take some out or plan another session.",
                max(free, 0),
            )
            % {"free": localnum(max(free, 0)), "asked": localnum(len(new))}
        )
    for person in new:
        enrol(person=person, course=held.course, day=timezone.localdate(at))
    return Seat.objects.bulk_create(
        Seat(session=held, person=person, token=new_token(), walk_in=walk_in, added_at=at, added_by=by)
        for person in new
    )


def new_token():
    """A token of 80 bits that nobody can guess."""
    return "".join(secrets.choice(TOKEN_ALPHABET) for _position in range(16))


@transaction.atomic
def take_back_seat(*, seat, at, by):
    """Free a place before anything stands on the roll about it."""
    held = _hold_open(seat.session)
    if seat.roll.exists():
        raise SessionRefused(_("The roll already says something about this person; mark them absent instead."))
    Seat.objects.filter(pk=seat.pk).delete()
    record(verb="courses.free_seat", subject=f"session:{held.pk}", at=at, by=by, institution=held.institution)


@transaction.atomic
def take_roll(*, session, present, method, at, by, absent=()):
    """Record who was there. present and absent hold seat ids; a seat in neither keeps what the roll says of it.

    Only a change adds an entry. Refused before the session begins. Returns the number of entries added.
    """
    held = _hold_open(session)
    if not held.has_begun(at):
        raise SessionRefused(_("The roll opens half an hour before the session begins."))
    said = dict.fromkeys(absent, False) | dict.fromkeys(present, True)
    seats = list(held.seats.with_presence().annotate(entries=Max("roll__number")))
    entries = [
        RollEntry(
            seat=seat,
            number=(seat.entries or 0) + 1,
            present=said[seat.pk],
            method=method,
            recorded_at=at,
            recorded_by=by,
        )
        for seat in seats
        if seat.pk in said and seat.present is not said[seat.pk]
    ]
    return len(RollEntry.objects.bulk_create(entries))


@transaction.atomic
def close_roll(*, session, at, by):
    """Close the roll: whoever was there is trained in the course as of that day. Returns how many were there.

    Asks once more whether the trainer was allowed to teach on the day of the session.
    """
    held = _hold_open(session)
    if at < held.ends_at:
        raise SessionRefused(_("The roll is closed when the session is over."))
    _refuse_trainer(held.trainer, held.course, held.held_on)
    held.roll_closed_at, held.roll_closed_by = at, by
    held.save(update_fields=["roll_closed_at", "roll_closed_by"])
    there = [seat for seat in held.seats.with_presence().select_related("person") if seat.present]
    for seat in there:
        enrolment = enrol(person=seat.person, course=held.course, day=held.held_on)
        train_otherwise(enrolment=enrolment, day=held.held_on, at=at, by=by)
    record(
        verb="courses.close_roll",
        subject=f"session:{held.pk}",
        at=at,
        by=by,
        institution=held.institution,
        present=len(there),
    )
    return len(there)


# --- prior learning -------------------------------------------------------------------------------------------------


@transaction.atomic
def claim_prior_learning(*, person, course, learned_on, what, evidence, at, by):
    """Bring in evidence that the person learned the course's content elsewhere; evidence holds the bytes of a scan."""
    enrolment = enrol(person=person, course=course, day=timezone.localdate(at))
    kind = kind_of_scan(evidence)
    if kind is None:
        raise LearningRefused(_("The evidence must be a PDF, JPEG or PNG file."))
    digest = hashlib.sha256(evidence).hexdigest()
    if learned_on > timezone.localdate(at):
        raise LearningRefused(_("The day lies in the future."))
    if enrolment.trained_on is not None:
        raise LearningRefused(_("This person is trained in the course already."))
    if PriorLearning.objects.undecided().filter(enrolment=enrolment).exists():
        raise LearningRefused(_("Evidence for this course already waits for a decision."))
    claim = PriorLearning(
        enrolment=enrolment,
        person=person,
        learned_on=learned_on,
        what=what,
        evidence_sha256=digest,
        claimed_at=at,
        claimed_by=by,
    )
    claim.evidence.save(f"{digest[:24]}.{kind}", ContentFile(evidence), save=False)
    claim.save()
    record(verb="courses.claim_prior", subject=f"person:{claim.person_id}", at=at, by=by, claim=claim.pk)
    return claim


@transaction.atomic
def decide_prior_learning(*, claim, accepted, reason, at, by):
    """Decide on the evidence, once; accepted, the person is trained as of the day of the decision.

    Refused for who brought the evidence in, for the person concerned, and for a refusal without a reason.
    """
    if by is None or by.pk == claim.claimed_by_id or claim.person.user_id == by.pk:
        raise LearningRefused(_("Somebody else must decide: not who brought the evidence in, and not the person."))
    if not accepted and not reason.strip():
        raise LearningRefused(_("Say why the evidence does not count. The person reads it."))
    try:
        with transaction.atomic():
            decision = PriorLearningDecision.objects.create(
                claim=claim, accepted=accepted, reason=reason.strip(), decided_at=at, decided_by=by
            )
    except IntegrityError:
        raise LearningRefused(_("Somebody has decided on this already.")) from None
    if accepted:
        train_otherwise(enrolment=claim.enrolment, day=timezone.localdate(at), at=at, by=by)
    record(
        verb="courses.decide_prior",
        subject=f"person:{claim.person_id}",
        at=at,
        by=by,
        claim=claim.pk,
        accepted=accepted,
    )
    return decision
