"""News of the jobs app for the apps above."""

from django.dispatch import Signal

tick = Signal()
"""About a minute has passed. Argument: at. Sent by every worker, so a receiver may run late, twice or side by side."""
