"""Letting another system in, and taking that back."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.client_tokens import new_reference, new_token, print_of
from institutions.models import ApiClient, Institution, User
from jobs.actions import cancel_job, resume_job

LONGEST = timedelta(days=366)
"""How long a token opens anything, from the day it is made."""


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A client and its token, which is shown once: nobody can read it again. It does not stand in the repr."""

    client: ApiClient
    token: str = field(repr=False)


@transaction.atomic
def create_client(*, name, institution, may_read, may_push, expires_on, at, by):
    """Let another system in below an institution until a day, at most a year ahead."""
    _check_last_day(expires_on, at)
    if not may_read and not may_push:
        raise RegisterRefused(_("Choose what the system may do."))
    institution = Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)  # two clicks wait
    known = ApiClient.objects.kept_by([institution]).usable_on(timezone.localdate(at)).filter(name__iexact=name.strip())
    if known.exists():
        raise RegisterRefused(
            _(
                "A system of this name is let in here already. Make it a new token in the list of other systems, or "
                "give this one another name."
            )
        )
    reference = new_reference()
    user = User(username=reference, is_active=False)
    user.set_unusable_password()
    user.save()
    token, prefix = new_token()
    client = ApiClient.objects.create(
        reference=reference,
        name=name.strip(),
        institution=institution,
        user=user,
        may_read=may_read,
        may_push=may_push,
        token_prefix=prefix,
        token_print=print_of(token),
        created_at=at,
        created_by=by,
        expires_on=expires_on,
    )
    _note("institutions.create_client", client, at, by, may_read=may_read, may_push=may_push, until=str(expires_on))
    return NewToken(client=client, token=token)


@transaction.atomic
def renew_client(*, client, expires_on, at, by):
    """Give a client a new token and a new last day; the old token opens nothing from now on."""
    locked = ApiClient.objects.select_for_update(of=("self",)).select_related("institution").get(pk=client.pk)
    if locked.revoked_at:
        raise RegisterRefused(_("This access was taken back. Make a new one."))
    _check_last_day(expires_on, at)
    token, locked.token_prefix = new_token()
    locked.token_print, locked.expires_on = print_of(token), expires_on
    locked.save(update_fields=["token_prefix", "token_print", "expires_on"])
    _note("institutions.renew_client", locked, at, by, until=str(expires_on))
    return NewToken(client=locked, token=token)


@transaction.atomic
def revoke_client(*, client, at, by):
    """Shut a client out, from its next request on; False where it was shut out already."""
    ended = ApiClient.objects.filter(pk=client.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    if ended:
        _note("institutions.revoke_client", client, at, by)
    return bool(ended)


@transaction.atomic
def resume_request(*, job, at, by):
    """Let the job of a person or of another system go on; of a system, the record says who did. False if it cannot."""
    resumed = resume_job(job=job, by=by, at=at)
    if resumed:
        _note_job("institutions.resume_request", job, at, by)
    return resumed


@transaction.atomic
def stop_request(*, job, at, by):
    """End the job of a person or of another system; of a system, the record says who did. False if it had ended."""
    stopped = cancel_job(job=job, by=by, at=at)
    if stopped:
        _note_job("institutions.stop_request", job, at, by)
    return stopped


def _note_job(verb, job, at, by):
    for changes in job.people_changes.select_related("client__institution"):
        _note(verb, changes.client, at, by, request=changes.pk)


def note_use(*, client, on):
    """Keep the day on which a client was last here; one write a day."""
    if client.last_used_on == on:
        return
    earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=on)
    ApiClient.objects.filter(earlier, pk=client.pk).update(last_used_on=on)


def _check_last_day(expires_on, at):
    day = timezone.localdate(at)
    if not day <= expires_on <= day + LONGEST:
        raise RegisterRefused(_("Choose a last day between today and a year from today."))


def _note(verb, client, at, by, **facts):
    record(verb=verb, subject=client.reference, at=at, by=by, institution=client.institution, **facts)
