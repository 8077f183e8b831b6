"""News of courses for the apps above; sent inside the transaction that makes it true."""

from django.dispatch import Signal

learning_moved = Signal()
"""An enrolment was started, trained or passed. Arguments: enrolment, at, by."""

course_completed = Signal()
"""An enrolment is trained and passed. Arguments: enrolment, at, by."""
