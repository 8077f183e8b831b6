import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conduct_codes.models import EditionText


class Command(BaseCommand):
    """Prints the exact bytes of an edition's text, the ones that its SHA-256 was taken of."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("code", help="short name of the code, such as education")
        parser.add_argument("number", type=int, help="number of the edition")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="language of the text")
        parser.add_argument("--revision", type=int, help="revision of a translation; default: the latest")

    def handle(self, *, code, number, language, revision, **options):
        text = EditionText.objects.at_address(code, number, language, revision).first()
        if text is None:
            raise CommandError(f"There is no text of {code} {number} in {language}.")
        # Bytes, not characters: a terminal may have another encoding, and the hash is over the bytes.
        target = getattr(sys.stdout, "buffer", None)
        if target is None:
            self.stdout.write(bytes(text.content).decode(), ending="")
        else:
            target.write(bytes(text.content))
            target.flush()
