"""A preview that is kept: each row of the file with its verdict, until it is applied or judged anew."""

import hashlib
from datetime import date, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from institutions.audit import record
from institutions.imports.judging import judge
from institutions.imports.known import load, register_of
from institutions.models import ApiClient, ImportRow, RegisterImport, Role
from institutions.models.places import within_path
from institutions.people_in import columns as c
from institutions.people_in.child import read_apart
from institutions.people_in.reading import HEADINGS_WITHIN, Problem, Said, read_people, read_records
from institutions.scope import Scope
from institutions.templatetags.conduct import localnum
from jobs.actions import request_job
from jobs.models import Job

MAX_ROWS = 60_000
AT_ONCE = 2_000
"""Rows that a click judges or applies itself; more are a job."""
AT_ONCE_IN_A_REGISTER = 3
"""Jobs of imports that one ministry may have waiting or running: the workers are there for the others too."""
ON_SQLITE = 5_000
"""Rows that one transaction of SQLite may change: the site waits for it."""
BATCH = 1_000
KEPT = timedelta(days=30)
"""How long a preview waits to be applied: it holds names and birth dates that may never enter the register."""
JUDGE_JOB = "institutions.judge_import"
APPLY_JOB = "institutions.apply_import"
DAYS = {c.BIRTH_DATE, c.STARTS_ON, c.ENDS_ON}


class ImportRefused(Exception):
    """The import cannot go on; str() is a sentence for the person who asked for it."""


def read_file(content):
    """What the bytes of a workbook say. Raises UploadRefused or SheetRefused, with the sentence for whoever sent it."""
    return read_people(read_apart(content, max_rows=MAX_ROWS + HEADINGS_WITHIN))


def read_sent(records):
    """What rows say that give each value by the key of its column."""
    with override(settings.LANGUAGE_CODE):  # HR reads the headings in the list of imports
        return read_records(records)


def judge_reading(reading, *, institution, scope, complete_of=None, complete_on=None):
    """What a file would do, without a trace of it anywhere."""
    return judge_rows(
        reading.rows, institution=institution, scope=scope, complete_of=complete_of, complete_on=complete_on
    )


def judge_rows(rows, *, institution, scope, complete_of, complete_on):
    known = load(
        rows,
        institution=institution,
        scope=scope,
        complete_of=complete_of,
        complete_on=complete_on,
    )
    return judge(rows, known, complete_on=complete_on)


def receive_file(*, content, file_name, institution, scope, at, by, complete_of=None, complete_on=None):
    """Keep a file's preview, made now or by a job where it is long. Raises what read_file raises."""
    if complete_on is not None and complete_on > scope.today:
        raise ImportRefused(_("Choose today or a day that has been."))
    reading = read_file(content)
    asked = {"institution": institution, "complete_of": complete_of, "complete_on": complete_on}
    if len(reading.rows) > AT_ONCE:
        refuse_too_many(institution)
        facts = facts_of(content, file_name, reading, at=at, by=by) | asked
        return keep_for_later(content, facts, "people.xlsx", kind=JUDGE_JOB)
    kept = {"content": content, "file_name": file_name, "reading": reading, "at": at, "by": by}
    return keep_preview(scope=scope, **kept, **asked)[0]


def refuse_too_many(institution):
    """A ministry whose imports keep the workers busy waits for one of them to end; two clicks at once may both pass."""
    root = register_of(institution)
    running = RegisterImport.objects.filter(within_path(root.path, "institution__path"), job__status__in=Job.OPEN)
    if running.count() >= AT_ONCE_IN_A_REGISTER:
        raise ImportRefused(
            _("%(most)s imports of your ministry are running. Wait until one of them has ended, then try again.")
            % {"most": localnum(AT_ONCE_IN_A_REGISTER)}
        )


def keep_preview(*, content, file_name, reading, scope, at, by, **asked):
    """Judge what was read and keep it: the import and its judgement, in one transaction."""
    judgement = judge_reading(reading, scope=scope, **asked)
    facts = facts_of(content, file_name, reading, at=at, by=by)
    return keep_judged(judgement, **facts, **asked), judgement


@transaction.atomic
def keep_judged(judgement, **facts):
    """An import with its preview, of rows that were judged a moment ago."""
    register_import = RegisterImport.objects.create(**facts)
    _note_receipt(register_import)
    stage(register_import, judgement)
    return register_import


def facts_of(content, file_name, reading, *, at, by):
    return {
        "file_name": file_name[-200:],
        "sha256": hashlib.sha256(content).hexdigest(),
        "headings": [list(pair) for pair in zip(reading.headings, reading.keys, strict=True)],
        "at": at,
        "by": by,
    }


