"""What other systems may ask of the register, one operation each. `conduct_site.api` gives it its address."""

from datetime import UTC, date, datetime
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Header, Router, Schema, Status

from institutions.api_bodies import parse_json, raw_body
from institutions.api_errors import ApiRefused
from institutions.api_rows import checked_rows, rows_schema
from institutions.client_auth import PUSH, ClientAuth
from institutions.imports.answers import message_of, progress_of, verdict_in_words
from institutions.imports.pushing import MOST_BYTES, KeyTaken, RegisterBusy, push_changes
from institutions.imports.staging import ImportRefused
from institutions.models import PeopleChanges, RegisterImport

router = Router(tags=["institutions"])
KEY = Header(alias="Idempotency-Key", min_length=1, max_length=80, pattern="^[!-~]+$")


class ClientAnswer(Schema):
    """What the token that was sent is good for."""

    reference: str
    name: str
    institution: str
    may_read: bool
    may_push: bool
    expires_on: date


@router.get(
    "/client",
    auth=ClientAuth(),
    response=ClientAnswer,
    url_name="client",
    operation_id="client",
    summary=gettext_lazy("What the token is good for"),
    description=gettext_lazy("Ask this first: it says whether the token holds, for which institution, and until when."),
)
def client(request):
    """The client itself."""
    found = request.auth
    facts = {key: getattr(found, key) for key in ("reference", "name", "may_read", "may_push", "expires_on")}
    return facts | {"institution": found.institution.code}


class Reason(Schema):
    """Why a row got its verdict: a code for programs, the field it is about, a sentence for people."""

    code: str
    field: str
    message: str


class RowVerdict(Schema):
    """What became of a row, or would."""

    row: int
    verdict: str
    reasons: list[Reason]


class PeopleChangesAnswer(Schema):
    """How far a request is, and what became of its rows. `verdicts` is null while there are none, and after a month."""

    id: int
    status: str
    dry_run: bool
    rows: int
    done: int
    counts: dict[str, int]
    verdicts: list[RowVerdict] | None
    undone: bool
    message: str
    at: datetime
    finished_at: datetime | None


@router.post(
    "/people-changes",
    auth=ClientAuth(PUSH),
    response={200: PeopleChangesAnswer, 202: PeopleChangesAnswer},
    url_name="people_changes",
    operation_id="push_people_changes",
    summary=gettext_lazy("Send changes of people and posts"),
    description=gettext_lazy(
        "Each row gets the verdict that it would get in a workbook. Rows that are wrong, in conflict or sent twice are"
        " never applied; the others are. A long request answers 202 and is done by a job: ask how far it is."
    ),
    openapi_extra={"requestBody": rows_schema()},
)
def people_changes(request, idempotency_key: Annotated[str, KEY], dry_run: bool = False):
    """Apply the rows of the body, or with dry_run only say what would become of them."""
    _check_query(request, "dry_run")
    content = raw_body(request, most_bytes=MOST_BYTES)
    records = checked_rows(parse_json(content))
    asked = {"key": idempotency_key, "content": content, "records": records, "is_dry_run": dry_run}
    try:
        found = push_changes(client=request.auth, scope=request.scope, at=request.now, **asked)
    except KeyTaken:
        words = _("This key stands for another request. Give each request a key of its own.")
        raise ApiRefused(409, "key_taken", words, field="Idempotency-Key") from None
    except RegisterBusy:
        words = _("The register is being changed. Nothing was written; send the request again.")
        raise ApiRefused(503, "busy", words, headers={"Retry-After": "10"}) from None
    except ImportRefused as refusal:
        raise ApiRefused(503, "busy", str(refusal), headers={"Retry-After": "60"}) from None
    return Status(200 if found.finished_at else 202, _answer(found))


@router.get(
    "/people-changes/{int:pk}",
    auth=ClientAuth(PUSH),
    response=PeopleChangesAnswer,
    url_name="people_changes_detail",
    operation_id="people_changes",
    summary=gettext_lazy("How far a request is"),
    description=gettext_lazy("The same answer as to the request itself, for a month; after it, the counts only."),
)
def people_changes_detail(request, pk: int):
    """One of the client's own requests."""
    _check_query(request)
    own = PeopleChanges.objects.of(request.auth).select_related("job", "register_import")
    return _answer(get_object_or_404(own, pk=pk))


def _check_query(request, *known):
    """Refuse a parameter that is not known: a misspelt dry_run must not change the register."""
    for name in request.GET:
        if name not in known:
            raise ApiRefused(422, "unknown_field", _("There is no such field."), field=name[:60])


def _answer(changes):
    job, kept = changes.job, changes.register_import
    is_done = changes.finished_at is not None
    return {
        "id": changes.pk,
        "status": progress_of(changes).value,
        "dry_run": changes.is_dry_run,
        "rows": changes.row_count,
        "done": changes.row_count if is_done else job.done,
        "counts": {verdict: count for verdict, count in changes.counts.items() if count},
        "verdicts": [verdict_in_words(*each) for each in changes.verdicts] or None,
        "undone": bool(kept and kept.state == RegisterImport.State.UNDONE),
        "message": message_of(changes),
        "at": changes.at.astimezone(UTC),
        "finished_at": changes.finished_at and changes.finished_at.astimezone(UTC),
    }
