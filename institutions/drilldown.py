"""From all that a viewer may count down to one institution, and back up: what pages of figures share."""

from datetime import date

from django.http import Http404

from institutions.models import Institution
from institutions.scope import TOTALS


def day_of(request):
    """The day asked for by ?on=YYYY-MM-DD, today by default; a day that is none or not yet come is today."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return request.today
    return min(day, request.today)


def institution_of(scope, code):
    """The institution of the address if the viewer may count its people, else 404."""
    found = Institution.objects.filter(code=code).select_related("area").first()
    if found is None:
        raise Http404
    if scope.covers(found, *TOTALS):
        return found
    has_area = any(grant.area_code for grant in scope.grants)
    if has_area and Institution.objects.countable_by(scope).in_subtree(found).exists():
        return found
    raise Http404


def only_institution(scope):
    """The one institution at the top of the viewer's scope, or None if there are several or an area."""
    ids = scope.institution_ids(*TOTALS)
    if len(ids) != 1 or any(grant.area_code for grant in scope.grants):
        return None
    return Institution.objects.filter(pk=ids[0]).select_related("area").first()


def parent_of(scope, institution):
    """The level above, if the viewer may see it."""
    if institution is None or institution.depth == 1:
        return None
    parent = institution.get_parent()
    return parent if scope.covers(parent, *TOTALS) else None
