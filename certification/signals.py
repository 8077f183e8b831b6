"""News of certification for the apps above; sent inside the transaction that makes it true."""

from django.dispatch import Signal

certificates_issued = Signal()
"""Certificates were issued. Arguments: certificates (a list, at most a few hundred)."""

certificate_changed = Signal()
"""A certificate was suspended, reinstated or revoked. Arguments: event (the CertificateEvent)."""

tasks_asked = Signal()
"""What waits for a viewer is listed. Arguments: scope. Receivers return lists of todo.Task, also of none that waits."""
