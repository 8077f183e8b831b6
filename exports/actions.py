"""Everything that makes a file leave, or forgets one. Each file has a row that says what it held."""

import hashlib
import io
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from certification.filters import Chosen
from certification.people import Selection
from exports import books, sign_book
from exports.models import Export
from exports.rules import DIRECT_ROWS, KEPT, file_name
from institutions.audit import record
from institutions.models import Institution
from jobs.actions import request_job
from jobs.models import Job

ROSTER_JOB = "exports.roster"


class NothingToExport(Exception):
    """Nobody fits; str() says so."""


@dataclass(frozen=True)
class Made:
    """An export and, unless a job makes it, the file itself."""

    export: Export
    content: bytes | None = None

    @property
    def file_name(self):
        return name_of(self.export)


def name_of(export):
    """What the file of an export is called when it is downloaded."""
    code = export.institution.code if export.institution_id else ""
    what = "-".join([export.what, *filter(None, [export.filters.get("code")])])
    return file_name(what, code, Chosen.from_facts({"on": export.filters["on"]}).on)


def export_roster(*, scope, chosen, at, by, language):
    """Make the roster now, or ask a job for it where it is long."""
    people = Selection(scope, chosen).people().count()
    if not people:
        raise NothingToExport(_("Nobody fits these filters, so there is nothing to download."))
    if people > DIRECT_ROWS:
        return Made(_ask_for_roster(scope=scope, chosen=chosen, at=at, by=by))
    return make_roster(scope=scope, chosen=chosen, at=at, by=by, language=language)


def make_roster(*, scope, chosen, at, by, language):
    """The roster as bytes, with its row in the list of exports."""
    file = io.BytesIO()
    export = write_roster(to=file, scope=scope, chosen=chosen, at=at, by=by, language=language)
    return Made(export, file.getvalue())


def write_roster(*, to, scope, chosen, at, by, language):
    """Write the roster to a path or a file in memory, and its row into the list of exports."""
    rows = books.write_roster(to, scope=scope, chosen=chosen, at=at, by=by, language=language)
    facts = {"what": Export.What.ROSTER, "institution": institution_of(scope, chosen), "filters": chosen.as_facts()}
    return _recorded(to, rows=rows, at=at, by=by, **facts)


def make_coverage(*, scope, institution, on, at, by, language):
    """The coverage figures as bytes, with their row in the list of exports."""
    file = io.BytesIO()
    export = write_coverage(to=file, scope=scope, institution=institution, on=on, at=at, by=by, language=language)
    return Made(export, file.getvalue())


def write_coverage(*, to, scope, institution, on, at, by, language):
    """Write the coverage figures to a path or a file in memory, and their row into the list of exports."""
    rows = books.write_coverage(to, scope=scope, institution=institution, on=on, at=at, by=by, language=language)
    facts = {"what": Export.What.COVERAGE, "institution": institution, "filters": {"on": on.isoformat()}}
    return _recorded(to, rows=rows, at=at, by=by, **facts)


def make_signatures(*, scope, institution, law, at, by, language):
    """The figures of signatures under a code as bytes, with their row in the list of exports."""
    file = io.BytesIO()
    rows = sign_book.write_signatures(
        file, scope=scope, institution=institution, law=law, at=at, by=by, language=language
    )
    filters = {"on": law.day.isoformat(), "code": law.code.slug}
    facts = {"what": Export.What.SIGNATURES, "institution": institution, "filters": filters}
    return Made(_recorded(file, rows=rows, at=at, by=by, **facts), file.getvalue())


@transaction.atomic
def _recorded(file, *, rows, at, by, **facts):
    export = Export.objects.create(rows=rows, sha256=sha256_of(file), at=at, by=by, **facts)
    _note(export, at=at, by=by)
    return export


def sha256_of(file):
    """The hexadecimal SHA-256 of a path or of a file in memory."""
    if isinstance(file, io.BytesIO):
        return hashlib.sha256(file.getbuffer()).hexdigest()
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _note(export, *, at, by):
    record(
        verb=f"exports.{export.what}",
        subject=f"export:{export.pk}",
        at=at,
        by=by,
        institution=export.institution,
        rows=export.rows,
        sha256=export.sha256,
    )


def institution_of(scope, chosen):
    """The institution that an export counts under: the one chosen, else the top of the viewer's scope."""
    within = scope.acting_as(*scope.names_kinds)
    if chosen.unit:
        return Institution.objects.visible_to(within).filter(code=chosen.unit).first()
    return Institution.objects.filter(pk__in=within.institution_ids()).order_by("path").first()


@transaction.atomic
def _ask_for_roster(*, scope, chosen, at, by):
    """The export that a job will fill; a second click while it is made gives the same one."""
    facts = {"what": Export.What.ROSTER, "institution": institution_of(scope, chosen), "filters": chosen.as_facts()}
    for export in Export.objects.visible_to(scope).filter(job__status__in=Job.OPEN).select_related("job"):
        if export.what == facts["what"] and export.filters == facts["filters"]:
            return export
    job = request_job(kind=ROSTER_JOB, params={"paths": paths_of(scope)}, by=by, at=at)
    return Export.objects.create(job=job, at=at, by=by, **facts)


def paths_of(scope):
    """The subtrees whose people the viewer sees by name."""
    return sorted({grant.path for grant in scope.grants if grant.kind in scope.names_kinds and grant.path})


def finish_export(*, export, rows, sha256, at):
    """Write down what the job's file holds."""
    export.rows, export.sha256 = rows, sha256
    export.save(update_fields=["rows", "sha256"])
    _note(export, at=at, by=export.by)


def note_download(*, export, at, by):
    """Put in the record that a finished file was fetched."""
    record(verb="exports.download", subject=f"export:{export.pk}", at=at, by=by, institution=export.institution)


def forget_files(at):
    """Remove the files that have been kept long enough; their rows stay. Returns how many."""
    old = Job.objects.filter(export__isnull=False, finished_at__lt=at - KEPT).exclude(result="")
    count = 0
    for job in old:
        job.result.delete(save=False)
        Job.objects.filter(pk=job.pk).update(result="")
        count += 1
    return count
