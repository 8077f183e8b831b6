"""Who may make law of a text, and who may see by name who signed it."""

from institutions.models import Role


def can_adopt(scope, code):
    """True for the adopting authority of the institution that owns the code, or of one above it."""
    return scope.covers(code.owner, Role.Kind.ADOPTER)


def can_see_who_signed(scope):
    """True for those who see the people of an institution by name; a monitor sees totals only."""
    return scope.has(*scope.names_kinds)
