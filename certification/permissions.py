"""Who may do what about standing, answered with yes or no."""

from institutions.models import Post, Role


def may_exempt(scope, person):
    """True for a registrar of the person's ministry while the person serves there; never for oneself."""
    if not scope.has(Role.Kind.REGISTRAR) or person == scope.person:
        return False
    held = Post.objects.visible_to(scope.acting_as(Role.Kind.REGISTRAR)).of(person).serving_on(scope.today)
    return held.exists()
