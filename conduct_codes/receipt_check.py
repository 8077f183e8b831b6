"""What anybody who holds the number of a receipt learns: the edition that was signed, and how it stands today."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Edition, Repeal, SignOff


class TextState(models.TextChoices):
    """How a signed edition stands on a day."""

    IN_FORCE = "in-force", _("In force")
    CONTINUED = "continued", _("Continued by a later edition")
    REPLACED = "replaced", _("Replaced by a newer edition")
    REPEALED = "repealed", _("Repealed")


@dataclass(frozen=True)
class Answer:
    """A signature without its person, and what became of its edition: law is the edition in force, if there is one."""

    sign_off: SignOff
    state: TextState
    law: Edition | None = None
    repealed_on: date | None = None


def answer_for(number, day):
    """The answer on the day for a tidy number of a receipt; None if the register holds no such receipt."""
    sign_offs = SignOff.objects.by_receipt(number).select_related("edition__code__owner", "edition_text")
    found = sign_offs.defer("edition_text__content").first()
    if found is None:
        return None
    law = Edition.objects.in_force_on(day).of(found.edition.code).first()
    if law is None:
        repeals = Repeal.objects.ending(found.edition).values_list("effective_on", flat=True)
        return Answer(found, TextState.REPEALED, repealed_on=repeals.first())
    if law == found.edition:
        return Answer(found, TextState.IN_FORCE, law)
    continued = law.chain_id == found.edition.chain_id
    return Answer(found, TextState.CONTINUED if continued else TextState.REPLACED, law)
