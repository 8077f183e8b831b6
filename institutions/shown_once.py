"""A new secret on its way to the one page that shows it: sealed in the visitor's session, taken out by the showing.

The form that made it redirects to that page, so a reload or the Back button makes no second one, and no address, log
or cache ever holds it.
"""

from datetime import datetime, timedelta

from institutions.sealing import SecretLost, seal, unseal

KEY = "shown_once"
PURPOSE = "institutions.shown_once"
TIME = timedelta(minutes=5)


def keep(request, *, of, secret):
    """Keep a secret for the page that follows; `of` names the thing that it opens, such as "client:3"."""
    waiting = request.session.get(KEY, {})
    waiting = {each: kept for each, kept in waiting.items() if not _is_over(kept, request.now)}
    request.session[KEY] = waiting | {of: [seal(secret, purpose=PURPOSE), request.now.isoformat()]}


def take(request, *, of):
    """The secret, this once; "" where it has been shown, or waited for more than five minutes."""
    waiting = dict(request.session.get(KEY, {}))
    if request.method != "GET" or of not in waiting:
        return ""
    kept = waiting.pop(of)
    request.session[KEY] = waiting
    try:
        return "" if _is_over(kept, request.now) else unseal(kept[0], purpose=PURPOSE)
    except SecretLost:
        return ""


def _is_over(kept, now):
    return now - datetime.fromisoformat(kept[1]) > TIME
