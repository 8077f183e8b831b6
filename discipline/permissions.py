"""Who may act in a case. Which cases an officer sees at all, CaseQuerySet.visible_to says."""


def is_own(user, person):
    """True if the person is the holder of the account: nobody handles a case of their own."""
    return user is not None and person.user_id is not None and person.user_id == user.pk


def can_make_final(user, decision):
    """True for a second officer: who took the decision that imposes a measure does not make it final alone."""
    return decision is None or decision.measure_id is None or decision.stage.by_id != user.pk
