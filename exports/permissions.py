"""Who may fetch a file that was made: its owner, while the right to its people or figures lasts."""

from exports.models import Export
from exports.rules import KEPT


def may_download(scope, export, at):
    """True if the file is there, young enough, and of institutions that the viewer still sees."""
    job = export.job
    if job is None or not job.result or job.status != job.Status.DONE or at - job.finished_at > KEPT:
        return False
    kinds = scope.names_kinds if export.what == Export.What.ROSTER else scope.totals_kinds
    return export.institution is not None and scope.covers(export.institution, *kinds)
