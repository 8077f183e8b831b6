"""What the export commands share: an institution, a day, a language and a file."""

from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.models import Institution
from institutions.scope import Scope


class ExportCommand(BaseCommand):
    """Writes one workbook to a path, and its row into the list of exports; a subclass says which workbook."""

    def add_arguments(self, parser):
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--institution", required=True, metavar="CODE", help="code of the institution")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE.xlsx", help="where to write the workbook")
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="a past day; default: today")
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of the headings")

    def handle(self, *, institution, to, on, language, **options):
        at = timezone.now()
        today = timezone.localdate(at)
        on = on or today
        if on > today:
            raise CommandError(f"{on} has not come yet. Choose today or a day that has been.")
        found = Institution.objects.filter(code=institution).first()
        if found is None:
            raise CommandError(f"No institution has the code {institution}.")
        if not to.parent.is_dir():
            raise CommandError(f"There is no folder {to.parent}.")
        scope = Scope.of(found, today)
        export = self.write(to=to, institution=found, scope=scope, on=on, at=at, language=language)
        self.stdout.write(f"{export.rows} rows written to {to} (SHA-256 {export.sha256})")
