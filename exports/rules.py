"""Pure decisions about files that leave: how large an answer may be, how long a file is kept, what it is called."""

from datetime import timedelta

DIRECT_ROWS = 5000
"""Up to so many rows the click itself answers with the file; above that a job makes it."""

KEPT = timedelta(hours=24)
"""How long a finished file can be downloaded."""


def file_name(what, code, day):
    """A name in ASCII that says what the file is, of which institution and of which day."""
    return "-".join(part for part in (what, code, day.isoformat()) if part) + ".xlsx"
