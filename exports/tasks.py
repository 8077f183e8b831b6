"""Long exports, as jobs that a person can watch and leave; and the end of files that were kept long enough."""

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from certification.filters import Chosen
from certification.people import Selection
from exports import actions, books
from institutions.scope import Scope
from jobs import registry
from jobs.registry import JobRefused, Outcome
from jobs.signals import tick


def make_roster(job, progress):
    """Write the roster with the rights that its owner has now; refused if they are not those of the click."""
    export, started = job.export, progress.clock()
    scope = _scope_of_owner(job, started)
    chosen = Chosen.from_facts(export.filters)
    total = Selection(scope, chosen).people().count()
    progress.advance(0, total)
    path = progress.scratch("roster.xlsx")

    def advance(done):
        _scope_of_owner(job, progress.clock())  # who loses the right in the middle gets nothing, and no more is read
        progress.advance(min(done, total))

    rows = books.write_roster(
        path,
        scope=scope,
        chosen=chosen,
        at=export.at,
        by=export.by,
        language=get_language(),
        advance=advance,
    )
    _scope_of_owner(job, progress.clock())
    sha256 = actions.sha256_of(path)
    with progress.step(total):
        actions.finish_export(export=export, rows=rows, sha256=sha256, at=progress.clock())
    message = ngettext("The roster has %(rows)s line.", "The roster has %(rows)s lines.", rows) % {"rows": rows}
    return Outcome(message=message, file=path, file_name=actions.name_of(export))


def _scope_of_owner(job, at):
    """The owner's rights at the moment, if they are still those with which the file was asked for."""
    job.owner.refresh_from_db()
    scope = Scope.for_user(job.owner, timezone.localdate(at))
    if actions.paths_of(scope) != job.params["paths"]:
        raise JobRefused(_("Your roles have changed since you asked for this file. Ask for it again."))
    return scope


def forget_old_files(sender, at, **kwargs):
    actions.forget_files(at)


def register():
    registry.register(actions.ROSTER_JOB, make_roster)
    tick.connect(forget_old_files, dispatch_uid="exports.forget_old_files")
