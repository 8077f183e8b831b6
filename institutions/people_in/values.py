"""One cell of a workbook of people as a value of the register. What is not certain is refused, never guessed."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from institutions.khmer import comparison_key, to_ascii_digits

OLDEST = date(1900, 1, 2)
BUDDHIST = 2400

SENTENCES = {
    "missing": _("The cell is empty."),
    "excel_error": _("The cell holds an error of Excel. Write the value itself."),
    "kind": _("The cell holds a date, a time or a yes/no where text belongs. Format the column as text."),
    "destroyed": _("Excel has turned this number into another one. Format the column as text and write it again."),
    "zeros": _("This is a number, and numbers of this register begin with zeros. Write it as text, with its zeros."),
    "number_signs": _("A staff number has letters, digits, - / and . only, 30 at most."),
    "name_signs": _("The name holds a sign that belongs to no name. Write it again."),
    "name_length": _("A name has between 2 and 200 signs."),
    "long": _("The text is longer than %(most)s signs."),
    "sex": _("Write F for a woman, M for a man."),
    "basis": _("Write “Regular post” or “Acting”."),
    "end_reason": _(
        "Write one of these: Transferred, On leave, Acting ended, Resigned, Gone into retirement, Died, Another reason."
    ),
    "no_date": _("This is no date. Write it as day/month/year, such as 31/12/1979."),
    "date_number": _("The cell holds a number where a date belongs. Format the column as date and look at it again."),
    "no_such_day": _("There is no such day. Write it as day/month/year, such as 31/12/1979."),
    "two_digits": _("Write the year with four digits."),
    "buddhist": _("The year is one of the Buddhist era. Write the year of the common era, such as 1979."),
    "too_old": _("The day lies before 1900."),
}


class CellRefused(ValueError):
    """A cell is not usable; reason is a key of SENTENCES, facts fill its sentence."""

    def __init__(self, reason, **facts):
        self.reason, self.facts = reason, facts
        super().__init__(reason)


_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!"}
_BLANKS = re.compile(r"\s+")
_KEPT_FORMAT = {"\u200b", "\u200c", "\u200d"}  # word breaks and joiners that Khmer is written with


def said(cell):
    """True if the cell holds anything a reader would see."""
    return cell is not None and (not isinstance(cell, str) or bool(tidy(cell).strip("\u200b\u200c\u200d\ufeff")))


def tidy(text):
    """The text with single blanks and none around it."""
    return _BLANKS.sub(" ", text).strip(" \u200b\ufeff")


def plain(cell):
    """The text of a cell that holds text or a whole number; a date, a time or a truth is no text."""
    if isinstance(cell, bool | date | datetime | time | timedelta):
        raise CellRefused("kind")
    if isinstance(cell, float | int):
        if cell != cell or abs(cell) >= 1e15 or cell != int(cell):
            raise CellRefused("destroyed")
        return str(int(cell))
    text = tidy(cell)
    if text.upper() in _ERRORS:
        raise CellRefused("excel_error")
    return text


def short_text(cell, most):
    """A text such as a rank, with its own signs; refused where it is long or holds what nobody sees."""
    text = plain(cell)
    if len(text) > most:
        raise CellRefused("long", most=most)
    if not _PLAIN_NAME.fullmatch(text) and any(
        unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Co") or _steers(sign) for sign in text
    ):
        raise CellRefused("name_signs")
    return text


# --- staff numbers --------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[0-9A-Z\u1780-\u17b3./-]{1,30}")
_PLAIN_NUMBER = re.compile(r"[0-9]{1,30}")
_EXPONENT = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+")
_DECIMAL = re.compile(r"\d+[.,]0+")


def staff_number(cell):
    """(number, whether Excel held it as a number): ASCII digits, no blanks, capitals; zeros stay."""
    if isinstance(cell, bool | date | datetime | time | timedelta):
        raise CellRefused("kind")
    if isinstance(cell, float | int):
        if cell != cell or cell < 0 or cell >= 1e15 or cell != int(cell):
            raise CellRefused("destroyed")
        return str(int(cell)), True
    text = plain(cell)
    if _PLAIN_NUMBER.fullmatch(text):
        return text, False
    number = "".join(sign for sign in to_ascii_digits(text) if not sign.isspace() and sign not in _KEPT_FORMAT)
    number = unicodedata.normalize("NFKC", number).upper().lstrip("'")
    if _EXPONENT.fullmatch(number) or _DECIMAL.fullmatch(number):
        raise CellRefused("destroyed")
    if not _NUMBER.fullmatch(number):
        raise CellRefused("number_signs")
    return number, False


# --- names ----------------------------------------------------------------------------------------------------------


# Nearly every name: no need to look sign by sign.
_PLAIN_NAME = re.compile("[A-Za-z0-9\u1780-\u17b3\u17b6-\u17d3 .'’-]+")


def _steers(sign):
    return unicodedata.category(sign) == "Cf" and sign not in _KEPT_FORMAT


def name(cell):
    """A name as it is written, with single blanks; signs that no name has are refused."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise CellRefused("name_signs")
    text = plain(cell)
    for sign in "" if _PLAIN_NAME.fullmatch(text) else text:
        category = unicodedata.category(sign)
        if category in ("Cc", "Cs", "Cn", "Co", "So", "Sm", "Sc", "No", "Nl") or _steers(sign):
            raise CellRefused("name_signs")
    if not any(sign.isalpha() for sign in text) or text[0] in "=+-@＝":
        raise CellRefused("name_signs")
    if not 2 <= len(text) <= 200:
        raise CellRefused("name_length")
    return text


