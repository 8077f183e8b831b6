"""Listens to logins, changed passwords and the clock, so that the list of devices stays true."""

from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in

from institutions.access_actions import end_other_sessions, forget_old_sessions, shut_out_closed_accounts
from jobs.signals import tick


def connect():
    user_logged_in.connect(note_anew, dispatch_uid="institutions.note_anew")
    tick.connect(forget, dispatch_uid="institutions.forget_old_sessions")
    password_changed.connect(end_others, dispatch_uid="institutions.end_others")


def note_anew(sender, request, user, **kwargs):
    """A login has a new session: the middleware writes it down at the end of this request, and its hours begin."""
    for each in ("seen", "began"):
        request.session.pop(each, None)


def end_others(sender, request, user, **kwargs):
    """Who changes a password wants to be alone in the account."""
    request.session.pop("seen", None)
    end_other_sessions(user=user, keep=request.session.session_key, at=request.now)


def forget(sender, at, **kwargs):
    """Every minute some of the sessions that are long over, and all of accounts that were closed."""
    shut_out_closed_accounts(at=at)
    forget_old_sessions(at=at)
