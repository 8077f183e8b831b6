from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from institutions.matrix_page import page


class Command(BaseCommand):
    """Writes the page about roles out of the matrix in the code, or says whether it is stale."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--to", default="docs/roles.md", metavar="FILE")
        parser.add_argument("--check", action="store_true", help="write nothing; fail if the file is stale")

    def handle(self, *, to, check, **options):
        path, text = Path(to), page()
        is_fresh = path.exists() and path.read_text(encoding="utf-8") == text
        if check and not is_fresh:
            raise CommandError(f"{path} is stale. Write it anew: manage.py role_matrix")
        if not is_fresh:
            path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path} says what the code does.")
