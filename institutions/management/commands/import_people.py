"""The import of HR from a shell: the same reading, the same verdicts, the same one transaction."""

import json
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from institutions.imports import staging
from institutions.imports.applying import apply_or_judge_anew
from institutions.imports.words import sentence
from institutions.models import Institution
from institutions.models.imports import APPLICABLE
from institutions.people_in.reading import SheetRefused
from institutions.scope import Scope
from institutions.uploads import UploadRefused


class Command(BaseCommand):
    help = "Reads people and posts of an institution from a workbook, and applies what is right to the register"

    def add_arguments(self, parser):
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--institution", required=True, metavar="CODE", help="the people of it and below it")
        parser.add_argument(
            "--complete",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the file lists everybody who served on this day: whoever it does not name leaves",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--report", choices=["text", "json"], default="text")
        parser.add_argument("--language", choices=languages, default="en", help="of the report")

    def handle(self, *, file, institution, complete, dry_run, report, language, **options):
        at = timezone.now()
        found = Institution.objects.filter(code=institution).first()
        if found is None:
            raise CommandError(f"No institution has the code {institution}.")
        scope = Scope.of(found, timezone.localdate(at))
        if complete and complete > scope.today:
            raise CommandError(f"{complete} has not come yet. Choose today or a day that has been.")
        with translation.override(language):
            try:
                facts = self._run(file, found, scope, complete, dry_run, at)
            except (UploadRefused, SheetRefused, staging.ImportRefused) as refusal:
                raise CommandError(str(refusal)) from refusal
            except OSError as error:
                raise CommandError(f"The file cannot be read: {error.strerror}.") from error
            self._say(facts, report)

    def _run(self, file, institution, scope, complete, dry_run, at):
        content = file.read_bytes()
        complete_of = institution if complete else None
        asked = {"institution": institution, "scope": scope, "complete_of": complete_of, "complete_on": complete}
        reading = staging.read_file(content)
        if dry_run:
            judgement = staging.judge_reading(reading, **asked)
            return _facts(judgement, reading, applied=0)
        register_import, judgement = staging.keep_preview(
            content=content, file_name=file.name, reading=reading, at=at, by=None, **asked
        )
        applied = apply_or_judge_anew(
            register_import=register_import, seal=register_import.seal, scope=scope, at=at, by=None
        )
        if applied.is_changed:
            raise CommandError("The register has changed meanwhile. Nothing was written; run the command again.")
        return _facts(judgement, reading, applied=applied.rows) | {"import": register_import.pk}

    def _say(self, facts, report):
        if report == "json":
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        for verdict, count in facts["counts"].items():
            self.stdout.write(f"{verdict}: {count}")
        for row in facts["refused"]:
            self.stdout.write(f"row {row['row']}: {row['verdict']}: {' '.join(row['reasons'])}")
        if facts["withheld"]:
            self.stdout.write(f"{facts['withheld']} people missing from the list stay: rows of it cannot be read")
        self.stdout.write(f"{facts['applied']} rows applied")


def _facts(judgement, reading, *, applied):
    refused = [row for row in judgement.rows if row.verdict not in (*APPLICABLE, "unchanged")]
    return {
        "rows": len(reading.rows),
        "counts": judgement.counts(),
        "elsewhere": sum(row.is_elsewhere for row in judgement.rows),
        "withheld": judgement.withheld,
        "left_out": reading.left_out,
        "refused": [
            {
                "row": row.line,
                "verdict": row.verdict,
                "reasons": [sentence(staging.problem_as_json(reason)) for reason in row.reasons],
            }
            for row in refused
        ],
        "applied": applied,
    }
