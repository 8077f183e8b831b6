from django.core.management.base import BaseCommand, CommandError

from conduct_site.demo import is_loaded, refuse_unless_demo
from conduct_site.nation.accounts import ACCOUNTS, DEFAULT_PASSWORD, table
from institutions.models import User


class Command(BaseCommand):
    """Prints the demo's accounts again; the password only if it is the one that load_demo gives by itself."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, **options) -> None:
        refuse_unless_demo()
        if not is_loaded():
            raise CommandError("The demo nation is not loaded. `make demo` loads it.")
        user = User.objects.get(username=ACCOUNTS[0].username)
        self.stdout.write(table(DEFAULT_PASSWORD if user.check_password(DEFAULT_PASSWORD) else ""))
