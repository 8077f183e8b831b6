"""What stands on a slip for access: a token for its QR code, a short code to type, and how both are kept."""

import secrets
from datetime import timedelta

from django.utils.crypto import salted_hmac

from institutions.khmer import to_ascii_digits

LIFETIME = timedelta(days=14)
# No sign that is taken for another one; 31 is a prime, so that one wrong or two swapped signs never pass the check.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_SIGNS = 12
GROUP = 4
TOKEN_BYTES = 16


def new_token():
    """A secret of 128 bits, short enough for a QR code that an old phone reads."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code():
    """A random code of twelve signs, the last of which checks the others."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_SIGNS - 1))
    return signs + check_sign(signs)


def check_sign(signs):
    """The sign that follows these."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, start=1))
    return ALPHABET[-total * pow(CODE_SIGNS, -1, len(ALPHABET)) % len(ALPHABET)]


def tidy_code(typed):
    """The code behind what was typed, with its digits in either script; "" where it cannot be one."""
    signs = "".join(sign for sign in to_ascii_digits(typed).upper() if sign.isalnum())
    if len(signs) != CODE_SIGNS or set(signs) - set(ALPHABET):
        return ""
    return signs if check_sign(signs[:-1]) == signs[-1] else ""


def grouped(code):
    """The code as it is printed, in groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def fingerprint(account_name, secret):
    """What is kept of a secret that belongs to an account name; who reads the database cannot use it."""
    text = f"{account_name}\n{secret}"
    return salted_hmac("institutions.activation", text, algorithm="sha256").hexdigest()
