"""Lines of figures: what was measured, beside what, the ratio, and the ratio that the product holds itself to."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure. limit is the most (or with at_least the least) that the ratio should be; None only informs."""

    what: str
    measured: str
    beside: str = ""
    ratio: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def verdict(self):
        if self.ratio is None or self.limit is None:
            return ""
        held = self.ratio >= self.limit if self.at_least else self.ratio <= self.limit
        return "held" if held else "MISSED"

    @property
    def cells(self):
        sign = "≥" if self.at_least else "≤"
        hold = "" if self.limit is None else f"{sign} {self.limit:g}"
        return (self.what, self.measured, self.beside, number(self.ratio), hold, self.verdict)


HEADINGS = ("what", "measured", "beside", "ratio", "hold", "")


def number(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write(title, lines):
    """A table on standard output, in Markdown."""
    rows = [HEADINGS, *(line.cells for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    shown = ["| " + " | ".join(row) + " |" for row in padded]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.write(f"\n{title}\n\n" + "\n".join(shown) + "\n")
    sys.stdout.flush()
