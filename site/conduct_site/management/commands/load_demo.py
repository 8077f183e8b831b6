from argparse import ArgumentParser
from datetime import date

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from conduct_site.demo import is_loaded, is_marked, refuse_unless_demo
from conduct_site.nation.accounts import DEFAULT_PASSWORD, table
from conduct_site.nation.loading import Loading
from institutions.models import Institution, Person


class Command(BaseCommand):
    """Fills an empty database with the demo nation; leaves alone one that it filled before, refuses any other."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--on", type=date.fromisoformat, help="the day that the history leads up to (today)")
        parser.add_argument("--password", default=DEFAULT_PASSWORD, help="of every demo account")

    def handle(self, *, people: int, seed: int, password: str, on: date | None = None, **options) -> None:
        refuse_unless_demo()
        if is_loaded():
            self.stdout.write("The demo nation is there already and is left as it is; `make demo-reset` begins anew.")
            return
        if is_marked():
            raise CommandError("An earlier load stopped half way. `make demo-reset` begins anew.")
        if any(model.objects.exists() for model in (Person, Institution, get_user_model())):
            raise CommandError("This database was not filled by the demo. It is left as it is.")
        loading = Loading(
            people=people,
            seed=seed,
            today=on or timezone.localdate(),
            password=password,
            say=self.stdout.write,
        )
        loading.run(timezone.now)
        self.stdout.write(table(password))
