from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.imports.outgoing import write_register
from institutions.models import Institution
from institutions.scope import Scope


class Command(BaseCommand):
    help = "Writes the people and posts of an institution to a workbook that import_people reads"

    def add_arguments(self, parser):
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--institution", required=True, metavar="CODE", help="the people of it and below it")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE.xlsx", help="where to write the workbook")
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help="of the headings")

    def handle(self, *, institution, to, language, **options):
        at = timezone.now()
        found = Institution.objects.filter(code=institution).first()
        if found is None:
            raise CommandError(f"No institution has the code {institution}.")
        if not to.parent.is_dir():
            raise CommandError(f"There is no folder {to.parent}.")
        day = timezone.localdate(at)
        rows = write_register(
            to, institution=found, scope=Scope.of(found, day), day=day, at=at, by=None, language=language
        )
        self.stdout.write(f"{rows} rows written to {to}")
