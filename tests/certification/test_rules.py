"""Status words, days of validity and verification codes, as tables of cases."""

import datetime
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification import rules
from certification.rules import CertificateFacts, PeriodFacts, Status

DAY = date(2026, 11, 23)
PERIOD = PeriodFacts(due_on=date(2026, 12, 31))


def facts(**changes):
    days = {
        "valid_until": date(2027, 6, 1),
        "window_from": date(2027, 4, 2),
        "grace_until": date(2027, 7, 1),
        "last_event": "",
    }
    return CertificateFacts(**(days | changes))


@pytest.mark.parametrize(
    ("expected", "period", "certificate", "exempt"),
    [
        (Status.EXEMPT, PERIOD, facts(last_event="revoked"), True),
        (Status.REVOKED, PERIOD, facts(last_event="revoked"), False),
        (Status.SUSPENDED, PERIOD, facts(last_event="suspended"), False),
        (Status.CERTIFIED, PERIOD, facts(last_event="reinstated"), False),
        (Status.CERTIFIED, PERIOD, facts(), False),
        (Status.CERTIFIED, PERIOD, facts(window_from=DAY + datetime.timedelta(1)), False),
        (Status.RENEWAL_DUE, PERIOD, facts(window_from=DAY), False),
        (Status.RENEWAL_DUE, PERIOD, facts(valid_until=DAY, window_from=date(2026, 10, 1)), False),
        (Status.IN_GRACE, PERIOD, facts(valid_until=date(2026, 11, 22), window_from=date(2026, 10, 1)), False),
        (Status.IN_GRACE, PERIOD, facts(valid_until=date(2026, 11, 1), grace_until=DAY), False),
        (Status.EXPIRED, PERIOD, facts(valid_until=date(2026, 10, 1), grace_until=date(2026, 11, 22)), False),
        (Status.NOT_STARTED, PERIOD, None, False),
        (Status.NOT_STARTED, PeriodFacts(due_on=DAY), None, False),
        (Status.NOT_STARTED, PeriodFacts(DAY, started_on=date(2026, 11, 24)), None, False),
        (Status.IN_PROGRESS, PeriodFacts(DAY, started_on=DAY), None, False),
        (Status.OVERDUE, PeriodFacts(date(2026, 11, 22), started_on=date(2026, 11, 1)), None, False),
    ],
)
def test_status_is_the_first_that_applies(expected, period, certificate, exempt):
    assert rules.status_on(DAY, period=period, certificate=certificate, exempt=exempt) == expected


def test_every_status_has_one_rank_and_revoked_is_worst():
    assert sorted(rules.RANK.values()) == list(range(len(Status)))
    assert rules.worst([Status.CERTIFIED, Status.REVOKED, Status.OVERDUE]) == Status.REVOKED
    assert Status.CERTIFIED not in rules.NEEDS_DOING
    assert Status.RENEWAL_DUE in rules.NEEDS_DOING


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months_are_added_and_clamped(start, months, end):
    assert rules.add_months(start, months) == end


def test_renewal_inside_the_window_loses_no_day():
    days = rules.validity(date(2026, 11, 1), months=12, window_days=60, grace_days=30, previous=date(2026, 12, 15))
    assert days.valid_until == date(2027, 12, 15)
    assert days.grace_until == date(2028, 1, 14)


def test_renewal_after_expiry_runs_from_its_issue():
    days = rules.validity(date(2026, 11, 1), months=12, window_days=60, grace_days=30, previous=date(2026, 10, 1))
    assert days.valid_until == date(2027, 11, 1)


def test_window_never_opens_before_the_issue():
    days = rules.validity(date(2026, 11, 1), months=1, window_days=60, grace_days=0)
    assert days.window_from == date(2026, 11, 1)


def test_verification_codes_are_long_and_read_back_however_typed():
    code = rules.new_verification_code()
    assert len(code) == 17
    assert rules.tidy_verification_code(rules.grouped(code).lower()) == code
    assert rules.tidy_verification_code(f" {code[:8]} {code[8:]} ") == code


@given(st.integers(0, 16), st.sampled_from(rules.CODE_ALPHABET))
def test_one_wrong_character_is_never_a_code(position, character):
    code = "0123456789ABCDEF" + rules.check_character("0123456789ABCDEF")
    wrong = code[:position] + character + code[position + 1 :]
    assert (rules.tidy_verification_code(wrong) == "") == (wrong != code)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_nothing(typed):
    code = rules.tidy_verification_code(typed)
    assert code == "" or (len(code) == 17 and rules.check_character(code[:-1]) == code[-1])
