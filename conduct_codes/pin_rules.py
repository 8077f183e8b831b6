"""Pure decisions about personal codes of six digits: which one nobody may get."""

from itertools import pairwise

DIGITS = 6


def is_easy(code, *, known=()):
    """True for six digits that somebody would guess: a row of equal steps, a repeated or mirrored part, known numbers.

    known are numbers that others know of the person, such as the day of birth in digits and the staff number.
    """
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    repeats = any(code == code[:size] * (len(code) // size) for size in (1, 2, 3))
    return len(steps) == 1 or repeats or code == code[::-1] or any(code in number for number in known)


def numbers_of_birth(day):
    """A day of birth in the orders in which people write it in digits; nothing where it is not known."""
    return tuple(day.strftime(order) for order in ("%d%m%y", "%y%m%d", "%m%d%y", "%d%m%Y", "%Y%m%d")) if day else ()
