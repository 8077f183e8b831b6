"""Listens to the register and the clock, so that what has ended opens nothing any more."""

from institutions.access_actions import close_accounts_of_the_dead
from institutions.signals import many_posts_changed, posts_changed
from jobs.signals import tick


def connect():
    tick.connect(close_accounts, dispatch_uid="institutions.close_accounts")
    posts_changed.connect(close_account, dispatch_uid="institutions.close_account")
    many_posts_changed.connect(close_some_accounts, dispatch_uid="institutions.close_some_accounts")


def close_accounts(sender, at, **kwargs):
    """A death that was entered for a day to come, or by a way that tells nobody, counts on its day."""
    close_accounts_of_the_dead(at=at)


def close_account(sender, person, at, **kwargs):
    close_accounts_of_the_dead(at=at, people=[person])


def close_some_accounts(sender, changes, **kwargs):
    if changes:
        close_accounts_of_the_dead(at=changes[0].at, people=[change.person for change in changes])
