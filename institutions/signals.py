"""News of institutions for the apps above; sent inside the transaction that makes it true."""

from django.dispatch import Signal

posts_changed = Signal()
"""A person's posts changed. Arguments: person, day (from which), at (moment), by (user or None)."""
