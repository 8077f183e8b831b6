"""Work of this app that happens by the clock."""

from courses import regrade_jobs
from courses.actions import close_overdue
from jobs.signals import tick


def close_what_is_over(sender, at, **kwargs):
    """Hand in attempts whose time is over and whose learner never came back."""
    close_overdue(at=at)


def register():
    regrade_jobs.register()
    tick.connect(close_what_is_over, dispatch_uid="courses.close_what_is_over")
