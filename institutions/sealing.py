"""Secrets that the site must read again, so that they lie nowhere in the open: the site's key alone opens them."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SecretLost(Exception):
    """A sealed secret cannot be read: the site's key has changed."""


def seal(secret, *, purpose):
    """The secret as it may lie in the database; what was sealed for one purpose opens for no other."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed, *, purpose):
    """What seal() took; SecretLost if neither SECRET_KEY nor one of SECRET_KEY_FALLBACKS opens it."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def _box(purpose):
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(key, purpose)) for key in keys])


def _key(site_key, purpose):
    """A key for this purpose alone, so that nothing else that SECRET_KEY signs tells anything about it."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"conduct.{purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(site_key.encode()))
