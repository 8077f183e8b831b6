"""The filters of a file in words, for its second sheet and for the list of files."""

from django.utils.translation import gettext as _

from certification.filters import EVERYBODY
from certification.rules import Status
from institutions.models import Area, Institution, Sector


def status_in_words(chosen):
    """Which statuses were asked for."""
    if chosen.status == EVERYBODY:
        return _("Everybody")
    return Status(chosen.status).label if chosen.status else _("Needs doing")


def in_words(chosen):
    """Each filter that was used as (name, value); the status always."""
    lines = [(_("Status"), str(status_in_words(chosen)))]
    if chosen.q:
        lines.append((_("Search"), chosen.q))
    for name, value, known in (
        (_("Sector"), chosen.sector, Sector.objects.filter(slug=chosen.sector)),
        (_("Institution"), chosen.unit, Institution.objects.filter(code=chosen.unit)),
        (_("Area"), chosen.area, Area.objects.filter(code=chosen.area)),
    ):
        if value:
            found = known.first()
            lines.append((name, f"{found.label} ({value})" if found else value))
    if chosen.contact:
        lines.append((_("HR contact"), _("Without an HR contact")))
    return lines
