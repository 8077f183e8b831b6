"""People and posts as another system sends them: judged like a workbook, applied at once, each key once."""

import hashlib
import json
from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from institutions.imports import staging
from institutions.imports.answers import finish, finish_with_import
from institutions.imports.applying import apply_or_judge_anew
from institutions.imports.staging import ON_SQLITE, ImportRefused
from institutions.models import PeopleChanges, RegisterImport
from institutions.models.imports import APPLICABLE, REFUSED

PUSH_JOB = "institutions.push_people"
AT_ONCE = 500
"""Rows that a request applies itself, within about two seconds; more are a job."""
MOST_ROWS = 10_000
MOST_BYTES = 8 * 1024 * 1024
KEPT = timedelta(days=30)
"""How long the verdicts of single rows are kept to be asked for again; the counts stay."""
TRIES = 3
MESSAGES_IN = "en"
"""The language of the texts themselves: a system and a registrar each read what a job says in their own."""


class KeyTaken(Exception):
    """The key stands for another request."""


class RegisterBusy(Exception):
    """The register changed at every try; nothing was written."""


def most_rows():
    """How many rows a request may hold on this installation."""
    return min(MOST_ROWS, ON_SQLITE) if connection.vendor == "sqlite" else MOST_ROWS


def push_changes(*, client, key, content, records, is_dry_run, scope, at):
    """Apply rows that a client sends, or only judge them; a request that was made before is given back as it is.

    Long ones are a job. Raises KeyTaken where the key stands for other rows, RegisterBusy, and ImportRefused while too
    many imports of the ministry run.
    """
    facts = {"body_sha256": hashlib.sha256(content).hexdigest(), "is_dry_run": is_dry_run}
    found = PeopleChanges.objects.of(client).filter(key=key).first()
    if found is None:
        reading = staging.read_sent(records)
        judgement = None
        if is_dry_run or len(records) <= AT_ONCE:
            judgement = staging.judge_reading(reading, scope=scope, institution=client.institution)
        found = _kept(client, key, facts, content, reading, judgement, scope=scope, at=at)
    if {name: getattr(found, name) for name in facts} != facts:
        raise KeyTaken
    return found


@transaction.atomic
def _kept(client, key, facts, content, reading, judgement, *, scope, at):
    """The request, made and done in one transaction: whoever sends it at the same moment waits for this one's end."""
    changes, is_new = PeopleChanges.objects.get_or_create(
        client=client, key=key, defaults={**facts, "row_count": len(reading.rows), "at": at}
    )
    if not is_new:
        return changes
    kept = staging.facts_of(content, client.name, reading, at=at, by=client.user)
    kept["institution"] = client.institution
    if judgement is None:
        staging.refuse_too_many(client.institution)
        asked = {"kind": PUSH_JOB, "changes": changes.pk}
        with override(MESSAGES_IN):
            changes.register_import = staging.keep_for_later(content, kept, "people.json", **asked)
        changes.job = changes.register_import.job
        changes.save(update_fields=["register_import", "job"])
    elif changes.is_dry_run or not _says_anything(judgement):
        finish(changes, judgement.counts(), _verdicts_of(judgement), at)
    else:
        changes.register_import = staging.keep_judged(judgement, **kept)
        _apply(changes.register_import, scope=scope, at=at)
        finish_with_import(changes, at)
    return changes


def _says_anything(judgement):
    """True unless the register says all of it already: then no import is kept, however often a system sends it."""
    return any(row.verdict in APPLICABLE + REFUSED for row in judgement.rows)


def _apply(register_import, *, scope, at, **how):
    """Apply an import as it is judged now; where the register changes meanwhile, as it is judged then."""
    for _attempt in range(TRIES):
        if not register_import.applicable:
            return 0
        seal = register_import.seal
        asked = {"register_import": register_import, "seal": seal, "scope": scope, "at": at}
        applied = apply_or_judge_anew(by=register_import.by, **asked, **how)
        register_import.refresh_from_db(fields=["state", "seal", "counts"])
        if not applied.is_changed:
            return applied.rows
    raise RegisterBusy


def _verdicts_of(judgement):
    return [[row.line, row.verdict, list(map(staging.problem_as_json, row.reasons))] for row in judgement.rows]


# --- long ones ------------------------------------------------------------------------------------------------------


def work_off(changes, *, job, progress):
    """Judge and apply the rows of a long request; after a stop it goes on where it was. How many rows were applied."""
    register_import = changes.register_import
    if register_import is None:
        raise ImportRefused(_("The rows of this request are not kept any more. Send them again."))
    scope = staging.scope_of(register_import, job.owner, progress.clock())
    if register_import.state == RegisterImport.State.READING:
        _stage(register_import, scope, progress)
    with transaction.atomic():
        applied = _apply(register_import, scope=scope, at=progress.clock(), job=job, note=progress.note)
        if not applied:  # nothing to apply: else the apply has finished the request
            finish_with_import(changes, progress.clock())
        with progress.step(applied, applied):
            pass  # whoever lost the job meanwhile commits nothing
    return applied


def _stage(register_import, scope, progress):
    progress.advance(0)
    with register_import.file.open("rb") as content:
        reading = staging.read_sent(json.loads(content.read()))
    judgement = staging.judge_reading(reading, scope=scope, institution=register_import.institution)
    staging.stage(register_import, judgement, step=progress.step)


def forget_verdicts(at):
    """Take away the verdicts of single rows where they were asked for long ago; returns of how many requests."""
    old = PeopleChanges.objects.filter(finished_at__lt=at - KEPT).exclude(verdicts=[])
    return old.update(verdicts=[])
