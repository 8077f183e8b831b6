"""Showing once more to be the signer: by password on the page, else by whatever else the account has for it.

The other ways are pages of the site's accounts (a code of an authenticator app, a recovery code, a passkey where the
site offers them). Somebody who is sent there comes back to a page with everything that was ticked.
"""

from datetime import UTC, datetime
from enum import StrEnum

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from conduct_codes.rules import is_confirmed

KEY = "signature_to_confirm"


class Way(StrEnum):
    """How an account shows that it is its owner who signs."""

    PASSWORD = "password"
    AGAIN = "again"
    NONE = "none"


def way_of(request):
    """The way of the account that is logged in; NONE if it has no way at all."""
    if request.user.has_usable_password():
        return Way.PASSWORD
    return Way.AGAIN if get_adapter(request).get_reauthentication_methods(request.user) else Way.NONE


def ask_again(request, asked, *, text_sha256, statements):
    """Keep what was ticked under this text, and send the signer to confirm; the answer leads back to the page."""
    request.session[KEY] = {
        "request": asked.pk,
        "text": text_sha256,
        "statements": statements,
        "at": request.now.timestamp(),
    }
    back = urlencode({"next": reverse("conduct_codes:sign", args=[asked.pk])})
    return HttpResponseRedirect(f"{reverse('account_reauthenticate')}?{back}")


def kept_statements(request, asked, text_sha256):
    """The statements that were ticked under this text before the signer went to confirm; none for another text."""
    kept = _kept(request, asked, text_sha256)
    return kept["statements"] if kept else []


def has_confirmed(request, asked, text_sha256):
    """True if the signer was sent to confirm this signature under this text, did so since, and not long ago."""
    kept = _kept(request, asked, text_sha256)
    if kept is None:
        return False
    records = [each for each in get_authentication_records(request, request.user) if each.get("reauthenticated")]
    confirmed_at = _moment(records[-1]["at"]) if records else None
    return is_confirmed(asked_at=_moment(kept["at"]), confirmed_at=confirmed_at, at=request.now)


def forget(request):
    """One confirmation serves one signature."""
    request.session.pop(KEY, None)


def _kept(request, asked, text_sha256):
    kept = request.session.get(KEY)
    return kept if kept and (kept["request"], kept["text"]) == (asked.pk, text_sha256) else None


def _moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)
