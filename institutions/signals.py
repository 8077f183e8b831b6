"""News of institutions for the apps above; sent inside the transaction that makes it true."""

from dataclasses import dataclass
from datetime import date, datetime

from django.dispatch import Signal

posts_changed = Signal()
"""A person's posts changed. Arguments: person, day (from which), at (moment), by (user or None)."""

many_posts_changed = Signal()
"""The same of many people at once, at most a few hundred. Arguments: changes (a list of PostsChanged)."""

import_undo_proposed = Signal()
"""An import may be undone; receivers return what humans have done since with the people whom it brought or moved (a
list of Touched). Arguments: people (ids, at most a few hundred), since (moment)."""

people_forgotten = Signal()
"""People whom an undone import had made are about to be deleted; receivers delete what they opened for them by
themselves. Apps stand in INSTALLED_APPS from the top down, so whoever refers to rows of a lower app is told first.
Arguments: people (ids, at most a few hundred)."""


@dataclass(frozen=True)
class Touched:
    """A human act that rests on a person of an import: whose, and a sentence."""

    person_id: int
    reason: str


merge_proposed = Signal()
"""Two rows may become one. Arguments: kept, other, scope (of the viewer). Receivers return lists of Hanging."""


@dataclass(frozen=True)
class Hanging:
    """What hangs on two rows that may become one: how many on each, and whether it counts for the kept row after."""

    title: str
    kept: int
    other: int
    counts_after: bool


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
