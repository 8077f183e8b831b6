"""An import applied: exactly the rows of the preview, or, where the register has changed, a new preview."""

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.bulk import NewPerson, NewPost, add_people, batches, open_posts, save_fields
from institutions.bulk_changes import (
    PERSON_FIELDS,
    ChangedPerson,
    ChangedPost,
    EndedPost,
    change_people,
    change_posts,
    end_posts,
)
from institutions.imports.answers import finish_requests_of
from institutions.imports.judging import DAY
from institutions.imports.known import Known, chunks, load_people, register_of
from institutions.imports.staging import (
    APPLY_JOB,
    AT_ONCE,
    ON_SQLITE,
    ImportRefused,
    judge_rows,
    refuse_too_many,
    said_of,
    stage,
    values_of,
)
from institutions.imports.transfers import ask_for_transfers
from institutions.models import (
    Designation,
    ImportRow,
    Institution,
    Person,
    Position,
    Post,
    RegisterImport,
    Role,
    StaffNumber,
)
from institutions.models.imports import Verdict
from institutions.people_in import columns as c
from institutions.scope import Scope
from institutions.templatetags.conduct import localnum
from jobs.actions import request_job

REASONS = Post.EndReason


@dataclass(frozen=True)
class Applied:
    """What came of an apply: rows executed; or changed, and the preview is a new one; or a job does it."""

    rows: int = 0
    is_changed: bool = False
    job: object = None


def start_applying(*, register_import, seal, scope, at, by):
    """Apply a preview now, or by a job where it is long. Raises ImportRefused where it cannot be applied here."""
    refuse_too_long(register_import)
    if register_import.applicable <= AT_ONCE:
        return apply_or_judge_anew(register_import=register_import, seal=seal, scope=scope, at=at, by=by)
    refuse_too_many(register_import.institution)
    with transaction.atomic():
        locked = _locked(register_import)
        if locked.seal != seal:
            return Applied(is_changed=True)
        job = request_job(kind=APPLY_JOB, params={"import": locked.pk, "seal": seal}, by=by, at=at)
        locked.state, locked.job = RegisterImport.State.APPLYING, job
        locked.save(update_fields=["state", "job"])
    return Applied(job=job)


def apply_or_judge_anew(**asked):
    """apply_import; where somebody else took a number or a post at the same moment, the preview is made anew."""
    try:
        return apply_import(**asked)
    except (IntegrityError, RegisterRefused):
        return judge_anew(register_import=asked["register_import"], scope=asked["scope"], job=asked.get("job"))


@transaction.atomic
def judge_anew(*, register_import, scope, job=None):
    """Make the preview again from the rows of the file as they are kept."""
    locked = _locked(register_import, job)
    stage(locked, _judgement(locked, ImportRow.objects.of(locked).order_by("place"), scope))
    return Applied(is_changed=True)


def _judgement(register_import, rows, scope):
    return judge_rows(
        [said_of(row) for row in rows.filter(line__isnull=False).iterator(chunk_size=2_000)],
        institution=register_import.institution,
        scope=scope,
        complete_of=register_import.complete_of,
        complete_on=register_import.complete_on,
    )


def refuse_too_long(register_import):
    """SQLite has one writer, which an import of a province would hold for minutes."""
    if connection.vendor == "sqlite" and register_import.applicable > ON_SQLITE:
        raise ImportRefused(
            _("This site runs on SQLite, where an import changes at most %(most)s rows. Send the file in parts.")
            % {"most": localnum(ON_SQLITE)}
        )


def _locked(register_import, job=None):
    """The import, held until the transaction ends, if it waits to be applied, or to be applied by this job."""
    locked = RegisterImport.objects.select_for_update(of=("self",)).select_related("job", "institution", "complete_of")
    locked = locked.get(pk=register_import.pk)
    waits = locked.state == RegisterImport.State.JUDGED
    stopped = locked.state == RegisterImport.State.APPLYING and locked.job and not locked.job.is_open
    if job is not None and locked.job_id == job.pk and locked.state == RegisterImport.State.APPLYING:
        return locked
    if not waits and not stopped:
        raise ImportRefused(_("This import does not wait to be applied any more."))
    return locked


