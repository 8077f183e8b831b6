"""Who may change the tree: registrars inside their ministry, the platform owner anywhere."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404

from institutions.models import Institution, Role


def owns_platform(scope):
    """True for the platform owner, while the account is active."""
    return bool(scope.user and scope.user.is_active and scope.user.is_superuser)


def holds_role(scope):
    """True for an account that sees or decides about anybody else: one with a role today, or the platform owner's."""
    return bool(scope.kinds) or owns_platform(scope)


def can_see_tree(scope):
    return owns_platform(scope) or scope.has(Role.Kind.REGISTRAR)


def can_see_institution(scope, institution):
    return owns_platform(scope) or scope.covers(institution, Role.Kind.REGISTRAR)


def can_reshape(scope, institution):
    """Close, move or merge it: a registrar only what lies below the institution of the role, never that one itself."""
    below = any(
        grant.kind == Role.Kind.REGISTRAR
        and grant.path
        and institution.path.startswith(grant.path)
        and institution.path != grant.path
        for grant in scope.grants
    )
    return owns_platform(scope) or below


def institutions_seen(scope):
    """The institutions whose pages the viewer may open."""
    if owns_platform(scope):
        return Institution.objects.all()
    return Institution.objects.visible_to(scope.acting_as(Role.Kind.REGISTRAR))


def tree_required(view):
    """A view for registrars and the platform owner; others are told that there is no such page."""
    return _guarded(view, can_see_tree)


def owner_required(view):
    """A view for the platform owner only."""
    return _guarded(view, owns_platform)


def _guarded(view, may_enter):
    @login_required
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_enter(request.scope):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
