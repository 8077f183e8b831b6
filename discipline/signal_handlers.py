"""Listening to the register: what hangs on two rows that may be one human, for a discipline officer only."""

from django.utils.translation import gettext as _

from discipline.models import Case
from institutions.hanging import counted
from institutions.models import Role
from institutions.signals import merge_proposed


def name_cases(sender, kept, other, scope, **kwargs):
    if not scope.has(Role.Kind.DISCIPLINE):
        return []
    return [counted(_("Cases"), Case.objects.visible_to(scope), kept, other, counts_after=True)]


def connect():
    merge_proposed.connect(name_cases, dispatch_uid="discipline.name_cases")
