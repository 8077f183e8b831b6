import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from institutions.khmer import (
    WORD_JOINER,
    comparison_key,
    keep_together,
    tidy_legal_text,
    to_ascii_digits,
    to_khmer_digits,
    words,
)
from tests.factories.spellings import TRAPS

KHMER = st.text(alphabet=[chr(code) for code in range(0x1780, 0x17EA)] + list(" \u200b\u200c\u200d"), max_size=24)
ANY_TEXT = st.one_of(KHMER, st.text(max_size=40))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *TRAPS,
        ("សុខ\u00a0 ចាន់", " សុខ ចាន់ "),
        ("SOK  Chandara", "sok chandara"),
        ("\u202eSok", "sok"),
        ("សាលា ១២", "សាលា 12"),
        ("Sok\x00", "sok"),
    ],
)
def test_comparison_key_is_equal_for_spellings_that_look_alike(one, other):
    assert comparison_key(one) == comparison_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("សុខ", "សុក"), ("កណ្ដាល", "កដាល"), ("Sok", "Sokh"), ("ចាន់ ដារ៉ា", "ចាន់ដារ៉ា")])
def test_comparison_key_differs_for_different_names(one, other):
    assert comparison_key(one) != comparison_key(other)


@settings(deadline=None)
@given(ANY_TEXT)
@example("ក្្ដ")
@example("\u200d\u17d2\u1780")
def test_comparison_key_of_a_key_is_the_key(text):
    key = comparison_key(text)
    assert comparison_key(key) == key
    key.encode()  # a lone surrogate would not reach the database


@settings(deadline=None)
@given(KHMER)
def test_comparison_key_ignores_zero_width_spaces_anywhere(text):
    assert comparison_key("\u200b".join(text)) == comparison_key(text.replace("\u200b", ""))


def test_digits_change_script_and_nothing_else():
    assert to_ascii_digits("អត្តលេខ ០១២៣៤៥៦៧៨៩ A7") == "អត្តលេខ 0123456789 A7"
    assert to_khmer_digits("ថ្ងៃទី 22 A7") == "ថ្ងៃទី ២២ A៧"


def test_words_cuts_khmer_by_dictionary_and_latin_by_blanks():
    assert words("គ្រូបង្រៀនការពារកុមារ។ Teacher’s code, 2024") == [
        "គ្រូបង្រៀន",
        "ការពារ",
        "កុមារ",
        "Teacher’s",
        "code",
        "2024",
    ]
    assert words("កុមារ\u200bនិង") == ["កុមារ", "និង"]
    assert words(" ។ — \u200b") == []


def test_tidy_legal_text_mends_line_ends_and_trailing_blanks():
    assert tidy_legal_text("មាត្រា ១ \t\r\n\r\n  ក។\u00a0\rខ\n\n") == "មាត្រា ១\n\n  ក។\nខ"


@settings(deadline=None)
@given(ANY_TEXT)
@example("ស្រ្តី\u200b \n\u200b")
@example("\u17d2\u17dd e\u0301")
def test_tidy_legal_text_keeps_every_character_that_is_not_a_blank_or_line_end(text):
    tidy = tidy_legal_text(text)
    kept = [sign for sign in text if sign not in " \t\u00a0\r\n"]
    assert [sign for sign in tidy if sign not in " \t\u00a0\n"] == kept
    assert tidy_legal_text(tidy) == tidy


def test_tidy_legal_text_never_composes():
    assert tidy_legal_text("e\u0301") != unicodedata.normalize("NFC", "e\u0301")


def test_keep_together_joins_where_the_term_says_and_at_words():
    text = "អានក្រមសីលធម៌នៅ Kampong Thom និងការពារកុមារ"
    held = keep_together(text, ["ក្រម|សីលធម៌", "Kampong Thom", "ការពារកុមារ", "កុមារ"])
    assert held == (f"អានក្រម{WORD_JOINER}សីលធម៌នៅ Kampong {WORD_JOINER}Thom និងការពារ{WORD_JOINER}កុមារ")
    assert held.replace(WORD_JOINER, "") == text
    assert keep_together(held, ["ក្រម|សីលធម៌", "Kampong Thom", "ការពារកុមារ"]) == held


def test_keep_together_without_terms_leaves_the_text():
    assert keep_together("កុមារ", []) == "កុមារ"
