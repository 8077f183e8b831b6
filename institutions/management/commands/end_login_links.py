from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from institutions.models import User
from institutions.provider_logins import end_links


class Command(BaseCommand):
    """Forgets which login of an identity provider opens an account, as when the ministry made that login anew."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--username", required=True)
        parser.add_argument("--provider", default="", metavar="ID", help="only of this provider")
        parser.add_argument("--by", help="user name of whoever asks for it")

    def handle(self, *, username, provider, by, **options):
        user, asker = self._account(username), self._account(by) if by else None
        ended = end_links(user=user, provider=provider, at=timezone.now(), by=asker)
        if ended:
            self.stdout.write(f"{username}: the next login from the provider begins anew.")
        else:
            self.stdout.write(f"{username} has no login from a provider; nothing was changed.")

    def _account(self, username):
        found = User.objects.filter(username=username).first()
        if found is None:
            raise CommandError(f"There is no account {username}.")
        return found
