from argparse import ArgumentParser

from django.core.management import call_command
from django.core.management.base import BaseCommand

from conduct_site.demo import begin_anew, is_loaded, refuse_unless_demo
from conduct_site.nation.accounts import DEFAULT_PASSWORD, table


class Command(BaseCommand):
    """Migrates, loads the demo nation where there is none, and serves it. Running it again keeps the data."""

    help = __doc__
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="begin anew; refused without the demo's mark")
        parser.add_argument("--people", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--no-serve", action="store_true", help="load only")

    def handle(self, *, reset: bool, people: int, seed: int, no_serve: bool, **options) -> None:
        refuse_unless_demo()
        if reset:
            begin_anew()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        again = is_loaded()
        call_command("load_demo", people=people, seed=seed)
        if again:
            self.stdout.write(table(DEFAULT_PASSWORD))
        if not no_serve:
            call_command("serve")
