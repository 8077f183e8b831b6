"""A roster of many rows: the product's writer, openpyxl's streaming mode, and the least a zipped sheet can cost.

Each variant runs in a process of its own, so that its peak memory is its own; `python -m tests.bench.workbook VARIANT
ROWS` prints one JSON line.
"""

import sys
import tempfile
import zipfile
from datetime import date, timedelta
from pathlib import Path

from tests.bench.measure import alone, answer, by_turns, cpu_seconds, memory_mb, peak_mb
from tests.bench.report import Line

FIRST_DAY = date(2024, 1, 1)
KINDS = ("text",) * 9 + ("integer",) * 2 + ("date",) * 3
PLACES = [f"មន្ទីរអប់រំខេត្តទី {place}" for place in range(25)]
WORDS = ["certified", "renewal due", "overdue", "not started"]
DAYS = [FIRST_DAY + timedelta(days=place) for place in range(700)]


def roster_rows(count):
    """Rows as a roster has them: four texts of their own, five that repeat, two numbers, three days."""
    for row in range(count):
        yield (
            f"{row:07d}",
            f"សុខ ច័ន្ទដារ៉ា {row}",
            f"Sok Chandara {row}",
            f"EDU-2026-{row:06d}",
            PLACES[row % 25],
            "គ្រូបង្រៀន",
            "Teacher",
            WORDS[row % 4],
            "Education staff",
            row % 60,
            row % 7,
            DAYS[row % 700],
            DAYS[row * 7 % 700],
            DAYS[row * 13 % 700] if row % 3 else None,
        )


def product(target, rows):
    from institutions.workbooks import Column, write_workbook

    columns = [Column(key=f"c{place}", heading=f"Column {place}", kind=kind) for place, kind in enumerate(KINDS)]
    write_workbook(target, columns=columns, rows=roster_rows(rows), title="Roster", sheet_title="Roster")


def openpyxl_streaming(target, rows):
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Roster")
    sheet.append([f"Column {place}" for place in range(len(KINDS))])
    for row in roster_rows(rows):
        sheet.append(row)
    book.save(target)


def physical_limit(target, rows):
    """One %-template a row into a zip: no escaping, no empty cell, no style, no second sheet."""
    cells = {
        "text": '<c t="inlineStr"><is><t>%s</t></is></c>',
        "integer": "<c><v>%d</v></c>",
        "date": "<c><v>%d</v></c>",
    }
    template = "<row>" + "".join(cells[kind] for kind in KINDS) + "</row>"
    zero = date(1899, 12, 30).toordinal()
    new_zip = zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=1)
    with new_zip as book, book.open("xl/worksheets/sheet1.xml", "w") as sheet:
        waiting = []
        for row in roster_rows(rows):
            days = [(day or FIRST_DAY).toordinal() - zero for day in row[11:]]
            waiting.append(template % (*row[:11], *days))
            if len(waiting) == 400:
                sheet.write("".join(waiting).encode())
                waiting.clear()
        sheet.write("".join(waiting).encode())


VARIANTS = {"product": product, "limit": physical_limit, "openpyxl": openpyxl_streaming}


def main(variant, rows):
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        write = VARIANTS[variant]
        # The imports and the first workbook belong to the idle process, not to the rows.
        write(Path(folder) / "first.xlsx", 10)
        idle = memory_mb()
        seconds = cpu_seconds(lambda: write(Path(folder) / "roster.xlsx", rows))
        answer({"seconds": seconds, "extra": peak_mb() - idle})


def run(*, rows, rounds):
    """The lines of the report."""
    peaks = {}

    def variant(name):
        def measured():
            facts = alone("workbook", name, rows)
            peaks[name] = max(peaks.get(name, 0), facts["extra"])
            return facts["seconds"]

        return measured

    found = by_turns({name: variant(name) for name in VARIANTS}, rounds)
    ours = f"{found['product']:.2f} s"
    return [
        Line(
            what=f"roster of {rows:,} rows",
            measured=ours,
            beside=f"{found['limit']:.2f} s, the least a zipped sheet costs",
            ratio=found["product"] / found["limit"],
            limit=1.7,
        ),
        Line(
            what=f"roster of {rows:,} rows",
            measured=ours,
            beside=f"{found['openpyxl']:.2f} s, openpyxl write_only",
            ratio=found["product"] / found["openpyxl"],
            limit=0.25,
        ),
        Line(
            what="memory above the idle process, MB",
            measured=f"{peaks['product']:.1f}",
            beside=f"{peaks['limit']:.1f} limit, {peaks['openpyxl']:.1f} openpyxl",
            ratio=peaks["product"],
            limit=80,
        ),
    ]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
