from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from courses.actions import regrade
from courses.models import Course, Enrolment
from courses.regrading import dry_run, outdated_attempts
from institutions.models import Institution
from institutions.scope import Scope


class Command(BaseCommand):
    """Marks attempts again whose questions were corrected; without --apply it says what would change."""

    help = "Mark attempts again by the newest versions of their questions. A dry run unless --apply is given."

    def add_arguments(self, parser):
        parser.add_argument("course", help="slug of the course")
        parser.add_argument("--institution", help="code: only people who serve there or below")
        parser.add_argument("--apply", action="store_true", help="write the new marks")
        parser.add_argument("--reason", default="", help="why; needed with --apply")

    def handle(self, *, course, institution, apply, reason, **options):
        now = timezone.now()
        found = Course.objects.filter(slug=course).first()
        if found is None:
            raise CommandError(f"there is no course {course!r}")
        attempts = outdated_attempts(found.pk)
        if institution:
            attempts = self._inside(attempts, institution, timezone.localdate(now))
        if apply and not reason:
            raise CommandError("--apply needs a --reason")
        done = regrade(attempts=attempts, reason=reason, at=now, by=None) if apply else dry_run(attempts)
        verb = "changed" if apply else "would change"
        self.stdout.write(f"{done.looked_at} attempts looked at, {len(done.remarks)} marks {verb}")
        self.stdout.write(f"{len(done.gained)} people gain a pass, {len(done.lost)} lose theirs")
        for affected in done.certificates:
            self.stdout.write(f"certificate {affected.serial}: proposed for revocation")

    def _inside(self, attempts, code, day):
        top = Institution.objects.filter(code=code).first()
        if top is None:
            raise CommandError(f"there is no institution {code!r}")
        people = Enrolment.objects.answerable_by(Scope.of(top, day))
        return attempts.filter(enrolment__in=people.values("pk"))
