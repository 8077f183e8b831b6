"""Ending a code without a successor."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.models import Code, Edition, Repeal
from institutions.audit import record

REPEAL_SENTENCES = {
    "nothing": _("No edition of this code was adopted. There is nothing to repeal."),
    "already": _("This code is repealed already."),
    "future": _("The day of the repeal lies in the future. A repeal is recorded once it is signed."),
    "before": _("A repeal cannot be signed before the edition that it ends was adopted."),
    "retroactive": _("A repeal cannot take effect before it was signed."),
}


class RepealRefused(Exception):
    """The code cannot be repealed so; str() says why, reason is the slug."""

    def __init__(self, reason):
        self.reason = reason
        super().__init__(str(REPEAL_SENTENCES[reason]))


def repeal_code(
    *,
    code,
    instrument,
    instrument_latin,
    instrument_number,
    signatory,
    signatory_latin,
    decided_on,
    effective_on,
    reason,
    reason_latin,
    at,
    by,
):
    """End every edition of the code adopted so far, from a day on and without a successor.

    What was signed, certified and cited stays as it is; open requests for a signature close on the day. An edition
    adopted later is in force like any other. Raises RepealRefused where nothing is left to repeal or the dates cannot
    be.
    """
    try:
        with transaction.atomic():
            held = Code.objects.select_for_update().get(pk=code.pk)
            edition = Edition.objects.of(held).order_by("-number").first()
            check_repealable(edition, decided_on=decided_on, effective_on=effective_on, day=timezone.localdate(at))
            repeal = Repeal.objects.create(
                edition=edition,
                instrument=instrument,
                instrument_latin=instrument_latin,
                instrument_number=instrument_number,
                signatory=signatory,
                signatory_latin=signatory_latin,
                decided_on=decided_on,
                effective_on=effective_on,
                reason=reason,
                reason_latin=reason_latin,
                repealed_at=at,
                repealed_by=by,
            )
            record(verb="conduct_codes.repeal", subject=f"edition:{edition.pk}", at=at, by=by, institution=held.owner)
    except IntegrityError:
        raise RepealRefused("already") from None
    return repeal


def check_repealable(edition, *, decided_on, effective_on, day):
    """Raise RepealRefused unless the newest edition (None where there is none) can be ended on these days."""
    if edition is None:
        raise RepealRefused("nothing")
    if Repeal.objects.filter(edition=edition).exists():
        raise RepealRefused("already")
    refusal = rules.refusal_of_repeal(
        decided_on=decided_on, effective_on=effective_on, recorded_on=day, adopted_on=edition.adopted_on
    )
    if refusal:
        raise RepealRefused(refusal)
