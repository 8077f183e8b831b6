"""Listening to the register: a case holds the person whom it is about, whichever row they have."""

from django.utils.translation import gettext as _

from discipline.models import Case
from institutions.hanging import counted
from institutions.models import Role
from institutions.signals import Touched, import_undo_proposed, merge_proposed


def name_cases(sender, people, since, **kwargs):
    """Cases opened since against people whom an import brought or moved; HR reads that somebody acted, not what for."""
    cases = Case.objects.filter(person__in=people, opened_at__gte=since).values_list("person", flat=True)
    return [Touched(person, _("Somebody else\u2019s work rests on this person since.")) for person in cases]


def name_cases_of_both(sender, kept, other, scope, **kwargs):
    if not scope.has(Role.Kind.DISCIPLINE):
        return []
    return [counted(_("Cases"), Case.objects.visible_to(scope), kept, other, counts_after=True)]


def connect():
    import_undo_proposed.connect(name_cases, dispatch_uid="discipline.name_cases")
    merge_proposed.connect(name_cases_of_both, dispatch_uid="discipline.name_cases_of_both")
