"""States of signing as the pages show them: a shape and a word."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from conduct_codes.permissions import paper_is_allowed
from conduct_codes.rules import SignState
from institutions.models import Role
from institutions.templatetags.conduct import write_number

register = template.Library()

CLASSES = {
    SignState.SIGNED: "st-ok",
    SignState.ON_PAPER: "st-go",
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


@register.simple_tag(takes_context=True)
def signing_ways(context):
    """Ways of signing beside the account that the viewer may take care of, as label and url."""
    scope, ways = context["request"].scope, []
    if paper_is_allowed() and scope.has(Role.Kind.HR, Role.Kind.REGISTRAR):
        ways.append({"label": _("Signatures on paper"), "url": reverse("conduct_codes:paper_list")})
    if scope.has(Role.Kind.HR):
        ways.append({"label": _("Shared devices"), "url": reverse("conduct_codes:kiosk_list")})
    return ways


@register.filter
def may_serve(scope):
    """True for HR units: they record sheets and open shared devices."""
    return scope.has(Role.Kind.HR)
