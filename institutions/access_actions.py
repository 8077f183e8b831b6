"""Giving access to an account and taking it back: slips, passwords set with them, sessions."""

from dataclasses import dataclass, field
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.access import Access, access_to
from institutions.actions import RegisterRefused, open_account
from institutions.activation import LIFETIME, fingerprint, new_code, new_token
from institutions.audit import record, record_many
from institutions.models import AccountSession, Activation, AuditEntry, Person, Post
from institutions.scope import Scope
from jobs.actions import cancel_job
from jobs.models import Job

KEPT_AFTER_END = timedelta(days=1)
SESSIONS_AT_A_TIME = 500


class ActivationSpent(RegisterRefused):
    """The slip was used, taken back or over before the password came."""


@dataclass(frozen=True, kw_only=True)
class Slip:
    """What is printed, once: nobody can read the token and the code again. Neither stands in its repr."""

    activation: Activation
    access: Access
    token: str = field(repr=False)
    code: str = field(repr=False)


@transaction.atomic
def issue_activations(*, scope, people, seen_at, at, by, ends_second_step=False):
    """A fresh slip for each person; a former one that is still open ends. All of them or none.

    seen_at is when the clerk was shown whom it concerns: slips issued since then refuse the whole, so that a second
    click or a second clerk does not silently end slips that have just been printed.
    """
    keys = sorted(person.pk for person in people)
    locked = list(Person.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    accesses = access_to(scope, locked)
    if len(locked) < len(keys) or any(access.refusal for access in accesses):
        raise RegisterRefused(_("You cannot give access to everybody of these. Look at the list again."))
    former = Activation.objects.open().filter(person__in=keys)
    if former.filter(issued_at__gte=seen_at).exists():
        raise RegisterRefused(
            _("Slips for some of these people were made a moment ago. Use those, or begin again to replace them.")
        )
    former.update(revoked_at=at)
    slips = [_slip(access, at, by, ends_second_step) for access in accesses]
    try:
        with transaction.atomic():
            Activation.objects.bulk_create(slip.activation for slip in slips)
    except IntegrityError:
        raise RegisterRefused(_("Two people would log in with the same name. Ask the platform owner.")) from None
    record_many(_entry("institutions.issue_activation", slip.access, at, by) for slip in slips)
    return slips


def _slip(access, at, by, ends_second_step):
    token, code = new_token(), new_code()
    activation = Activation(
        person=access.person,
        account_name=access.account_name,
        token_print=fingerprint(access.account_name, token),
        code_print=fingerprint(access.account_name, code),
        ends_second_step=ends_second_step,
        issued_at=at,
        issued_by=by,
        expires_at=at + LIFETIME,
    )
    return Slip(activation=activation, access=access, token=token, code=code)


def _entry(verb, access, at, by):
    institution = access.post.institution if access.post else None
    return {"verb": verb, "subject": f"person:{access.person.pk}", "at": at, "by": by, "institution": institution}


@transaction.atomic
def revoke_activation(*, access, at, by):
    """End the person's open slip; False where there was none any more."""
    ended = Activation.objects.of(access.person).open().update(revoked_at=at)
    if ended:
        record(**_entry("institutions.revoke_activation", access, at, by))
    return bool(ended)


def find_activation(*, account_name, secret, at):
    """The usable slip with this name and this token or code, or None; the same work whatever is wrong."""
    kept = fingerprint(account_name, secret)
    usable = Activation.objects.usable_at(at).select_related("person__user")
    return usable.filter(Q(token_print=kept) | Q(code_print=kept)).first()


@transaction.atomic
def use_activation(*, activation, password, at):
    """Set the password of the slip's person, opening the account where there is none; sessions from before end.

    Exactly one of several callers succeeds; the others get ActivationSpent.
    """
    found = Activation.objects.select_for_update().get(pk=activation.pk)
    person = Person.objects.select_for_update().get(pk=found.person_id)
    if not found.is_usable_at(at) or not _still_good(found, person, at):
        raise ActivationSpent(_("This slip can no longer be used. Ask your HR unit for a new one."))
    found.used_at = at
    found.save(update_fields=["used_at"])
    if person.user_id is None:
        user = open_account(username=found.account_name, password=password, person=person, at=at, by=None)
    else:
        user = person.user
        user.set_password(password)
        user.save(update_fields=["password"])
        delete_sessions(user)
        if found.ends_second_step:
            Authenticator.objects.filter(user=user).delete()
    record(verb="institutions.use_activation", subject=f"person:{person.pk}", at=at, by=user)
    return user


def _still_good(activation, person, at):
    """A slip for an account in use is good while its issuer might issue it still: a transfer or a role ends it."""
    if person.user_id is None:
        return True
    if not person.user.is_in_use and not person.user.roles.exists():
        return person.user.is_active
    scope = Scope.for_user(activation.issued_by, timezone.localdate(at))
    return access_to(scope, [person])[0].refusal is None


def close_accounts_of_the_dead(*, at, people=None):
    """Close the accounts of people whose last post death has ended, log them out and take back open slips; how many.

    All of them, or those of these people. Whoever has left in any other way keeps the account and its certificates.
    """
    day = timezone.localdate(at)
    ended = Post.objects.ended_by_death_on(day)
    dead = Person.objects.filter(Exists(ended.filter(person=OuterRef("pk"))))
    dead = dead.filter(Q(user__is_active=True) | Exists(Activation.objects.open().filter(person=OuterRef("pk"))))
    if people is not None:
        dead = dead.filter(pk__in=[person.pk for person in people])
    keys = list(dead.order_by("pk").values_list("pk", flat=True))
    for key in keys:
        _close_account_of_the_dead(key, at)
    return len(keys)


@transaction.atomic
def _close_account_of_the_dead(key, at):
    person = Person.objects.select_for_update().get(pk=key)
    Activation.objects.of(person).open().update(revoked_at=at)
    if person.user_id is None or not person.user.is_active:
        return
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])
    delete_sessions(person.user)
    record(verb="institutions.close_account", subject=f"person:{person.pk}", at=at, by=None, reason="died")


