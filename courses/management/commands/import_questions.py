import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from courses import formats, importing
from courses.actions import ImportRefused, import_questions
from courses.models import QuestionBank


class Command(BaseCommand):
    """Takes the questions of a file into a bank, all of them or none; says what each line does and what is left out."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", required=True, choices=formats.FORMATS)
        parser.add_argument("--bank", required=True, help="slug of the bank")
        parser.add_argument("--language", default="km", help="language of the words, where the format does not say")
        parser.add_argument("--dry-run", action="store_true", help="only say what the file would do")
        parser.add_argument("--report", choices=["text", "json"], default="text")

    def handle(self, *, file, format, bank, language, dry_run, report, **options):  # noqa: A002
        self.report, self.unit = report, "row" if format in formats.IN_ROWS else "line"
        slug, bank = bank, QuestionBank.objects.select_related("course").filter(slug=bank).first()
        if bank is None:
            raise CommandError(f"There is no bank {slug}.")
        at = timezone.now()
        day = timezone.localdate(at)
        # The report is in the language of the words, which is the one that whoever wrote them reads.
        with translation.override(language if language in dict(settings.LANGUAGES) else "en"):
            try:
                reading = formats.read(format, file.read_bytes(), language=language)
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}") from error
            except formats.FileUnreadable as error:
                self.fail(str(error))
            plan = importing.plan_import(bank, reading, language=language, day=day)
            if not dry_run and not plan.problems:
                try:
                    plan = import_questions(bank=bank, reading=reading, language=language, day=day, at=at, by=None)
                except ImportRefused as refusal:  # somebody else wrote in between
                    plan = refusal.plan
            self.say(plan, applied=not dry_run and not plan.problems)
        if plan.problems:
            raise CommandError(f"{len(plan.problems)} problems; nothing was changed.")

    def fail(self, sentence):
        if self.report == "json":
            self.print_json(False, {"created": 0, "changed": 0, "unchanged": 0}, [{self.unit: 0, "text": sentence}], [])
        raise CommandError(sentence)

    def say(self, plan, applied):
        counts = {"created": plan.created, "changed": plan.changed, "unchanged": plan.unchanged}
        if self.report == "json":
            self.print_json(applied, counts, self.notes(plan.problems), self.notes(plan.left_out))
            return
        for title, notes in (("Problems", plan.problems), ("Left out", plan.left_out)):
            if notes:
                self.stdout.write(f"{title}:")
            for note in notes:
                self.stdout.write(f"  {self.unit} {note.line}: {note.text}" if note.line else f"  {note.text}")
        done = "Done" if applied else "Would be done" if not plan.problems else "Nothing was changed"
        self.stdout.write(f"{done}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))

    def notes(self, notes):
        return [{self.unit: note.line, "text": note.text} for note in notes]

    def print_json(self, applied, counts, problems, left_out):
        report = {"applied": applied, **counts, "problems": problems, "left_out": left_out}
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
