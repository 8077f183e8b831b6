"""News of institutions for the apps above; sent inside the transaction that makes it true."""

from dataclasses import dataclass
from datetime import date, datetime

from django.dispatch import Signal

posts_changed = Signal()
"""A person's posts changed. Arguments: person, day (from which), at (moment), by (user or None)."""

many_posts_changed = Signal()
"""The same of many people at once, at most a few hundred. Arguments: changes (a list of PostsChanged)."""


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
