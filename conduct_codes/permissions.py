"""Who may make law of a text."""

from institutions.models import Role


def can_adopt(scope, code):
    """True for the adopting authority of the institution that owns the code, or of one above it."""
    return scope.covers(code.owner, Role.Kind.ADOPTER)
