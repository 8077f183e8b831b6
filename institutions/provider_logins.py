"""Logins for which a ministry's identity provider vouches: by staff number, into the accounts of one register.

A provider speaks for one register. It never makes a person; it opens an account for whoever serves there today, as a
slip of paper does, and never one with a post or a role elsewhere: one ministry's provider would open what another has
given.
"""

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils import timezone

from institutions.access import access_to
from institutions.actions import RegisterRefused, open_account, tidy_staff_number
from institutions.audit import record
from institutions.models import Institution, Person, Post, Role, StaffNumber
from institutions.models.merges import is_of
from institutions.provider_rules import Facts, Refusal, refusal_of
from institutions.scope import Scope


class LoginRefused(Exception):
    """A provider's login opens no account. `reason` is for the record alone."""

    def __init__(self, reason, person=None):
        super().__init__(str(reason))
        self.reason, self.person = reason, person


def admit(*, provider, register_code, subject, number, at):
    """The account which a provider's login opens, linked to it from the first time on.

    provider is the provider's id, subject what it calls the visitor for ever, number the staff number that it gave.
    LoginRefused where the login opens nothing; that is recorded too.
    """
    register = Institution.objects.filter(depth=1, code=register_code).first()
    try:
        with transaction.atomic():
            return _admit(provider, register, subject, number, at)
    except (IntegrityError, RegisterRefused):
        refused = LoginRefused(Refusal.AT_ONCE)
    except LoginRefused as refusal:
        refused = refusal
    about = f"person:{refused.person.pk}" if refused.person else f"provider:{provider}"
    record(
        verb="institutions.refuse_login",
        subject=about[:80],
        at=at,
        by=None,
        institution=register,
        provider=provider,
        reason=str(refused.reason),
    )
    raise refused


def _admit(provider, register, subject, number, at):
    if register is None:
        raise LoginRefused(Refusal.NO_REGISTER)
    person = _person_with(register, number)
    day = timezone.localdate(at)
    link = SocialAccount.objects.filter(provider=provider, uid=subject).select_related("user__person").first()
    if reason := refusal_of(_facts(person, register, provider, link, day)):
        raise LoginRefused(reason, person)
    if link is not None:
        SocialAccount.objects.filter(pk=link.pk).update(last_login=at)
        return person.user
    user = person.user or _account_for(person, register, at)
    SocialAccount.objects.create(provider=provider, uid=subject, user=user)
    record(
        verb="institutions.link_login",
        subject=f"person:{person.pk}",
        at=at,
        by=user,
        institution=register,
        provider=provider,
    )
    return user


def _person_with(register, number):
    """Whoever has the number in the register, as the row that stays, held until the end of the transaction."""
    if not number:
        raise LoginRefused(Refusal.NO_NUMBER)
    found = StaffNumber.objects.filter(register=register, number=tidy_staff_number(number)).select_related("person")
    given = found.first()
    if given is None:
        raise LoginRefused(Refusal.UNKNOWN)
    # Without its account: what is joined to a row that somebody else held would be read as it was before.
    return Person.objects.select_for_update().get(pk=given.person.merged_into_id or given.person_id)


def _facts(person, register, provider, link, day):
    posts = Post.objects.of(person).serving_on(day)
    here = posts.in_subtree(register).count()
    user = person.user
    return Facts(
        is_active=user is None or user.is_active,
        posts_here=here,
        reaches_further=posts.count() > here or bool(user and _has_roles_outside(user, register, day)),
        is_login_of_another=link is not None and not _is_account_of(link.user, person),
        has_another_login=bool(
            link is None and user and SocialAccount.objects.filter(provider=provider, user=user).exists()
        ),
    )


def _is_account_of(user, person):
    """True if the account is this human's, on the row that stays or on one that was merged into it."""
    owner = getattr(user, "person", None)
    return person.user_id is not None and owner is not None and is_of(owner, person)


def _has_roles_outside(user, register, day):
    if user.is_superuser or user.is_staff:
        return True
    roles = Role.objects.of(user).not_over_on(day).select_related("institution")
    return any(not role.institution or not role.institution.path.startswith(register.path) for role in roles)


def _account_for(person, register, at):
    """The account of somebody who serves today and never had one, named as a slip would name it."""
    name = access_to(Scope.of(register, timezone.localdate(at)), [person])[0].account_name
    return open_account(username=name, password=None, person=person, at=at, by=None)


@transaction.atomic
def end_links(*, user, provider="", at, by, institution=None):
    """Forget which logins of a provider, or of all, open the account; how many. The next one begins anew."""
    links = SocialAccount.objects.filter(user=user)
    ended, _rows = (links.filter(provider=provider) if provider else links).delete()
    if ended:
        person = getattr(user, "person", None)
        about = f"person:{person.pk}" if person else f"user:{user.pk}"
        facts = {"institution": institution, "provider": provider}
        record(verb="institutions.end_login_links", subject=about, at=at, by=by, **facts)
    return ended
