"""The ten status words as a shape and a word."""

from django import template

from certification.rules import Status
from certification.verification import Verdict

register = template.Library()

SHAPES = {
    Status.NOT_STARTED: "st-no",
    Status.IN_PROGRESS: "st-go",
    Status.OVERDUE: "st-late",
    Status.CERTIFIED: "st-ok",
    Status.RENEWAL_DUE: "st-due",
    Status.IN_GRACE: "st-grace",
    Status.EXPIRED: "st-end",
    Status.SUSPENDED: "st-stop",
    Status.REVOKED: "st-x",
    Status.EXEMPT: "st-na",
}
VERDICT_SHAPES = {
    Verdict.VALID: "st-ok",
    Verdict.EXPIRED: "st-end",
    Verdict.SUSPENDED: "st-stop",
    Verdict.REVOKED: "st-x",
    Verdict.REPLACED: "st-due",
}


@register.filter
def status_class(status):
    """The class that gives a status its shape."""
    return SHAPES[Status(status)]


@register.filter
def status_label(status):
    """The status in the language of the page."""
    return Status(status).label


@register.filter
def verdict_class(verdict):
    """The class that gives a verdict on a certificate its shape."""
    return VERDICT_SHAPES[Verdict(verdict)]
