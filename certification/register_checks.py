"""What certification still needs on the first day."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from certification.models import Requirement
from conduct_codes.models import Code
from institutions.readiness import Check, wanting


def requirements(day):
    """Every code asks something of the people whom it binds."""
    asking = Requirement.objects.active_on(day).filter(code=OuterRef("pk"))
    rows = Code.objects.exclude(Exists(asking)).order_by("sector__order", "pk")
    return wanting(
        rows,
        of=lambda code: code.label,
        title=_("Requirement of each code"),
        what_to_do=_("Without a requirement nobody is asked to learn or to sign, and nobody is counted."),
    )


CHECKS = (Check("certification.requirements", 70, requirements),)
