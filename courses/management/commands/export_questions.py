import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from courses import formats, importing
from courses.models import Question, QuestionBank
from courses.ties import Ties


class Command(BaseCommand):
    """Writes the questions of a bank into a file; what the format cannot say is named on the error output."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="- for the standard output")
        parser.add_argument("--format", required=True, choices=formats.FORMATS)
        parser.add_argument("--bank", required=True, help="slug of the bank")
        parser.add_argument("--language", default="km", help="language of the words; a workbook holds all of them")
        parser.add_argument("--with-retired", action="store_true")

    def handle(self, *, file, format, bank, language, with_retired, **options):  # noqa: A002
        found = QuestionBank.objects.select_related("course").filter(slug=bank).first()
        if found is None:
            raise CommandError(f"There is no bank {bank}.")
        day = timezone.localdate()
        questions = Question.objects.filter(bank=found).order_by("pk")
        if not with_retired:
            questions = questions.in_use_on(day)
        with translation.override(language):
            questions = importing.outgoing(questions, Ties(found, day))
            content, left_out = formats.write(format, questions, language=language, title=found.slug)
        if str(file) == "-":
            sys.stdout.buffer.write(content)
        else:
            file.write_bytes(content)
        for note in left_out:
            self.stderr.write(note.text)
        self.stderr.write(f"{len(questions)} questions, {len(left_out)} notes")
