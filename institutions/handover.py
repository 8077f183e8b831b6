"""Lists that a viewer may narrow to one unit, such as to see what a clerk who left has left behind."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from institutions.models import Institution
from institutions.permissions import SEES_PEOPLE
from institutions.scope import Scope


@dataclass(frozen=True)
class Narrowed:
    """The scope in which a list is read, and the unit to which it is narrowed, if any."""

    scope: Scope
    unit: Institution | None = None


def narrowed(request):
    """As the address asks by `unit`; a unit outside the viewer's institutions is no page."""
    code = request.GET.get("unit", "")
    if not code:
        return Narrowed(request.scope)
    units = Institution.objects.visible_to(request.scope.acting_as(*SEES_PEOPLE))
    unit = get_object_or_404(units, code=code[:60])
    return Narrowed(request.scope.within(unit), unit)