@transaction.atomic
def apply_import(*, register_import, seal, scope, at, by, job=None, note=lambda done, total: None):
    """Execute exactly the rows that the seal stands for; none, and a new preview, if the register has changed.

    A second apply of the same preview is refused: the first one holds the import, and leaves it applied.
    """
    refuse_too_long(register_import)
    locked = _locked(register_import, job)
    if locked.seal != seal:
        return Applied(is_changed=True)
    rows = ImportRow.objects.of(locked).order_by("place")
    _hold_register(locked, rows)
    judgement = _judgement(locked, rows, scope)
    if judgement.seal() != seal:
        stage(locked, judgement)
        return Applied(is_changed=True)
    del judgement
    chosen = list(rows.applicable().defer("cells", "said", "reasons"))
    for row in chosen:
        row.cells, row.said, row.reasons = [], {}, []  # not read: a province's file would fill the memory
    _Work(locked, chosen, at=at, by=by, note=note).do()
    locked.state, locked.applied_at, locked.applied_by = RegisterImport.State.APPLIED, at, by
    locked.save(update_fields=["state", "applied_at", "applied_by"])
    record(
        verb="institutions.apply_import",
        subject=f"import:{locked.pk}",
        at=at,
        by=by,
        institution=locked.institution,
        rows=len(chosen),
        counts=locked.counts,
    )
    finish_requests_of(locked, at)
    return Applied(rows=len(chosen))


def _hold_register(register_import, rows):
    """One import of a register at a time, and nobody whom it names changes meanwhile; other rows go on changing."""
    root = register_of(register_import.institution)
    Institution.objects.select_for_update(no_key=True).get(pk=root.pk)
    people = rows.filter(person__isnull=False).values_list("person_id", flat=True)
    for some in chunks(set(people)):
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))


