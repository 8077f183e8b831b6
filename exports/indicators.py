"""The figures by name: what certification counts, in the words that every workbook prints beside it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """A count of people: key is its name in certification.coverage.Figures."""

    key: str
    name: Promise
    definition: Promise


PEOPLE = Indicator(
    "people",
    _("People"),
    _("People with a post on this day that a requirement binds, with an account or without; a person counts once."),
)
STEPS = (
    Indicator(
        "trained",
        _("Trained"),
        _("Finished every lesson of every course that is asked, or holds a certificate that is valid on this day."),
    ),
    Indicator(
        "passed",
        _("Passed"),
        _("Passed the quiz of every course that is asked, or holds a certificate that is valid on this day."),
    ),
    Indicator(
        "signed",
        _("Signed"),
        _("Signed the edition that is in force on this day, or another edition with the same substance."),
    ),
    Indicator(
        "certified",
        _("Certified"),
        _("Holds a certificate that is valid on this day; renewal due is included, the time of grace is not."),
    ),
)
INDICATORS = (PEOPLE, *STEPS)
SEVERAL = _(
    "Who is bound by several requirements counts as trained, passed, signed or certified only if it is true of each."
)
