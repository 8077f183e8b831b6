"""What marking a quiz again would change: the dry run behind every regrade."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from courses.models import Attempt, AttemptMark, AttemptQuestion, Enrolment, QuestionVersion
from courses.models.catalogue import latest_versions
from courses.rules import Mark
from courses.sheet import counts_by, held_mark, mark_sheet
from courses.signals import regrade_proposed
from institutions.bulk import batches

A_BATCH = 1000


@dataclass(frozen=True)
class Remark:
    """One attempt whose mark would change."""

    attempt: Attempt
    number: int
    before: Mark
    after: Mark


@dataclass(frozen=True)
class Regrade:
    """The dry run: what would change, who would gain or lose a pass, and the certificates that rest on a lost one."""

    looked_at: int
    remarks: list = field(default_factory=list)
    gained: frozenset = frozenset()
    lost: frozenset = frozenset()
    certificates: list = field(default_factory=list)


def outdated_attempts(course_id=None):
    """Closed attempts of a course (default: of all) in which a question was drawn that has a newer version today."""
    newer = QuestionVersion.objects.filter(
        question=OuterRef("version__question"), number__gt=OuterRef("version__number")
    )
    drawn = AttemptQuestion.objects.filter(Exists(newer), attempt=OuterRef("pk"))
    found = Attempt.objects.closed().filter(Exists(drawn))
    return found if course_id is None else found.filter(enrolment__course=course_id)


def dry_run(attempts, advance=None):
    """What marking these attempts by the newest versions of their questions would change; nothing is written.

    An answer is marked by the newest version only where that one still has every option that was offered; else by
    the version that was drawn. The mark needed to pass is the one under which the attempt was opened. Attempts are read
    A_BATCH at a time; advance(done) is told after each.
    """
    ids = list(attempts.order_by("pk").values_list("pk", flat=True))
    remarks, done = [], 0
    for batch in batches(ids, A_BATCH):
        read = Attempt.objects.filter(pk__in=batch).select_related("enrolment__person", "enrolment__course")
        remarks += _remarks(list(read.order_by("pk")))
        done += len(batch)
        if advance:
            advance(done)
    gained, lost = _passes(remarks)
    answers = regrade_proposed.send(Attempt, enrolments=lost) if lost else []
    certificates = [affected for _receiver, found in answers for affected in found]
    return Regrade(len(ids), remarks, gained, lost, certificates)


def _remarks(attempts):
    """Those of the attempts whose mark would change."""
    marks, remarks = _newest_marks(attempts), []
    for attempt, answered in _answered(attempts):
        held = marks[attempt.pk]
        before, after = held_mark(held), mark_sheet(answered, pass_percent=attempt.pass_percent)
        if after != before:
            remarks.append(Remark(attempt, held.number + 1, before, after))
    return remarks


def _newest_marks(attempts):
    marks = {}
    for mark in AttemptMark.objects.filter(attempt__in=attempts).order_by("number"):
        marks[mark.attempt_id] = mark
    return marks


def _answered(attempts):
    """(attempt, its answers with the version that each is marked by), in three queries."""
    rows = list(AttemptQuestion.objects.filter(attempt__in=attempts).select_related("version").order_by("position"))
    newest = {version.question_id: version for version in latest_versions({row.version.question_id for row in rows})}
    by_attempt = defaultdict(list)
    for row in rows:
        by_attempt[row.attempt_id].append((row.answer, counts_by(row.version, newest[row.version.question_id])))
    return [(attempt, by_attempt[attempt.pk]) for attempt in attempts]


def _passes(remarks):
    """Ids of the enrolments that would gain their first pass, and of those that would be left without one."""
    after = {remark.attempt.pk: remark.after.passed for remark in remarks}
    touched = {remark.attempt.enrolment_id for remark in remarks if remark.before.passed != remark.after.passed}
    passes = dict.fromkeys(touched, False)
    for attempt in Attempt.objects.closed().filter(enrolment__in=touched).with_mark():
        passes[attempt.enrolment_id] |= bool(after.get(attempt.pk, attempt.is_passed))
    dated = set(Enrolment.objects.filter(pk__in=touched, passed_on__isnull=False).values_list("pk", flat=True))
    gained = frozenset(pk for pk in touched if passes[pk] and pk not in dated)
    lost = frozenset(pk for pk in touched if not passes[pk] and pk in dated)
    return gained, lost
