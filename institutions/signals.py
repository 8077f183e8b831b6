"""News of institutions for the apps above; sent inside the transaction that makes it true."""

from dataclasses import dataclass
from datetime import date, datetime

from django.dispatch import Signal

posts_changed = Signal()
"""A person's posts changed. Arguments: person, day (from which), at (moment), by (user or None)."""

many_posts_changed = Signal()
"""The same of many people at once, at most a few hundred. Arguments: changes (a list of PostsChanged)."""


@dataclass(frozen=True)
class PostsChanged:
    """One change of a person's posts, as posts_changed tells it."""

    person: object
    day: date
    at: datetime
    by: object = None


tree_change_proposed = Signal()
"""An institution may be closed, moved or merged. Arguments: change (tree_effects.Change), day. Receivers return a list
of TreeEffect: what of theirs it touches."""


@dataclass(frozen=True)
class TreeEffect:
    """A sentence about something of an upper app that a change of the tree touches; `stops` if it must go first."""

    sentence: object
    stops: bool = False
