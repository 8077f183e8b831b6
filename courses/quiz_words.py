"""The limits of a quiz in words, the same for the officer who meets them and the editor who sets them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.attempt_rules import GRACE
from institutions.templatetags.conduct import write_number


def tries_in_words(limits):
    """How often somebody may try."""
    if limits.attempts is None:
        return _("You may try as often as you need.")
    sentence = ngettext(
        "You may try %(count)s time. If that is not enough, your trainer can open more.",
        "You may try %(count)s times. If that is not enough, your trainer can open more.",
        limits.attempts,
    )
    return sentence % {"count": write_number(limits.attempts)}


def delay_in_words(limits):
    """How soon the next try may begin."""
    hours = int(limits.delay.total_seconds() // 3600)
    if not hours:
        return _("After a try that was not enough you may begin the next one at once.")
    sentence = ngettext(
        "After a try that was not enough you wait %(count)s hour, with a list of what to read again.",
        "After a try that was not enough you wait %(count)s hours, with a list of what to read again.",
        hours,
    )
    sentence %= {"count": write_number(hours)}
    if limits.grows:
        sentence += " " + _("The wait doubles with every further try, up to seven days.")
    return sentence


def time_in_words(limits):
    """How long a try may take."""
    if limits.minutes is None:
        return _("There is no time limit. You may stop and go on later.")
    sentence = ngettext(
        "You have %(count)s minute from the start; it runs on while the page is closed.",
        "You have %(count)s minutes from the start; they run on while the page is closed.",
        limits.minutes,
    )
    sentence %= {"count": write_number(limits.minutes)}
    grace = _("An answer that a slow link brings up to %(count)s seconds late still counts.")
    return f"{sentence} {grace % {'count': write_number(int(GRACE.total_seconds()))}}"


def limits_in_words(limits):
    """Every limit as one sentence or two."""
    return [tries_in_words(limits), delay_in_words(limits), time_in_words(limits)]
