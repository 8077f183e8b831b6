"""The demo's stories, told for every kind of day: each leads to the status word that it was told for."""

import datetime
from random import Random

import pytest

from certification import rules
from certification.rules import Status
from conduct_site.nation.moments import Calendar, moment, working_day
from conduct_site.nation.stories import Change, Exempt, Teller, Terms

DAY = datetime.date(2026, 11, 23)


def test_working_day_is_the_day_or_the_friday_before():
    for passed in range(14):
        day = DAY + datetime.timedelta(days=passed)
        found = working_day(day)
        assert found.weekday() < 5
        assert 0 <= (day - found).days <= 2
        assert found == day or day.weekday() > 4


def test_moments_lie_in_working_hours():
    rng = Random(1)
    for _number in range(200):
        at = moment(DAY, rng)
        assert datetime.time(7, 30) <= at.time() < datetime.time(16, 45)
        assert at.date() == DAY


@pytest.mark.parametrize("months", [12, 24])
@pytest.mark.parametrize("status", Status)
def test_stories_lead_to_their_status_word_whatever_the_day(status, months):
    """For a year of days of loading: told with pure rules, without a database."""
    terms = Terms(months=months, window_days=60, grace_days=30, due_days=90, courses=2)
    for passed in range(0, 366, 5):
        today = DAY + datetime.timedelta(days=passed)
        story = Teller(Calendar(today), Random(passed)).tell(status, terms)
        assert [act.at for act in story.acts] == sorted(act.at for act in story.acts)
        assert all(story.registered_at < act.at for act in story.acts)
        found = status_after(story, terms, today)
        # With two years of validity nothing has run out yet that was earned in two years of history.
        assert found == status or (months == 24 and found == Status.OVERDUE)


def status_after(story, terms, today):
    """The status word that the acts of a story lead to, worked out from the rules alone."""
    learned, signed, open_from = 0, False, story.registered_at.date()
    days, started, changed, exempt = None, None, "", False
    for act in story.acts:
        name = type(act).__name__
        if name == "Renew":
            learned, signed = 0, False
        elif isinstance(act, Change):
            changed = act.kind
        elif isinstance(act, Exempt):
            exempt = act.starts_on <= today <= act.ends_on
        elif name in ("Learn", "Sign"):
            started = started or act.at.date()
        if name == "Sign":
            signed = True
        if name == "Try" and act.passes:
            learned += 1
        if signed and learned == terms.courses:
            learned = 0
            days = rules.validity(
                act.at.date(),
                months=terms.months,
                window_days=terms.window_days,
                grace_days=terms.grace_days,
                previous=days and days.valid_until,
            )
    due_on = open_from + datetime.timedelta(days=terms.due_days)
    held = days and rules.CertificateFacts(days.valid_until, days.window_from, days.grace_until, changed)
    return rules.status_on(today, period=rules.PeriodFacts(due_on, started), certificate=held, exempt=exempt)
