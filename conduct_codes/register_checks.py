"""What the codes of conduct still need on the first day."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Code, Edition
from institutions.models import Sector
from institutions.readiness import Check, wanting


def codes(day):
    """Every sector has a code of conduct, whose owner is an institution that is open."""
    owned = Code.objects.filter(sector=OuterRef("pk")).exclude(owner__closed_on__lte=day)
    rows = Sector.objects.exclude(Exists(owned))
    return wanting(
        rows,
        of=lambda sector: sector.label,
        title=_("Code of conduct of each sector, with an owner"),
        what_to_do=_("A code is entered with the ministry that owns it, which must be open."),
    )


def editions(day):
    """Every code has an edition in force."""
    in_force = Edition.objects.in_force_on(day).filter(code=OuterRef("pk"))
    rows = Code.objects.exclude(Exists(in_force)).order_by("sector__order", "pk")
    return wanting(
        rows,
        of=lambda code: code.label,
        title=_("Edition in force of each code"),
        what_to_do=_("Until an edition is adopted, the code is a draft and binds nobody."),
    )


CHECKS = (Check("conduct_codes.codes", 50, codes), Check("conduct_codes.editions", 60, editions))
