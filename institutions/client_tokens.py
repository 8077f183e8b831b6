"""The secret with which another system says who it is, and how it is kept. Pure but for the randomness."""

import hashlib
import re
import secrets

TOKEN = re.compile(r"conduct_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


def new_token():
    """(token, the part of it that may be seen): 256 bits that nobody guesses."""
    prefix = secrets.token_hex(6)
    return f"conduct_{prefix}_{secrets.token_urlsafe(32)}", prefix


def prefix_of(token):
    """The part of a token that may be seen; "" where it cannot be a token."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else ""


def print_of(token):
    """What is kept of a token; of so much randomness no slow hash and no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def new_reference():
    """A name for the account of a client; it says nothing about the client."""
    return f"client-{secrets.token_hex(5)}"
