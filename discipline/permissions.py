"""Who may see and move a case."""

from institutions.models import Role


def can_see_cases(scope):
    """True for discipline officers; nobody else learns that cases exist."""
    return scope.has(Role.Kind.DISCIPLINE)


def can_handle(scope, case):
    """True if the case lies in the officer's subtree and is not the officer's own."""
    return scope.covers(case.institution, Role.Kind.DISCIPLINE) and not is_own(scope.user, case.person)


def can_open_case(scope, person, institution):
    """True if the officer may record an allegation against the person at this institution."""
    return scope.covers(institution, Role.Kind.DISCIPLINE) and not is_own(scope.user, person)


def is_own(user, person):
    """True if the person is the holder of the account: nobody handles a case of their own."""
    return user is not None and person.user_id is not None and person.user_id == user.pk


def can_make_final(user, decision):
    """True for a second officer: who took the decision that imposes a measure does not make it final alone."""
    return decision is None or decision.measure_id is None or decision.stage.by_id != user.pk
