"""Who may enter: questions about roles, answered with yes or no, and the door that asks them."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404

from institutions.matrix import Resource, kinds_reaching
from institutions.models import Person, Post

SEES_PEOPLE = kinds_reaching(Resource.PEOPLE)
SEES_TOTALS = kinds_reaching(Resource.AGGREGATES)


def can_see_people(scope):
    """True for those who see names: HR units and registrars."""
    return scope.has(*SEES_PEOPLE)


def can_see_coverage(scope):
    """True for those who see totals."""
    return scope.has(*SEES_TOTALS)


def may_merge(scope, *people):
    """True for HR or a registrar who sees every row by name and every post that any of them holds or will hold.

    Nobody merges or parts rows of their own.
    """
    if not can_see_people(scope) or scope.person in people:
        return False
    ids = [person.pk for person in people]
    if Person.objects.visible_to(scope).filter(pk__in=ids).count() < len(set(ids)):
        return False
    held = Post.objects.filter(person__in=ids).not_over_on(scope.today)
    return not held.exclude(scope.names_condition("institution__path")).exists()


def own_rows(scope):
    """Ids of the viewer's own row and of the one it is merged into: nobody changes what is said of themselves."""
    own = scope.person
    return frozenset({own.pk, own.merged_into_id} - {None}) if own else frozenset()


def role_required(*kinds):
    """A view for accounts with one of the roles; others are told that there is no such page, strangers log in."""

    def decorate(view):
        @login_required
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.scope.has(*kinds):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def person_required(view):
    """A view for people with an account of their own: their training, certificates and data."""

    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.scope.person is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
