"""Numbers of receipts: drawn so that nobody can guess one, read as a person types them."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
LENGTHS = (LENGTH, 12)
"""Those of new receipts, and of the first ones."""


def new_receipt():
    """A receipt number of 16 characters, 80 random bits."""
    return "".join(secrets.choice(ALPHABET) for _position in range(LENGTH))


def tidy_receipt(typed):
    """What a person typed, as a number: capitals, no blanks or dashes, O as 0, I and L as 1; "" if it cannot be one."""
    number = "".join(typed.split()).replace("-", "").upper()
    number = number.replace("O", "0").replace("I", "1").replace("L", "1")
    return number if len(number) in LENGTHS and all(character in ALPHABET for character in number) else ""


def grouped(number):
    """A receipt number in groups of four, as it is printed."""
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4))
