from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from institutions.tree_in.writing import write_tree


class Command(BaseCommand):
    """Writes areas, sectors, positions and institutions to an .xlsx that import_institutions takes unchanged."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, required=True, metavar="FILE")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="km")

    def handle(self, *, to, language, **options):
        try:
            counts = write_tree(to, language=language, demonstration=settings.CONDUCT_DEMO)
        except OSError as error:
            raise CommandError(f"{to}: {error.strerror}") from error
        self.stdout.write(", ".join(f"{key} {count}" for key, count in counts.items()))
