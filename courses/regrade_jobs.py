"""Marking a whole country again: looked at and applied by the worker, for a click must not wait for it."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.actions import regrade
from courses.models import Enrolment
from courses.regrading import dry_run, outdated_attempts
from institutions.models import Role
from institutions.scope import Scope
from institutions.templatetags.conduct import write_number
from jobs import registry
from jobs.actions import request_job
from jobs.models import Job
from jobs.registry import JobRefused, Outcome

KIND = "courses.regrade"
MARK_AGAIN = (Role.Kind.REGISTRAR, Role.Kind.TRAINER)
AT_ONCE = 1000  # attempts that a page looks at itself
NAMED = 20  # certificates that a job's sentence names


def attempts_of(scope, course_id=None):
    """Attempts with corrected questions of people whom the viewer may mark again."""
    return outdated_attempts(course_id).filter(
        enrolment__in=Enrolment.objects.answerable_by(scope, MARK_AGAIN).values("pk")
    )


def ask(*, course_id, reason, by, at):
    """Have the worker look at what marking the course again would change; with a reason, have it marked again."""
    return request_job(kind=KIND, params={"course": course_id, "reason": reason}, by=by, at=at)


def last_look(user, course_id):
    """The newest job in which this account had the course looked at, or None; none from before the last marking."""
    asked = Job.objects.visible_to(user).filter(kind=KIND, params__course=course_id).order_by("-pk").first()
    return asked if asked and not asked.params["reason"] else None


def mark_course(job, progress):
    """Look at, or mark again, the attempts that the job's owner may mark again now."""
    scope = Scope.for_user(job.owner, timezone.localdate(progress.clock()))
    if not scope.has(*MARK_AGAIN):
        raise JobRefused(_("Your roles have changed since you asked for this."))
    attempts = attempts_of(scope, job.params["course"])
    total = attempts.count()
    progress.advance(0, total)

    def advance(done):
        progress.advance(min(done, total))

    if not job.params["reason"]:
        return Outcome(message=in_words(dry_run(attempts, advance)))
    done = regrade(attempts=attempts, reason=job.params["reason"], at=progress.clock(), by=job.owner, advance=advance)
    changed = write_number(len(done.remarks))
    return Outcome(message=_("Marked again. Attempts changed: %(count)s.") % {"count": changed})


def in_words(planned):
    """What marking again would change, in sentences."""
    numbers = {
        "looked": write_number(planned.looked_at),
        "marks": write_number(len(planned.remarks)),
        "gained": write_number(len(planned.gained)),
        "lost": write_number(len(planned.lost)),
    }
    sentences = [
        _("Attempts looked at: %(looked)s. Marks that change: %(marks)s.") % numbers,
        _("Would now pass: %(gained)s. Would no longer pass: %(lost)s.") % numbers,
    ]
    if count := len(planned.certificates):
        serials = ", ".join(affected.serial for affected in planned.certificates[:NAMED])
        sentence = ngettext(
            "%(count)s certificate would be proposed for revocation: %(serials)s",
            "%(count)s certificates would be proposed for revocation: %(serials)s",
            count,
        )
        sentences.append(sentence % {"count": write_number(count), "serials": serials + ("…" if count > NAMED else "")})
    return " ".join(sentences)


def register():
    registry.register(KIND, mark_course)
