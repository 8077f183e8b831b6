"""The message that asks people to sign: a text in each language, to copy or to print, with no name unless wanted."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from conduct_codes.rules import remind_until
from conduct_codes.sign_figures import Law
from institutions.models import Institution

MOST_NAMES = 80
"""With more names a message is longer than Telegram takes in one piece."""

MOST_ON_A_SHEET = 500


@dataclass(frozen=True)
class Reminder:
    """To whom, about which law, until when, whom to ask; lines are the people named, none by default."""

    law: Law
    unit: Institution | None
    people: int
    until: date
    base: str
    contact: Institution | None
    lines: tuple = ()

    def texts(self):
        """(language, text) for each language of the site, the first one first."""
        return [(code, self.text_in(code)) for code, _name in settings.LANGUAGES]

    def text_in(self, language):
        """The message in the language."""
        with translation.override(language):
            return render_to_string("conduct_codes/reminder.txt", {"reminder": self}).strip()


def reminder_for(unsigned, *, count, today, base, until=None, lines=()):
    """The message to the people of a list; base is the address of the site without a path."""
    unit = unsigned.wanted.unit or _only_top(unsigned.scope)
    return Reminder(
        law=unsigned.law,
        unit=unit,
        people=count,
        until=until or remind_until(today, **unsigned.due_days(today)),
        base=base,
        contact=contact_at(unit) if unit else None,
        lines=tuple(lines),
    )


def contact_at(institution):
    """The nearest institution, from this one upwards, that says whom to ask; None where none does."""
    naming = Institution.objects.filter(path__in=institution.level_path).exclude(hr_unit="")
    return naming.order_by("-path").first()


def _only_top(scope):
    ids = scope.institution_ids(*scope.names_kinds)
    return Institution.objects.filter(pk=ids[0]).first() if len(ids) == 1 else None
