from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.actions import RegisterRefused, grant_role
from institutions.models import Institution, Role, User


class Command(BaseCommand):
    """Gives an account a role in an institution from today, as for the first registrar of a ministry."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True)
        parser.add_argument("--kind", required=True, choices=Role.Kind.values)
        parser.add_argument("--institution", required=True, metavar="CODE")
        parser.add_argument("--by", help="user name of whoever gives it")

    def handle(self, *, username, kind, institution, by, **options):
        user, giver = self._account(username), self._account(by) if by else None
        at = timezone.now()
        day = timezone.localdate(at)
        place = Institution.objects.open_on(day).filter(code=institution).first()
        if place is None:
            raise CommandError(f"There is no open institution {institution}.")
        if Role.objects.of(user).active_on(day).filter(kind=kind, institution=place).exists():
            self.stdout.write(f"{username} has this role already.")
            return
        try:
            grant_role(user=user, kind=kind, institution=place, starts_on=day, at=at, by=giver)
        except RegisterRefused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{username}: {kind} of {institution} from {day.isoformat()}.")

    def _account(self, username):
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise CommandError(f"There is no account {username}.")
        return found
