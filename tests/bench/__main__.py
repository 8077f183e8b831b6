"""All figures, or those of the sections named: `python -m tests.bench [workbook certificate figures pages …]`."""

import argparse
import os
import sys

from tests.bench import adoption, certificate, database, duplicates, figures, imports, pages, quizday, report, workbook

SECTIONS = ("workbook", "certificate", "imports", "duplicates", "figures", "pages", "quizday", "adoption")


def main():
    options = _options()
    wanted = options.sections or SECTIONS
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0
    sys.stdout.write(f"{os.cpu_count()} processors, load {load:.1f} at the start. Ratios count, seconds do not.\n")
    if "workbook" in wanted:
        report.write("Roster writer", workbook.run(rows=options.rows, rounds=options.rounds))
    if "certificate" in wanted:
        report.write("Certificate", certificate.run(count=20, rounds=options.rounds))
    if "adoption" in wanted:
        for kind in database.kinds():
            with database.throwaway(kind) as environment:
                report.write(f"Adoption, {kind}", adoption.run(environment, people=options.bound // adoption.TEN))
    if "duplicates" in wanted:
        for kind in database.kinds():
            with database.throwaway(kind) as environment:
                lines = duplicates.run(environment, people=options.bound // duplicates.TEN)
                report.write(f"Rows that may be one person, {kind}", lines)
    for kind in database.kinds():
        if "imports" not in wanted:
            break
        with database.throwaway(kind) as environment:
            # A long import is work for a server with PostgreSQL; SQLite takes a school district's.
            rows = options.import_rows if kind == "postgresql" else min(options.import_rows, 5_000)
            report.write(f"Import of people, {kind}", imports.run(environment, rows=rows))
    for kind in database.kinds():
        if not {"figures", "pages", "quizday"} & set(wanted):
            break
        with database.throwaway(kind) as environment:
            figures.load(environment)
            if "pages" in wanted:
                lines = pages.run(environment, seconds=options.seconds, rounds=options.rounds)
                report.write(f"Pages, {kind}", lines)
            if "quizday" in wanted:
                report.write(f"Quiz day, {kind}", quizday.run(environment, learners=options.learners))
            if "figures" in wanted:
                lines = figures.run(environment, people=options.people, repeats=options.repeats)
                report.write(f"Figures, {kind}", lines)


def _options():
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="what to measure (everything)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of which the median counts")
    parser.add_argument("--rows", type=int, default=50_000, help="rows of the roster that is written")
    parser.add_argument("--people", type=int, default=2_000, help="the smaller nation; the larger one has ten times")
    parser.add_argument("--bound", type=int, default=64_000, help="people whom an adoption binds, and of the register")
    parser.add_argument("--import-rows", type=int, default=60_000, help="rows of the workbook that is imported")
    parser.add_argument("--repeats", type=int, default=7, help="repeats of each query")
    parser.add_argument("--learners", type=int, default=40, help="of the quiz day, eight at once")
    parser.add_argument("--seconds", type=float, default=3, help="of each load on a page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
