"""Who may make law of a text, who may see by name who signed it, and who takes signatures of others."""

from django.conf import settings

from institutions.models import Role


def can_adopt(scope, code):
    """True for the adopting authority of the institution that owns the code, or of one above it."""
    return scope.covers(code.owner, Role.Kind.ADOPTER)


def can_see_who_signed(scope):
    """True for those who see the people of an institution by name; a monitor sees totals only."""
    return scope.has(*scope.names_kinds)


def paper_is_allowed():
    """True unless the site does without signatures on paper (CONDUCT_PAPER_SIGNING)."""
    return getattr(settings, "CONDUCT_PAPER_SIGNING", True)


def can_confirm(scope, claim):
    """True for HR units and registrars of the sheet's institution or above, but not for who recorded it or signed."""
    covers = scope.covers(claim.sheet.unit, Role.Kind.HR, Role.Kind.REGISTRAR)
    return covers and claim.sheet.claimed_by_id != scope.user.pk and claim.person != scope.person
