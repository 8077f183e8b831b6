"""What other systems may read, one operation each. Every read leaves one line in the record: which client, how much."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date

from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema

from certification.coverage import coverage_of
from certification.rules import Status
from certification.verification import Verdict
from exports import reading
from institutions.actions import tidy_staff_number
from institutions.api_errors import ApiRefused
from institutions.audit import record
from institutions.client_auth import READ, ClientAuth
from institutions.drilldown import institution_of

router = Router(tags=["reading"], auth=ClientAuth(READ))

MOST, USUAL = 500, 100


class PostAnswer(Schema):
    """A post in the institutions of the client, held today."""

    institution: str
    sector: str
    position: str
    rank: str
    basis: str
    starts_on: date
    ends_on: date | None
    register_code: str
    staff_number: str


class PersonAnswer(Schema):
    """Somebody who serves there today; status is the worst, null where no requirement binds."""

    name: str
    name_latin: str
    status: Status | None
    posts: list[PostAnswer]


class PeopleAnswer(Schema):
    """A page; next is the cursor of the page after it, null on the last."""

    on: date
    people: list[PersonAnswer]
    next: str | None


class RequirementAnswer(Schema):
    """Where a person stands under one requirement."""

    requirement: str
    code: str
    status: Status
    due_on: date | None
    opened_on: date
    started_on: date | None
    trained_on: date | None
    passed_on: date | None
    signed_on: date | None
    certified_on: date | None
    valid_until: date | None
    grace_until: date | None


class StatusAnswer(Schema):
    """Where a person stands today."""

    on: date
    register_code: str
    staff_number: str
    status: Status | None
    requirements: list[RequirementAnswer]


class CertificateAnswer(Schema):
    """A certificate, and the number under which the client knows its holder."""

    serial: str
    requirement: str
    code: str
    edition: int
    issued_on: date
    valid_until: date
    state: Verdict
    register_code: str
    staff_number: str


class CertificatesAnswer(Schema):
    """A page; next is the cursor of the page after it, null on the last."""

    on: date
    certificates: list[CertificateAnswer]
    next: str | None


class CoverageAnswer(Schema):
    """Five counts of people; the first is the denominator of the other four."""

    on: date
    institution: str
    people: int
    trained: int
    passed: int
    signed: int
    certified: int


@router.get(
    "/people",
    response=PeopleAnswer,
    url_name="people",
    operation_id="people",
    summary=_("Everybody who serves in your institutions today"),
    description=_("With the posts there and the worst status. Ask for page after page until there is no next one."),
)
def people(request, limit: int = Query(USUAL, ge=1, le=MOST), cursor: str = Query("", max_length=40)):
    """A page of people."""
    page = reading.people(request.scope, after=_after(cursor), limit=limit)
    _note(request, "exports.api_people", rows=len(page.rows))
    return {"on": request.scope.today, "people": page.rows, "next": _cursor(page.last)}


@router.get(
    "/people/{register_code}/{staff_number}/status",
    response=StatusAnswer,
    url_name="status",
    operation_id="status",
    summary=_("Where one person stands, requirement by requirement"),
    description=_("The register is the code of the ministry that gave the staff number."),
)
def status(request, register_code: str, staff_number: str):
    """One person's status; of whoever does not serve here today, nothing."""
    number = tidy_staff_number(staff_number)
    found = reading.person_with(request.scope, register_code, number)
    if found is None:
        raise Http404
    answer = reading.status_of(request.scope, found)
    _note(request, "exports.api_status", subject=f"person:{found.pk}", rows=1)
    return {"on": request.scope.today, "register_code": register_code, "staff_number": number, **answer}


@router.get(
    "/certificates",
    response=CertificatesAnswer,
    url_name="certificates",
    operation_id="certificates",
    summary=_("Certificates of those who serve in your institutions today"),
    description=_("Ask for page after page until there is no next one, with the same filters."),
)
def certificates(
    request,
    state: Verdict | None = None,
    issued_since: date | None = None,
    limit: int = Query(USUAL, ge=1, le=MOST),
    cursor: str = Query("", max_length=40),
):
    """A page of certificates."""
    chosen = {"state": state.value if state else "", "issued_since": issued_since}
    page = reading.certificates(request.scope, after=_after(cursor), limit=limit, **chosen)
    _note(request, "exports.api_certificates", rows=len(page.rows))
    return {"on": request.scope.today, "certificates": page.rows, "next": _cursor(page.last)}


@router.get(
    "/coverage",
    response=CoverageAnswer,
    url_name="coverage",
    operation_id="coverage",
    summary=_("How many people are trained, have passed, have signed, are certified"),
    description=_("Of your institution or one below it, today or on a day that has been."),
)
def coverage(request, institution: str = Query("", max_length=60), on: date | None = None):
    """The figures of an institution with everything below it."""
    scope = request.scope
    if on and on > scope.today:
        raise ApiRefused(422, "wrong_value", gettext("This day has not come yet."), field="on")
    place = institution_of(scope, institution) if institution else request.auth.institution
    total = coverage_of(scope, on or scope.today, institution=place).total
    _note(request, "exports.api_coverage", place=place, rows=total.people)
    counts = {name: getattr(total, name) for name in ("people", "trained", "passed", "signed", "certified")}
    return {"on": on or scope.today, "institution": place.code, **counts}


def _cursor(last):
    return urlsafe_b64encode(str(last).encode()).decode().rstrip("=") if last else None


def _after(cursor):
    """The id in a cursor of ours; 0 where the first page is asked for."""
    if not cursor:
        return 0
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (ValueError, UnicodeError):
        text = ""
    if not text.isdecimal() or len(text) > 18:
        raise ApiRefused(422, "wrong_value", gettext("This is no cursor of an earlier answer."), field="cursor")
    return int(text)


def _note(request, verb, *, subject=None, place=None, **facts):
    client = request.auth
    record(
        verb=verb,
        subject=subject or f"client:{client.reference}",
        at=request.now,
        by=client.user,
        institution=place or client.institution,
        **facts,
    )
