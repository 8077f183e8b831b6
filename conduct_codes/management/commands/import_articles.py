import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from conduct_codes import articles_in, importing
from conduct_codes.actions.importing import ImportRefused, import_articles
from conduct_codes.import_forms import format_of
from conduct_codes.models import CodePage
from institutions.models import User


class Command(BaseCommand):
    """Takes the articles of an .xlsx or .docx into the draft of a code's page, all or none; publishes nothing."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--code", required=True, help="slug of the code")
        parser.add_argument("--language", default="km", help="language of the page")
        parser.add_argument("--dry-run", action="store_true", help="only say what the file would do")
        parser.add_argument("--remove-missing", action="store_true", help="remove the articles that the file lacks")
        parser.add_argument("--by", help="user name of the author, who then neither reviews nor adopts the text")
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def handle(self, *, file, code, language, dry_run, remove_missing, by, report, **options):
        self.report = report
        pages = CodePage.objects.select_related("code__owner", "locale")
        page = pages.filter(code__slug=code, locale__language_code=language).first()
        if page is None:
            raise CommandError(f"The code {code} has no page in the language {language}.")
        author = User.objects.filter(username=by).first() if by else None
        if by and author is None:
            raise CommandError(f"There is no account {by}.")
        at = timezone.now()
        # The report is in the language of the words, which is the one that whoever wrote them reads.
        with translation.override(language if language in dict(settings.LANGUAGES) else "en"):
            plan = self._plan(page, file, timezone.localdate(at))
            refusals = plan.refusals(remove_missing=remove_missing)
            applied = not dry_run and not refusals
            if applied:
                facts = {"at": at, "day": timezone.localdate(at), "by": author}
                try:
                    import_articles(
                        page=page,
                        reading=plan.reading,
                        judged=plan.judged,
                        remove_missing=remove_missing,
                        **facts,
                    )
                except ImportRefused as refusal:
                    self._fail(str(refusal))
            self._say(page, plan, refusals, applied)
        if refusals:
            raise CommandError(f"{len(refusals)} problems; nothing was changed.")

    def _plan(self, page, file, day):
        try:
            content = file.read_bytes()
            reading = importing.read_file(page, format_of(file.name, content), content)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except articles_in.FileUnreadable as error:
            self._fail(str(error))
        return importing.plan_of(page, reading, day=day)

    def _fail(self, sentence):
        if self.report == "json":
            self._print({"applied": False, "problems": [{"line": 0, "column": "", "text": sentence}]})
        raise CommandError(sentence)

    def _say(self, page, plan, refusals, applied):
        preview = importing.preview_for(page, plan)
        numbers = {kind: [row.change.article.number for row in preview.of(kind)] for kind in preview.counts}
        if self.report == "json":
            problems = [{plan.reading.unit: n.line, "column": n.column, "text": n.text} for n in refusals]
            self._print({"applied": applied, **numbers, "problems": problems})
            return
        for note in refusals:
            where = f"{plan.reading.unit} {note.line}{f', {note.column}' if note.column else ''}: " if note.line else ""
            self.stdout.write(f"  {where}{note.text}")
        for kind, found in numbers.items():
            self.stdout.write(f"{kind}: {', '.join(found) or '-'}")
        self.stdout.write("Done" if applied else "Nothing was changed" if refusals else "Would be done")

    def _print(self, report):
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
