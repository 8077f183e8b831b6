"""News of codes for the apps above; sent inside the transaction that makes it true."""

from django.dispatch import Signal

edition_adopted = Signal()
"""An edition was adopted. Arguments: edition, at, by."""

edition_signed = Signal()
"""A person signed an edition. Arguments: sign_off, at, by."""

many_editions_signed = Signal()
"""The same of many people at once, at most a few hundred. Arguments: sign_offs."""