@transaction.atomic
def keep_for_later(content, facts, name, *, kind, **params):
    """An import whose rows a job of this kind reads from the content; the import's number is one of its parameters."""
    register_import = RegisterImport(**facts)
    register_import.file.save(name, ContentFile(content), save=False)
    register_import.save()
    params |= {"import": register_import.pk}
    register_import.job = request_job(kind=kind, params=params, by=register_import.by, at=register_import.at)
    register_import.save(update_fields=["job"])
    _note_receipt(register_import)
    return register_import


def _note_receipt(register_import):
    record(
        verb="institutions.receive_import",
        subject=f"import:{register_import.pk}",
        at=register_import.at,
        by=register_import.by,
        institution=register_import.institution,
        sha256=register_import.sha256,
    )


@transaction.atomic
def discard_import(*, register_import, at, by):
    """Delete a preview that nobody will apply, with its rows: they hold names that may never enter the register."""
    locked = RegisterImport.objects.select_for_update(of=("self",)).select_related("institution")
    locked = locked.get(pk=register_import.pk)
    if locked.state != RegisterImport.State.JUDGED:
        raise ImportRefused(_("This import does not wait to be applied any more."))
    facts = {"institution": locked.institution, "sha256": locked.sha256}
    record(verb="institutions.discard_import", subject=f"import:{locked.pk}", at=at, by=by, **facts)
    locked.delete()


def forget_old_previews(at):
    """Delete previews that nobody applied in time, with their rows and files; returns how many."""
    State = RegisterImport.State
    old = RegisterImport.objects.filter(state__in=(State.READING, State.JUDGED), at__lt=at - KEPT)
    count = 0
    for register_import in old:
        if register_import.file:
            register_import.file.delete(save=False)
        register_import.delete()
        count += 1
    return count


def _in_a_transaction(done, total):
    return transaction.atomic()


def stage(register_import, judgement, *, step=_in_a_transaction):
    """Keep the judgement as the import's preview, in place of an earlier one; a few hundred rows a step."""
    rows, total = judgement.rows, len(judgement.rows)
    with step(0, total):
        RegisterImport.objects.filter(pk=register_import.pk).update(state=RegisterImport.State.READING)
        ImportRow.objects.of(register_import).delete()
    for start in range(0, total, BATCH):
        some = rows[start : start + BATCH]
        with step(start + len(some), total):
            ImportRow.objects.bulk_create(
                row_of(register_import, judged, place) for place, judged in enumerate(some, start=start)
            )
    register_import.state = RegisterImport.State.JUDGED
    register_import.counts, register_import.seal = judgement.counts(), judgement.seal()
    register_import.withheld = judgement.withheld
    file = register_import.file.name
    register_import.file = ""
    with step(total, total):
        register_import.save(update_fields=["state", "counts", "seal", "withheld", "file"])
        if file:
            storage = register_import.file.storage
            transaction.on_commit(lambda: storage.delete(file))


def row_of(register_import, judged, place):
    """The row of a preview for one verdict."""
    said = judged.said
    return ImportRow(
        register_import=register_import,
        place=place,
        line=judged.line,
        cells=list(said.cells) if said else [],
        said=said_as_json(said) if said else {},
        verdict=judged.verdict,
        is_elsewhere=judged.is_elsewhere,
        person_id=judged.person,
        post_id=judged.post,
        institution_id=judged.institution,
        position_id=judged.position,
        first_line=judged.first_line,
        facts=values_as_json(judged.facts),
        reasons=[problem_as_json(problem) for problem in judged.reasons],
        basis=judged.basis,
    )


def said_as_json(said):
    return {
        "values": values_as_json(said.values),
        "problems": [problem_as_json(problem) for problem in said.problems],
        "numeric": said.number_was_numeric,
    }


def said_of(row):
    """The row of the file that a row of the preview holds."""
    return Said(
        row.line,
        tuple(row.cells),
        values_of(row.said["values"]),
        tuple(Problem(*problem) for problem in row.said["problems"]),
        row.said["numeric"],
    )


def values_as_json(values):
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def values_of(values):
    """Values as they were judged, days as days."""
    return {key: date.fromisoformat(value) if key in DAYS else value for key, value in values.items()}


def problem_as_json(problem):
    return [problem.reason, problem.column, problem.facts]


def scope_of(register_import, user, at):
    """The rights with which an import goes on: those that a user or client has at the moment, a command's as it names.

    Raises ImportRefused where they do not cover the institution any more.
    """
    day = timezone.localdate(at)
    if user is None:
        return Scope.of(register_import.institution, day)
    client = ApiClient.objects.select_related("institution", "user").filter(user=user).first()
    scope = Scope.for_client(client, day) if client else Scope.for_user(user, day)
    if not scope.covers(register_import.institution, Role.Kind.HR, Role.Kind.REGISTRAR):
        raise ImportRefused(_("Your roles have changed since. The import is not yours any more."))
    return scope
