"""How long a password has to be, and what others know of its owner: decisions about passwords, and the one note of it.

Of a password nothing is kept but its hash. Whether it is long enough for a role is noted when it is typed, in the
session that it opens: docs/decisions/0018.
"""

from allauth.mfa.models import Authenticator
from django.utils import timezone

from institutions.khmer import to_ascii_digits
from institutions.models import Role

LEAST = 12
LEAST_OF_ROLES = 15
"""For accounts that hold a role, unless they have a second step beside the password."""
SHORT = "short_password"
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
DAYS = ("%d%m%Y", "%Y%m%d", "%m%d%Y", "%d%m%y", "%y%m%d", "%Y")


def least_length(*, has_role, has_second_step):
    """How many characters a new password has at least."""
    return LEAST_OF_ROLES if has_role and not has_second_step else LEAST


def least_length_for(user):
    """The same for an account; one that is not made yet has no role."""
    if user is None or user.pk is None:
        return least_length(has_role=bool(user and user.is_superuser), has_second_step=False)
    has_role = user.is_superuser or Role.objects.of(user).not_over_on(timezone.localdate()).exists()
    has_second_step = has_role and Authenticator.objects.filter(user=user, type__in=STEPS).exists()
    return least_length(has_role=has_role, has_second_step=has_second_step)


def note_length(request, password):
    """Note in the session whether its password is one that a role asks more of."""
    request.session[SHORT] = len(password) < LEAST_OF_ROLES


def is_short(request):
    """True where the password that opened this session is too short for a role."""
    return bool(request.session.get(SHORT))


def known_of(user):
    """What others know of an account's owner: its name, staff numbers, birth date and names, in small letters.

    For an account that is not made yet, `user.known_person` is whose it will be.
    """
    if user is None:
        return set()
    person = getattr(user, "known_person", None) or getattr(user, "person", None)
    found = {user.username, *user.username.split("-")}
    if person:
        numbers = person.staff_numbers.values_list("number", flat=True)
        found |= {*numbers, *(number.lstrip("0") for number in numbers)}
        found |= {part for name in (person.name, person.name_latin) for part in name.split()}
        if person.birth_date:
            found |= {person.birth_date.strftime(form) for form in DAYS}
    return {to_ascii_digits(each).lower() for each in found if len(each) > 2}