@transaction.atomic
def reopen_accounts(*, people, since, at, by):
    """Open again what a death has closed since, of these people (ids) who are not dead in the register any more.

    Devices stay logged out and slips taken back. How many accounts there were.
    """
    closed = AuditEntry.objects.filter(verb="institutions.close_account", at__gte=since, facts__reason="died")
    closed = set(closed.filter(subject__in=[f"person:{pk}" for pk in people]).values_list("subject", flat=True))
    still = Post.objects.ended_by_death_on(timezone.localdate(at)).filter(person=OuterRef("pk"))
    alive = Person.objects.select_for_update(of=("self",)).filter(pk__in=people, user__is_active=False)
    alive = alive.exclude(Exists(still)).select_related("user")
    found = [person for person in alive if f"person:{person.pk}" in closed]
    for person in found:
        person.user.is_active = True
        person.user.save(update_fields=["is_active"])
        record(verb="institutions.reopen_account", subject=f"person:{person.pk}", at=at, by=by)
    return len(found)


def shut_out_closed_accounts(*, at):
    """Log closed accounts out everywhere and cancel what they have asked for; how many sessions and jobs.

    From the moment on which an account is closed its requests are refused; this ends what would live on beside them.
    """
    keys = list(AccountSession.objects.filter(user__is_active=False).values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    # The account of another system is never open: its requests end with its token.
    jobs = Job.objects.open().filter(owner__is_active=False, owner__api_client__isnull=True)
    return len(keys), sum(cancel_job(job=job, by=None, at=at) for job in jobs)


# --- sessions -------------------------------------------------------------------------------------------------------


def note_session(*, session_key, user, device, at):
    """Keep that the account was seen on this device; first seen stays. A session that has just ended is left ended."""
    facts = {"user": user, "device": device, "last_seen": at}
    try:
        with transaction.atomic():
            AccountSession.objects.update_or_create(
                session_id=session_key, defaults=facts, create_defaults={**facts, "first_seen": at}
            )
    except IntegrityError:
        return


@transaction.atomic
def end_session(*, session, at, by):
    """Log one device out, at once."""
    Session.objects.filter(pk=session.session_id).delete()
    record(verb="institutions.end_sessions", subject=f"user:{by.pk}", at=at, by=by)


@transaction.atomic
def end_other_sessions(*, user, keep, at):
    """Log every device out but the one whose session key is kept; how many there were."""
    ended = delete_sessions(user, keep)
    record(verb="institutions.end_sessions", subject=f"user:{user.pk}", at=at, by=user)
    return ended


def forget_old_sessions(*, at):
    """Delete sessions that were over a day ago, some at a time; how many. Until then what was typed finds its owner."""
    over = Session.objects.filter(expire_date__lt=at - KEPT_AFTER_END).values_list("pk", flat=True)
    return Session.objects.filter(pk__in=list(over[:SESSIONS_AT_A_TIME])).delete()[1].get("sessions.Session", 0)


def delete_sessions(user, keep=None):
    """Log an account out on every device, or on every one but that with the key to keep; how many there were."""
    keys = list(AccountSession.objects.of(user).exclude(session_id=keep).values_list("session_id", flat=True))
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)