class _Work:
    """The rows of one import, executed kind by kind in batches: who leaves before who comes."""

    def __init__(self, register_import, rows, *, at, by, note):
        self.register_import, self.rows, self.at, self.by, self.note = register_import, rows, at, by, note
        self.facts = {row.pk: values_of(row.facts) for row in rows}
        self.people = self._in_bulk(Person.objects.all(), {row.person_id for row in rows} - {None})
        posts = Post.objects.select_related("person", "institution", "staff_number")
        self.posts = self._in_bulk(posts, {row.post_id for row in rows if not row.is_elsewhere} - {None})
        self.institutions = self._in_bulk(Institution.objects.all(), {row.institution_id for row in rows} - {None})
        self.positions = Position.objects.select_related("sector").in_bulk()
        self.numbers = self._numbers(self.people)
        self.done = 0

    @staticmethod
    def _in_bulk(queryset, keys):
        found = {}
        for some in chunks(keys):
            found.update(queryset.in_bulk(some))
        return found

    def do(self):
        foreign = [row for row in self.rows if row.is_elsewhere]
        own = [row for row in self.rows if not row.is_elsewhere]
        new_posts = [row for row in own if row.verdict in (Verdict.ADD, Verdict.TRANSFER)]
        changed = [row for row in own if row.verdict in (Verdict.CHANGE, Verdict.LEAVE) and row.post_id]
        begun, others = [], []
        for row in changed:
            (begun if self._was_held_before(row) else others).append(row)
        self._change_people([row for row in own if row.person_id])
        self._change_posts(begun)
        self._end([row for row in own if row.post_id and row.verdict in (Verdict.TRANSFER, Verdict.LEAVE)])
        self._change_posts(others)
        self._add_people([row for row in new_posts if row.person_id is None and row.first_line == row.line])
        self._open_posts(new_posts)
        for some in batches(foreign):
            ask_for_transfers(some, self.facts, at=self.at, by=self.by)
            self._count(some)
        self._keep_marks()

    def _was_held_before(self, row):
        """True of a post that was held and left before the day on which the register lets it begin."""
        return row.verdict == Verdict.LEAVE and self.facts[row.pk][c.ENDS_ON] < self.posts[row.post_id].starts_on

    def _count(self, rows):
        self.done += len(rows)
        self.note(min(self.done, len(self.rows)), len(self.rows))

    def _made(self, kind, **facts):
        return kind(at=self.at, by=self.by, **facts)

    def _change_people(self, rows):
        changes = {}
        for row in rows:
            facts = {key: value for key, value in self.facts[row.pk].items() if key in PERSON_FIELDS}
            if not facts:
                continue
            person = self.people[row.person_id]
            if row.person_id in changes:  # another post of the same person: the rows say the same
                changes[row.person_id].facts.update(facts)
                continue
            row.done["person_before"] = {
                key: str(value) if key == c.BIRTH_DATE and value else value
                for key, value in ((key, getattr(person, key)) for key in PERSON_FIELDS)
            }
            changes[row.person_id] = self._made(ChangedPerson, person=person, facts=facts)
        for some in batches(changes.values()):
            change_people(some)

    def _end(self, rows):
        ended = []
        for row in rows:
            post, facts = self.posts[row.post_id], self.facts[row.pk]
            if row.verdict == Verdict.TRANSFER:
                last_day = facts[c.STARTS_ON] - DAY
                reason = REASONS.ACTING_OVER if post.basis == Post.Basis.ACTING else REASONS.TRANSFER
            else:
                last_day, reason = facts[c.ENDS_ON], facts.get(c.END_REASON, post.end_reason)
            row.done["post_ended"] = [post.pk, post.ends_on.isoformat() if post.ends_on else None, post.end_reason]
            ended.append((row, self._made(EndedPost, post=post, ends_on=last_day, reason=reason)))
        self._note_what_ends(ended)
        for some in batches(ended):
            end_posts(each for _row, each in some)
            self._count([row for row, _each in some if row.verdict == Verdict.LEAVE])

    @staticmethod
    def _note_what_ends(ended):
        """Which roles and duties end with the posts, so that an undo can give them back."""
        by_post = {each.post.pk: (row, each) for row, each in ended}
        by_place = {(each.post.person_id, each.post.institution_id): (row, each) for row, each in ended}
        for some in chunks(by_post):
            for role in Role.objects.filter(post__in=some):
                row, each = by_post[role.post_id]
                if role.starts_on <= each.ends_on and (role.ends_on is None or role.ends_on > each.ends_on):
                    days = [day.isoformat() if day else None for day in (role.ends_on, each.ends_on)]
                    row.done.setdefault("roles_ended", []).append([role.pk, *days])
        for some in chunks({person for person, _place in by_place}):
            for duty in Designation.objects.filter(person__in=some, ends_on__isnull=True):
                row, each = by_place.get((duty.person_id, duty.institution_id), (None, None))
                if row and duty.starts_on <= each.ends_on:
                    row.done.setdefault("duties_ended", []).append(duty.pk)

    def _change_posts(self, rows):
        changes = []
        for row in rows:
            facts, post = self.facts[row.pk], self.posts[row.post_id]
            written = (c.RANK, c.STARTS_ON, c.BASIS, *([c.END_REASON] if row.verdict == Verdict.CHANGE else []))
            changed = {key: facts[key] for key in written if key in facts}
            number = facts.get(c.STAFF_NUMBER, "")
            if changed or number:
                row.done["post_before"] = {
                    "post": post.pk,
                    "rank": post.rank,
                    "starts_on": post.starts_on.isoformat(),
                    "staff_number": post.staff_number_id,
                    "basis": post.basis,
                    **({"end_reason": post.end_reason} if row.verdict == Verdict.CHANGE else {}),
                }
                changes.append(self._made(ChangedPost, post=post, facts=changed, staff_number=number))
        for some in batches(changes):
            change_posts(some)
        self._count([row for row in rows if row.verdict == Verdict.CHANGE])

    def _add_people(self, rows):
        self.made = {}
        for some in batches(rows):
            people = add_people(
                self._made(NewPerson, **{key: self.facts[row.pk][key] for key in PERSON_FIELDS}) for row in some
            )
            for row, person in zip(some, people, strict=True):
                row.done["person_made"] = person.pk
                self.made[row.line] = person

    def _open_posts(self, rows):
        for some in batches(rows):
            new = []
            for row in some:
                facts = self.facts[row.pk]
                old = self.posts.get(row.post_id)
                person = self.people[row.person_id] if row.person_id else self.made[row.first_line]
                number = facts.get(c.STAFF_NUMBER) or (old.staff_number.number if old and old.staff_number_id else "")
                new.append(
                    self._made(
                        NewPost,
                        person=person,
                        institution=self.institutions[row.institution_id],
                        position=self.positions[row.position_id],
                        starts_on=facts[c.STARTS_ON],
                        ends_on=facts.get(c.ENDS_ON),
                        basis=facts.get(c.BASIS, Post.Basis.REGULAR),
                        end_reason=facts.get(c.END_REASON, ""),
                        rank=facts.get(c.RANK) or (old.rank if old else ""),
                        staff_number=number,
                    )
                )
            for row, post in zip(some, open_posts(new), strict=True):
                row.person, row.done["post_made"] = post.person, post.pk
            self._count(some)

    def _keep_marks(self):
        """Write down what was made, and how each person is now: an undo holds it against what they are then."""
        for some in batches(self.rows):
            own = [row for row in some if not row.is_elsewhere]
            people = {row.person_id for row in own}
            after, numbers = digests(people, self.register_import), self._numbers(people)
            for row in own:
                row.done["after"] = after[row.person_id]
                if made := numbers.get(row.person_id, set()) - self.numbers.get(row.person_id, set()):
                    row.done["numbers_made"] = sorted(made)
            save_fields(some, ["person", "done"])  # every row is there: what else it holds is not written

    def _numbers(self, people):
        """Person → the keys of their staff numbers in the register of the import."""
        root, found = register_of(self.register_import.institution), {}
        for some in chunks(people):
            numbers = StaffNumber.objects.filter(person__in=some, register=root)
            for person, number in numbers.values_list("person_id", "pk"):
                found.setdefault(person, set()).add(number)
        return found


def digests(people, register_import):
    """Person → the hash of what the register says about them now."""
    known = Known(register_import.at.date(), register_import.institution_id)
    load_people(known, people, register_of(register_import.institution), Scope(known.day))
    return {pk: person.digest() for pk, person in known.people.items()}
