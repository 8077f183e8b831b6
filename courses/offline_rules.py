"""Pure decisions about answers that were given without a link."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """What the server says to such an answer; the label is what the learner reads."""

    TAKEN = "taken", _("Sent. This answer counts.")
    OLDER = "older", _("Not taken: you answered this question elsewhere after this copy was saved. That answer counts.")
    CLOSED = "closed", _("Not taken: the attempt was handed in meanwhile.")
    IMPOSSIBLE = "impossible", _("Not taken: this cannot be an answer to the question. Answer it once more.")


def verdict_on(*, is_closed, is_possible, answered_elsewhere_at, saved_at):
    """What becomes of an answer from a saved copy.

    Only the server's own clock decides: an answer that came another way (answered_elsewhere_at, None if there is none)
    after the copy was saved is the newer one, whatever the clock of the phone says.
    """
    if is_closed:
        return Verdict.CLOSED
    if not is_possible:
        return Verdict.IMPOSSIBLE
    if answered_elsewhere_at is not None and answered_elsewhere_at > saved_at:
        return Verdict.OLDER
    return Verdict.TAKEN
