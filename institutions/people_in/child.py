"""A stranger's workbook is read in a process of its own, with limits on its time and memory that the system holds.

`python -m institutions.people_in.child ROWS COLUMNS` reads the workbook from its input and answers with JSON lines.
"""

import json
import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

from institutions.uploads import Row, UploadRefused, error_cells, read_workbook

SECONDS = 60
MEMORY = 1024 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]


def read_apart(content: bytes, *, max_rows: int, max_columns: int = 60) -> list[Row]:
    """read_workbook in a child process; also refuses what takes it too long or too much memory."""
    if len(content) > 64:  # what cannot be a workbook is refused at once; the child would say the same
        command = [sys.executable, "-m", "institutions.people_in.child", str(max_rows), str(max_columns)]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        environment = {**os.environ, "PYTHONPATH": path}
        try:
            done = subprocess.run(
                command, input=content, capture_output=True, timeout=2 * SECONDS, env=environment, check=False
            )
        except subprocess.TimeoutExpired:
            raise UploadRefused("unsafe") from None
        if done.returncode != 0:
            raise UploadRefused("unsafe")
        first, *lines = done.stdout.splitlines()
        verdict = json.loads(first)
        if verdict["refused"]:
            raise UploadRefused(verdict["refused"], **verdict["facts"])
        return [Row(line, tuple(map(_value, cells))) for line, cells in map(json.loads, lines)]
    return read_workbook(content, max_rows=max_rows, max_columns=max_columns)


_KINDS = {"date": date.fromisoformat, "datetime": datetime.fromisoformat, "time": time.fromisoformat}


def _value(cell):
    if not isinstance(cell, list):
        return cell
    kind, text = cell
    return _KINDS[kind](text) if kind in _KINDS else timedelta(seconds=float(text))


def _json(cell):
    if isinstance(cell, datetime | date | time):
        return [type(cell).__name__, cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["timedelta", str(cell.total_seconds())]
    return cell


def _limit():
    try:
        import resource  # not on Windows
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(max_rows, max_columns):
    _limit()
    content = sys.stdin.buffer.read()
    out = sys.stdout
    try:
        rows = read_workbook(content, max_rows=max_rows, max_columns=max_columns)
        wrong = error_cells(content)
    except UploadRefused as refusal:
        out.write(json.dumps({"refused": refusal.reason, "facts": refusal.facts}) + "\n")
        return
    out.write('{"refused": ""}\n')
    for row in rows:
        cells = [_json(cell) for cell in row.cells]
        for place in wrong.get(row.line, ()):
            cells += [None] * (place + 1 - len(cells))
            cells[place] = "#VALUE!"
        out.write(json.dumps([row.line, cells]) + "\n")


if __name__ == "__main__":
    _main(int(sys.argv[1]), int(sys.argv[2]))
