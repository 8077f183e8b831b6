"""Asking chosen people to read a code again and to sign it, with a reason."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Code, SignRequest
from conduct_codes.readers import Readers
from conduct_codes.sign_figures import Law
from institutions.audit import record_many
from institutions.models import Post
from jobs.actions import request_job

READ_AGAIN_JOB = "conduct_codes.read_again"
MOST_AT_ONCE = 300


class AskingRefused(Exception):
    """Nobody can be asked like this; str() says why."""


def request_reading(*, people, code, reason, due_on, token, at, by):
    """Ask the people now, or as a job where they are more than a few hundred.

    people holds ids of people whom the caller sees by name; token is that of the page on which they were confirmed: a
    page that is sent twice asks once. Returns the number of people who are asked now and the job, one of them None.
    """
    people = list(people)
    _check(reason, due_on, timezone.localdate(at))
    if len(people) <= MOST_AT_ONCE:
        return ask_to_read_again(people=people, code=code, reason=reason, due_on=due_on, at=at, by=by), None
    params = {"code": code.slug, "people": people, "reason": reason, "due_on": due_on.isoformat()}
    return None, request_job(kind=READ_AGAIN_JOB, params=params, by=by, at=at, key=f"read-again:{token}")


@transaction.atomic
def ask_to_read_again(*, people, code, reason, due_on, at, by):
    """Ask these people (ids, a few hundred at most) to read the code in force again; returns how many it asked.

    Whoever cannot be asked is passed over: see readers.WhyNot. So whoever was asked a moment ago is not asked twice.
    """
    day = timezone.localdate(at)
    _check(reason, due_on, day)
    Code.objects.select_for_update().get(pk=code.pk)  # two who ask at one moment come one after the other
    law = Law(code, day)
    if law.edition is None:
        raise AskingRefused(_("This code is not in force today. Nobody can be asked to read it."))
    asked = list(Readers(law).among(people).filter(why="").values_list("pk", flat=True))
    edition = law.edition.continues or law.edition
    SignRequest.objects.bulk_create(
        SignRequest(
            person_id=person_id,
            edition=edition,
            cause=SignRequest.Cause.READ_AGAIN,
            cycle=earlier + 1,
            asked_on=day,
            due_on=due_on,
            reason=reason.strip(),
            asked_by=by,
        )
        for person_id, earlier in _cycles(edition, asked)
    )
    _note(asked, law, edition, at=at, by=by)
    return len(asked)


def _check(reason, due_on, day):
    if not reason.strip():
        raise AskingRefused(_("Say why they are to read it again. Each of them reads the reason."))
    if due_on < day:
        raise AskingRefused(_("Choose today or a day to come."))


def _cycles(edition, people):
    """Each person with the cycle in which they were last asked to read the edition again, 0 where they never were."""
    earlier = SignRequest.objects.filter(
        edition=edition, cause=SignRequest.Cause.READ_AGAIN, person__in=people
    ).order_by()
    last = dict(earlier.values_list("person").annotate(last=Max("cycle")))
    return [(person_id, last.get(person_id, 0)) for person_id in people]


def _note(people, law, edition, *, at, by):
    """One entry for each person, at the institution where the code binds them."""
    posts = (
        law.posts(Post.objects.filter(person__in=people)).select_related("institution").order_by("-starts_on", "-pk")
    )
    place = {post.person_id: post.institution for post in posts}
    record_many(
        {
            "verb": "conduct_codes.ask_to_read_again",
            "subject": f"person:{person_id}",
            "at": at,
            "by": by,
            "institution": place.get(person_id),
            "edition": edition.pk,
        }
        for person_id in people
    )
