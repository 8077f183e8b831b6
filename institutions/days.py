"""Days counted in months, as laws and certificates count them."""

import calendar
from datetime import date


def add_months(day, months):
    """The same day so many months on, clamped at the end of the month (31 January + 1 month = 28 February)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
