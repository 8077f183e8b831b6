"""What another system reads about its request: how far it is, what became of each row, and why it stands still."""

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from institutions.imports.words import sentence
from institutions.models import ImportRow, PeopleChanges
from jobs.models import Job


class Progress(TextChoices):
    """How far a request is; `failed` is not the end where a registrar lets it go on."""

    WAITING = "waiting", gettext_lazy("Waiting")
    RUNNING = "running", gettext_lazy("Running")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")


def progress_of(changes):
    """Where a request stands."""
    if changes.finished_at is not None:
        return Progress.DONE
    if changes.job.is_open:
        return Progress.WAITING if changes.job.status == Job.Status.QUEUED else Progress.RUNNING
    return Progress.FAILED


def message_of(changes):
    """Why a request waits or stands still, in the words of whoever reads it; "" where nothing is the matter."""
    if changes.finished_at is not None:
        return ""
    if changes.job.status == Job.Status.CANCELLED:
        return _("The ministry stopped this request. Nothing of it was written.")
    if progress_of(changes) == Progress.FAILED:
        nothing = _("Nothing of this request was written.")
        return f"{_(changes.job.message)} {nothing}"
    return _(changes.job.message)


def verdict_in_words(line, verdict, reasons):
    """One row's verdict as it is answered."""
    found = [{"code": reason[0], "field": reason[1], "message": sentence(reason)} for reason in reasons]
    return {"row": line, "verdict": verdict, "reasons": found}


def finish(changes, counts, verdicts, at):
    """Keep what became of the rows of a request; it is done."""
    changes.counts, changes.verdicts, changes.finished_at = counts, verdicts, at
    changes.save(update_fields=["register_import", "counts", "verdicts", "finished_at"])


def finish_with_import(changes, at):
    """The same, as the request's import holds it."""
    rows = ImportRow.objects.of(changes.register_import).order_by("place")
    verdicts = [list(row) for row in rows.values_list("line", "verdict", "reasons").iterator(chunk_size=2_000)]
    finish(changes, changes.register_import.counts, verdicts, at)


def finish_requests_of(register_import, at):
    """Requests whose rows have just been applied are done, whoever has applied them: a job, or HR by hand."""
    for changes in PeopleChanges.objects.filter(register_import=register_import, finished_at__isnull=True):
        changes.register_import = register_import
        finish_with_import(changes, at)
