import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from institutions.actions import RegisterRefused
from institutions.models import User
from institutions.tree_in.applying import import_tree, plan_for
from institutions.tree_in.reading import read_tree
from institutions.tree_in.rules import ADD, CHANGE, ERROR, VERDICTS
from institutions.tree_in.writing import template_bytes
from institutions.uploads import UploadRefused


class Command(BaseCommand):
    """Takes areas, sectors, positions and institutions from an .xlsx, all rows or none; removes nothing."""

    help = __doc__

    def add_arguments(self, parser):
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", type=Path, nargs="?")
        what.add_argument("--template", type=Path, metavar="FILE", help="write the empty form instead of reading one")
        parser.add_argument("--dry-run", action="store_true", help="only say what the file would do")
        parser.add_argument("--by", help="user name of whoever is responsible for the file")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="km")
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def handle(self, *, file, template, dry_run, by, language, report, **options):
        self.report = report
        with translation.override(language):
            if template:
                self._write_template(template, language)
                return
            author = User.objects.filter(username=by).first() if by else None
            if by and author is None:
                raise CommandError(f"There is no account {by}.")
            content, reading = self._read(file)
            plan = plan_for(reading)
            if plan.problems or dry_run:
                self._say(reading, plan, applied=False)
                if plan.problems:
                    raise CommandError(f"{len(plan.problems)} problems; nothing was changed.")
                return
            at = timezone.now()
            try:
                plan = import_tree(
                    reading=reading,
                    sha256=hashlib.sha256(content).hexdigest(),
                    at=at,
                    day=timezone.localdate(at),
                    by=author,
                )
            except RegisterRefused as refusal:
                self._fail(str(refusal))
            self._say(reading, plan, applied=True)

    def _write_template(self, template, language):
        try:
            template.write_bytes(template_bytes(language))
        except OSError as error:
            raise CommandError(f"{template}: {error.strerror}") from error
        self.stdout.write(f"{template}")

    def _read(self, file):
        try:
            content = file.read_bytes()
            return content, read_tree(content)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except UploadRefused as refusal:
            self._fail(str(refusal))

    def _fail(self, sentence):
        if self.report == "json":
            self._print({"applied": False, "counts": {}, "problems": [_problem("", 0, "", sentence)]})
        raise CommandError(sentence)

    def _say(self, reading, plan, *, applied):
        if self.report == "json":
            rows = {
                verdict: [[row.entry.form.key, *(row.entry.name or ())] for row in plan.rows if row.verdict == verdict]
                for verdict in (ADD, CHANGE, ERROR)
            }
            problems = [_problem(p.sheet, p.row, p.column, p.reason) for p in plan.problems]
            self._print(
                {
                    "applied": applied,
                    "counts": plan.counts(),
                    "rows": rows,
                    "problems": problems,
                    "ignored_sheets": reading.ignored,
                }
            )
            return
        for problem in plan.problems:
            where = ", ".join(str(part) for part in (problem.sheet, problem.row, problem.column) if part)
            self.stdout.write(f"  {where}: {problem.reason}" if where else f"  {problem.reason}")
        for form, counts in plan.counts().items():
            self.stdout.write(f"{form}: " + ", ".join(f"{verdict} {counts[verdict]}" for verdict in VERDICTS))
        if reading.ignored:
            self.stdout.write(f"sheets left out: {', '.join(reading.ignored)}")
        self.stdout.write("Done" if applied else "Nothing was changed" if plan.problems else "Would be done")

    def _print(self, report):
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))


def _problem(sheet, row, column, reason):
    return {"sheet": sheet, "row": row, "column": column, "reason": reason}
