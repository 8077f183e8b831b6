"""Sessions in the database that end by themselves: after a time without use, and twelve hours after the login."""

from time import time

from django.conf import settings
from django.contrib.sessions.backends import db

BEGAN = "began"
HAS_ROLE = "has_role"


class SessionStore(db.SessionStore):
    """An hour without use ends it, half an hour where the account holds a role, and no use makes it last for ever.

    The row stays for a day, so that what was typed meanwhile finds its owner.
    """

    def get_session_cookie_age(self) -> int:
        idle = settings.CONDUCT_ROLE_SESSION_AGE if self.get(HAS_ROLE) else settings.SESSION_COOKIE_AGE
        if BEGAN not in self:
            return idle
        left = self[BEGAN] + settings.CONDUCT_SESSION_AT_MOST - int(time())
        return max(0, min(idle, left))
