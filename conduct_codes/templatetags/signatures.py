"""States of signing as the pages show them: a shape and a word."""

from django import template
from django.utils.translation import gettext as _

from conduct_codes.rules import SignState
from institutions.templatetags.conduct import write_number

register = template.Library()

CLASSES = {
    SignState.SIGNED: "st-ok",
    SignState.REFUSED: "st-x",
    SignState.OVERDUE: "st-late",
    SignState.ASKED: "st-due",
    SignState.UNASKED: "st-no",
}


@register.filter
def sign_state_class(state):
    return CLASSES[SignState(state)]


@register.filter
def in_state(tally, state):
    """How many people of the tally are in the state."""
    return tally.states[state]


@register.filter
def edition_label(edition):
    """Edition 2, in the digits of the page."""
    return _("Edition %(number)s") % {"number": write_number(edition.number)}
