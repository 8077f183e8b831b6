"""Long imports of people, as jobs that a person can watch and leave."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions.imports import applying, pushing, staging
from institutions.models import PeopleChanges, RegisterImport
from institutions.people_in.reading import SheetRefused
from institutions.templatetags.conduct import localnum
from institutions.uploads import UploadRefused
from jobs import registry
from jobs.registry import JobRefused, Outcome
from jobs.signals import tick

State = RegisterImport.State


def judge_import(job, progress):
    """Read the file and keep its preview, a few hundred rows a step; done again from the start after a stop."""
    register_import = _import_of(job)
    if register_import.state != State.READING:
        return Outcome(message=_("The file is read. Look at the preview."))
    progress.advance(0)
    try:
        scope = staging.scope_of(register_import, job.owner, progress.clock())
        with register_import.file.open("rb") as content:
            reading = staging.read_file(content.read())
    except (staging.ImportRefused, UploadRefused, SheetRefused) as refusal:
        raise JobRefused(str(refusal)) from refusal
    judgement = staging.judge_reading(
        reading,
        institution=register_import.institution,
        scope=scope,
        complete_of=register_import.complete_of,
        complete_on=register_import.complete_on,
    )
    staging.stage(register_import, judgement, step=progress.step)
    rows = len(judgement.rows)
    message = ngettext("%(rows)s row is read.", "%(rows)s rows are read.", rows) % {"rows": localnum(rows)}
    return Outcome(message=f"{message} {_('Look at the preview.')}")


def apply_import(job, progress):
    """Apply the preview that the job was asked for, all of its rows in one transaction that only its holder commits."""
    register_import = _import_of(job)
    if register_import.state in (State.APPLIED, State.UNDONE):
        return Outcome(message=_("The import is applied."))
    try:
        scope = staging.scope_of(register_import, job.owner, progress.clock())
        asked = {"register_import": register_import, "scope": scope, "job": job}
        with transaction.atomic():
            applied = applying.apply_or_judge_anew(
                seal=job.params["seal"], at=progress.clock(), by=job.owner, note=progress.note, **asked
            )
            with progress.step(applied.rows, applied.rows):
                pass  # whoever lost the job meanwhile commits nothing
    except staging.ImportRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    if applied.is_changed:
        return Outcome(message=_("The register has changed since. Nothing was written; look at the new preview."))
    return _outcome(applied.rows)


def push_people(job, progress):
    """Judge and apply the rows that another system sent, the second part in one transaction."""
    changes = PeopleChanges.objects.select_related("register_import__institution").get(pk=job.params["changes"])
    if changes.finished_at:
        return Outcome(message=_("The import is applied."))
    try:
        return _outcome(pushing.work_off(changes, job=job, progress=progress))
    except staging.ImportRefused as refusal:
        raise JobRefused(str(refusal)) from refusal


def _outcome(rows):
    message = ngettext("%(rows)s row was applied.", "%(rows)s rows were applied.", rows)
    return Outcome(message=message % {"rows": localnum(rows)})


def _import_of(job):
    return RegisterImport.objects.select_related("institution", "complete_of").get(pk=job.params["import"])


def forget_old_previews(sender, at, **kwargs):
    staging.forget_old_previews(at)
    pushing.forget_verdicts(at)


def register():
    tick.connect(forget_old_previews, dispatch_uid="institutions.forget_old_previews")
    registry.register(staging.JUDGE_JOB, judge_import)
    registry.register(staging.APPLY_JOB, apply_import)
    registry.register(pushing.PUSH_JOB, push_people)
