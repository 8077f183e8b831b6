"""When things happened in the demo: always on a past working day, in working hours."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from institutions.days import add_months

SATURDAY = 5
OPENS, CLOSES = time(7, 30), time(16, 45)


def working_day(day):
    """The day itself, or the Friday before a week-end."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def moment(day, rng=None):
    """A moment in the working hours of the working day on or before the day; without rng the opening."""
    opens = datetime.combine(working_day(day), OPENS)
    minutes = (CLOSES.hour - OPENS.hour) * 60 + CLOSES.minute - OPENS.minute
    return timezone.make_aware(opens + timedelta(minutes=rng.randrange(minutes) if rng else 0))


class Calendar:
    """The days of the demo nation, counted back from the day it is loaded for."""

    def __init__(self, today):
        self.today = today
        self.yesterday = working_day(today - timedelta(days=1))
        self.founded_on = working_day(add_months(today, -26))
        self.first_editions_on = working_day(add_months(today, -25))
        self.people_from = working_day(add_months(today, -24))
        self.second_editions_on = working_day(add_months(today, -5))
        self.erratum_on = working_day(add_months(today, -3))
