"""Secrets of webhooks: made, kept sealed, and used to sign as the Standard Webhooks text has it."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
BYTES = 32


class SecretLost(Exception):
    """A sealed secret cannot be read: the site's key has changed."""


def new_secret():
    """A secret of 256 random bits, in the form in which receivers take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret):
    """The secret as it may lie in the database: readable with the site's SECRET_KEY alone."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed):
    """What seal() took; SecretLost if neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS opens it."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def signature(secret, *, message_id, timestamp, body):
    """One signature of the header: v1 and the HMAC-SHA256 of id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _box():
    return MultiFernet([Fernet(_key(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(site_key):
    """A key for this purpose alone, so that nothing else that SECRET_KEY signs tells anything about it."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"conduct.exports.webhooks")
    return base64.urlsafe_b64encode(derived.derive(site_key.encode()))
