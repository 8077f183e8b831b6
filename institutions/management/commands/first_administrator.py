import getpass
import sys

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.actions import RegisterRefused
from institutions.first_day import appoint_owner
from institutions.models import User


def _on_site(path):
    """The address of a page in the site's first language."""
    return f"{getattr(settings, 'WAGTAILADMIN_BASE_URL', '').rstrip('/')}/{settings.LANGUAGE_CODE}{path}"


class Command(BaseCommand):
    """Makes the account of the platform owner, once; the password is asked, or read from standard input."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True)
        parser.add_argument("--no-password", action="store_true", help="make the account without one, to be set later")

    def handle(self, *, username, no_password, **options):
        password = None if no_password else self._password(username)
        try:
            user = appoint_owner(username=username, password=password, at=timezone.now())
        except RegisterRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{user.username} is the platform owner.")
        if no_password:
            self.stdout.write("Nobody can log in with it yet. What to do next:")
            self.stdout.write(f"1. Set its password (at least fifteen characters): manage.py changepassword {username}")
            self.stdout.write(f"2. Log in with it: {_on_site('/account/login/')}")
            self.stdout.write(f"3. Do what is still missing, as it stands on {_on_site('/setup/')}")
        else:
            self.stdout.write(f"What is still missing stands on the page {_on_site('/setup/')} after logging in.")

    def _password(self, username):
        if sys.stdin.isatty():
            password = getpass.getpass("Password: ")
            if getpass.getpass("Password again: ") != password:
                raise CommandError("The two passwords are not the same; nothing was changed.")
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("No password was given. Type one, or make the account with --no-password.")
        try:
            validate_password(password, User(username=username, is_superuser=True))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return password
