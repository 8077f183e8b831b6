"""The one place where a request reads the clock and the rights of its viewer."""

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from institutions.scope import Scope


class ScopeMiddleware:
    """Gives each request its moment (request.now), its day (request.today) and the viewer's scope (request.scope).

    Roles are read anew for each request, so a change of roles takes effect on the next one.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.now = timezone.now()
        request.today = timezone.localdate(request.now)
        request.scope = SimpleLazyObject(lambda: Scope.for_user(request.user, request.today))
        return self.get_response(request)
