"""Khmer and Latin text: keys to compare by, digits, words, and legal text that must stay as it was written."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from khmerspell.khnormal import khnormal

_KHMER_DIGITS = "០១២៣៤៥៦៧៨៩"
_TO_ASCII = str.maketrans(_KHMER_DIGITS, "0123456789")
_TO_KHMER = str.maketrans("0123456789", _KHMER_DIGITS)

_NOT_KHMER = re.compile("[^\u1780-\u17ff]+")
# Inherent vowels nobody sees; the deprecated independent vowels, and the second spelling of ឱ.
_ONE_SPELLING = str.maketrans({"\u17b4": None, "\u17b5": None, "\u17a3": "\u17a2", "\u17a4": "\u17a2\u17b6", "ឲ": "ឱ"})
# Before a vowel above, both signs of the register are drawn as the vowel ុ below, and many type that instead.
_DRAWN_BELOW = re.compile("[\u17bb\u17c9\u17ca](?=[\u17b7-\u17ba\u17be])")
_COENG_DA, _COENG_TA = "\u17d2\u178a", "\u17d2\u178f"
_UNSEEN = {"Cc", "Cf", "Cs"}

_LINE_END = re.compile("\r\n?")
_TRAILING_BLANKS = re.compile("[ \t\u00a0]+$", re.MULTILINE)

WORD_JOINER = "\u2060"
JOINT = "|"


def comparison_key(text: str) -> str:
    """The same key for every spelling of a name that a reader takes for the same; never shown, never stored as a name.

    Typing order of Khmer signs, coeng DA or TA, ុ for ៊ or ៉ under a vowel above, zero-width characters, case, width,
    digits and blanks do not count.
    """
    return " ".join(key for word in text.split() for key in _word_key(word).split())


def look_alike(one: str, other: str) -> bool:
    """True if a reader cannot tell the two texts apart: typed in another order, or with signs that nobody sees."""
    if one == other:
        return True
    return comparison_key(one) == comparison_key(other) and _other_signs(one) == _other_signs(other)


def _other_signs(text: str) -> str:
    """What is not Khmer in a text, as it is seen: the key makes capitals small, and a reader sees which they are."""
    return "".join(sign for run in _NOT_KHMER.findall(text) for sign in run if _is_seen(sign))


@lru_cache(maxsize=16384)
def _word_key(word: str) -> str:
    # A repair can bring two signs together that the next round must see; three rounds are more than any text needed.
    for _round in range(3):
        before, word = word, _repaired(word)
        if word == before:
            break
    return word


def _repaired(word: str) -> str:
    # Compatibility folding is for everything but Khmer: there it would move coengs.
    folded = _NOT_KHMER.sub(lambda run: _folded(run.group()), word.translate(_ONE_SPELLING))
    seen = "".join(" " if sign in "\t\n\r\v\f" else sign for sign in folded if _is_seen(sign))
    return _DRAWN_BELOW.sub("\u17ca", khnormal(seen)).replace(_COENG_DA, _COENG_TA).translate(_TO_ASCII)


def _folded(run: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", run).casefold())


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in _UNSEEN or sign in "\t\n\r\v\f"


def to_ascii_digits(text: str) -> str:
    """The text with Khmer digits as 0-9; everything else untouched."""
    return text.translate(_TO_ASCII)


def to_khmer_digits(text: str) -> str:
    """The text with 0-9 as Khmer digits; for display, never for identifiers."""
    return text.translate(_TO_KHMER)


def words(text: str) -> list[str]:
    """The words of a Khmer, Latin or mixed text, in order, without punctuation and without zero-width spaces."""
    from icu4py.breakers import WordBreaker  # its dictionary is 40 MB: only who segments loads it

    return [word for word in WordBreaker(text, "km") if any(sign.isalnum() for sign in word)]


def segments(text: str) -> list[str]:
    """The text cut at its word boundaries: words, blanks and punctuation, which joined give the text again."""
    from icu4py.breakers import WordBreaker

    return list(WordBreaker(text, "km")) if text else []


def tidy_legal_text(text: str) -> str:
    """The text with one kind of line end, no blanks at line ends, no blank lines at the end; the rest stays as it is.

    It is never normalised: what is signed is what was adopted, down to the zero-width space.
    """
    return _TRAILING_BLANKS.sub("", _LINE_END.sub("\n", text)).rstrip("\n")


def keep_together(text: str, terms: Iterable[str]) -> str:
    """The text for display, with each term held on one line by word joiners; never for stored or hashed text.

    A term says with "|" where a browser would cut it ("ក្រម|សីលធម៌"); one that does not is held at its words.
    """
    pattern, joined = _joints(tuple(terms))
    return pattern.sub(lambda found: joined[found.group()], text) if joined else text


@lru_cache(maxsize=64)
def _joints(terms: tuple[str, ...]) -> tuple[re.Pattern, dict[str, str]]:
    joined = {}
    for term in terms:
        parts = term.split(JOINT) if JOINT in term else _line_parts(term)
        if len(parts) > 1:
            joined["".join(parts)] = WORD_JOINER.join(parts)
    longest_first = sorted(joined, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), joined


def _line_parts(term: str) -> list[str]:
    from icu4py.breakers import LineBreaker

    return list(LineBreaker(term, "km"))
