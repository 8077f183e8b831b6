"""What makes a site somebody's: the account of its owner, made once."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.models import User
from institutions.tree_actions import lock_table


@transaction.atomic
def appoint_owner(*, username, password, at):
    """Make the platform owner's account. Refused if there is an owner, or if the name is taken or not usable."""
    lock_table(User)
    if User.objects.filter(is_superuser=True).exists():
        raise RegisterRefused(_("There is a platform owner already."))
    user = User(username=username, is_superuser=True, is_staff=True, date_joined=at, password=make_password(password))
    try:
        user.full_clean()
    except ValidationError as error:
        raise RegisterRefused(" ".join(error.messages)) from None
    user.save()
    record(verb="institutions.appoint_owner", subject=f"user:{user.pk}", at=at, by=None)
    return user
