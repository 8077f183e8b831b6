"""Listening to the tree: sessions that an institution still has to hold when it closes."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import ngettext

from courses.models import Session
from institutions.signals import TreeEffect, tree_change_proposed
from institutions.templatetags.conduct import localnum


def name_sessions(sender, change, day, **kwargs):
    """Sessions from the day on stay with the institution; the unit above it sees to them."""
    if not change.ends_it:
        return []
    begin = timezone.make_aware(datetime.combine(change.on, time.min))
    count = Session.objects.upcoming(begin).filter(institution=change.institution).count()
    words = ngettext(
        "%(count)s session is planned there on that day or after. It stays; the unit above sees to it.",
        "%(count)s sessions are planned there on that day or after. They stay; the unit above sees to them.",
        count,
    )
    return [TreeEffect(words % {"count": localnum(count)})] if count else []


def connect():
    tree_change_proposed.connect(name_sessions, dispatch_uid="courses.name_sessions")
