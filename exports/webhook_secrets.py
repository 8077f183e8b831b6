"""Secrets of webhooks: made, kept sealed, and used to sign as the Standard Webhooks text has it."""

import base64
import hashlib
import hmac
import secrets

from institutions import sealing
from institutions.sealing import SecretLost

__all__ = ["SecretLost", "new_secret", "seal", "signature", "unseal"]

PREFIX = "whsec_"
BYTES = 32
PURPOSE = "exports.webhooks"


def new_secret():
    """A secret of 256 random bits, in the form in which receivers take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret):
    """The secret as it may lie in the database: readable with the site's SECRET_KEY alone."""
    return sealing.seal(secret, purpose=PURPOSE)


def unseal(sealed):
    """What seal() took; SecretLost if neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS opens it."""
    return sealing.unseal(sealed, purpose=PURPOSE)


def signature(secret, *, message_id, timestamp, body):
    """One signature of the header: v1 and the HMAC-SHA256 of id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