_SEXES = {
    "F": ("f", "female", "woman", "w", "ស", "ស្រី", "ស្ត្រី", "នារី"),
    "M": ("m", "male", "man", "ប", "ប្រុស", "បុរស"),
}
_SEX = {comparison_key(word): sex for sex, words in _SEXES.items() for word in words}


def sex(cell):
    """ "F" or "M"."""
    found = _SEX.get(comparison_key(plain(cell)).rstrip("."))
    if found is None:
        raise CellRefused("sex")
    return found


# --- kinds of posts, and why one ended ------------------------------------------------------------------------------

_BASES = {
    "regular": (
        "regular post",
        "permanent",
        "substantive",
        "មុខតំណែងពេញសិទ្ធិ",
        "ពេញសិទ្ធិ",
        "ពេញសិទ្ធ",
        "ធម្មតា",
        "មុខតំណែងធម្មតា",
        "អចិន្ត្រៃយ៍",
    ),
    "acting": ("a.i.", "ad interim", "interim", "acting post", "ស្តីទី", "មុខតំណែងស្តីទី", "ជាស្តីទី"),
}
_END_REASONS = {
    "transfer": ("transferred", "moved", "reassigned", "ផ្ទេរ", "បានផ្ទេរ", "ផ្លាស់ប្តូរ", "បានផ្លាស់ប្តូរ", "ផ្លាស់"),
    "leave": ("on leave", "unpaid leave", "leave without pay", "ទំនេរពីការងារ", "ទំនេរគ្មានបៀវត្ស", "ឈប់សម្រាក"),
    "acting-over": ("acting ended", "end of acting", "no longer acting", "ចប់ការស្តីទី", "ចប់ស្តីទី", "បញ្ចប់ការស្តីទី"),
    "resigned": ("resignation", "resign", "លាឈប់", "លាលែង", "លាឈប់ពីការងារ", "លាលែងពីតំណែង"),
    "retired": ("gone into retirement", "retirement", "pension", "pensioned", "ចូលនិវត្តន៍", "និវត្តន៍", "និវត្តជន"),
    "died": ("death", "deceased", "dead", "ទទួលមរណភាព", "មរណភាព", "មរណៈ", "ស្លាប់"),
    "other": ("another reason", "other reason", "មូលហេតុផ្សេង", "មូលហេតុផ្សេងទៀត", "ផ្សេង", "ផ្សេងៗ", "ផ្សេងទៀត"),
}


def _term_key(text):
    return "".join(sign for sign in comparison_key(text) if sign not in " .-_/()")


def _terms(words):
    return {_term_key(word): code for code, several in words.items() for word in (code, *several)}


_BASIS, _END_REASON = _terms(_BASES), _terms(_END_REASONS)


def basis(cell):
    """The code of a kind of post: "regular" or "acting"."""
    return _one_of(_BASIS, cell, "basis")


def end_reason(cell):
    """The code of why a post ended, such as "retired"."""
    return _one_of(_END_REASON, cell, "end_reason")


def _one_of(known, cell, reason):
    found = known.get(_term_key(plain(cell)))
    if found is None:
        raise CellRefused(reason)
    return found


# --- days -----------------------------------------------------------------------------------------------------------

_MONTHS = (
    ("មករា", "january", "jan"),
    ("កុម្ភៈ", "កុម្ភះ", "កុម្ភ", "february", "feb"),
    ("មីនា", "march", "mar"),
    ("មេសា", "april", "apr"),
    ("ឧសភា", "may"),
    ("មិថុនា", "june", "jun"),
    ("កក្កដា", "កក្កដ", "july", "jul"),
    ("សីហា", "august", "aug"),
    ("កញ្ញា", "september", "sep", "sept"),
    ("តុលា", "october", "oct"),
    ("វិច្ឆិកា", "november", "nov"),
    ("ធ្នូ", "december", "dec"),
)
_MONTH = {comparison_key(word): month for month, words in enumerate(_MONTHS, start=1) for word in words}
_DAY_FIRST = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{2,4})")
_YEAR_FIRST = re.compile(r"(\d{4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_BY_NAME = re.compile(r"(\d{1,2})[\s/.\-,]*([^\d\s/.\-,]+)[\s/.\-,]*(\d{2,4})")
_WORDS = ("ថ្ងៃទី", "ថ្ងៃ", "ខែ", "ឆ្នាំ", "គ.ស.", "គ.ស")


def day(cell):
    """A day: a date of Excel in either epoch, or text as day/month/year, year-month-day, or with a month's name."""
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise CellRefused("no_date")
        cell = cell.date()
    if isinstance(cell, date):
        return _sensible(cell.year, cell.month, cell.day)
    if isinstance(cell, bool | time | timedelta):
        raise CellRefused("no_date")
    if isinstance(cell, int | float):
        raise CellRefused("date_number")
    text = to_ascii_digits(plain(cell))
    text = "".join(sign for sign in text if sign not in _KEPT_FORMAT)
    for word in _WORDS:
        text = text.replace(word, " ")
    text = tidy(text)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, number = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        number, month, year = map(int, found.groups())
    elif (found := _BY_NAME.fullmatch(text)) and (named := _MONTH.get(comparison_key(found[2]))):
        number, month, year = int(found[1]), named, int(found[3])
    elif text.isdigit():
        raise CellRefused("date_number")
    else:
        raise CellRefused("no_date")
    return _sensible(year, month, number)


def _sensible(year, month, number):
    if year < 100:
        raise CellRefused("two_digits")
    if year >= BUDDHIST:
        raise CellRefused("buddhist")
    try:
        found = date(year, month, number)
    except ValueError:
        raise CellRefused("no_such_day") from None
    if found < OLDEST:
        raise CellRefused("too_old")
    return found
