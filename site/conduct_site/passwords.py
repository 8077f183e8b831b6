"""What makes a password too easy, said in the digits of the page."""

import re

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from institutions.khmer import to_ascii_digits
from institutions.passwords import LEAST, known_of, least_length_for
from institutions.templatetags.conduct import localnum

# Words that whoever guesses passwords of this site tries first, in small letters.
WORDS = {
    *("conduct", "codeofconduct", "password", "passwort", "passcode", "secret", "login", "welcome", "admin", "user"),
    *("cambodia", "kampuchea", "khmer", "phnompenh", "angkor", "ministry", "government", "police", "teacher", "nurse"),
    *("school", "hospital", "officer", "inspector", "registrar", "qwertyuiop", "qwerty", "asdfghjkl", "zxcvbnm"),
    *("ក្រមសីលធម៌", "ក្រមប្រតិបត្តិ", "ក្រម", "ពាក្យសម្ងាត់", "លេខសម្ងាត់", "សម្ងាត់", "កម្ពុជា", "ខ្មែរ"),
    *("ភ្នំពេញ", "អង្គរ", "ក្រសួង", "រដ្ឋាភិបាល", "នគរបាល", "ប៉ូលិស", "គ្រូបង្រៀន", "គ្រូ", "សាលារៀន", "សាលា"),
    *("មន្ទីរពេទ្យ", "មន្ត្រី", "គិលានុបដ្ឋាក"),
}
BETWEEN = re.compile(r"[\s!-/:-@\[-`{-~\u200b]+")
DIGITS = "0123456789"
IN_A_ROW = {DIGITS * 3, DIGITS[::-1] * 3}
LEFT_AT_LEAST = 6


class MinimumLength:
    """Twelve characters of any script; fifteen for an account with a role and without a second step."""

    def validate(self, password, user=None) -> None:
        least = least_length_for(user)
        if len(password) >= least:
            return
        if least == LEAST:
            words = ngettext(
                "This password is too short. It must contain at least %(least)s character.",
                "This password is too short. It must contain at least %(least)s characters.",
                least,
            )
        else:
            words = _(
                "An account with a role needs a password of at least %(least)s characters, or a second step beside it."
            )
        raise ValidationError(words % {"least": localnum(least)}, code="password_too_short")

    def get_help_text(self) -> str:
        return ""


class NotGuessable(CommonPasswordValidator):
    """Refuses the 20,000 most common passwords, also with what people put around them: digits, signs, known words.

    What is left of a password without the words of this site, its owner's numbers, names and birth date, and what
    stands between words, has six characters at least and is no common password by itself.
    """

    def validate(self, password, user=None) -> None:
        super().validate(password, user)
        if self.is_guessable(password, known_of(user)):
            raise ValidationError(
                _(
                    "This password is easy to guess: it is made of common words, of rows of digits, or of what others"
                    " know of you. Add words that only you know."
                ),
                code="password_guessable",
            )

    def is_guessable(self, password, known) -> bool:
        left = BETWEEN.sub("", to_ascii_digits(password).lower())
        for word in sorted(WORDS | known, key=len, reverse=True):
            left = left.replace(BETWEEN.sub("", word), "")
        core = _unit(left.strip(DIGITS) or left)
        in_a_row = any(core in row for row in IN_A_ROW)
        return len(core) < LEFT_AT_LEAST or core in self.passwords or in_a_row


def _unit(text) -> str:
    """What a text repeats from its beginning to its end; the text itself where it repeats nothing."""
    place = (text + text).find(text, 1)
    return text[:place] if place > 0 else text
