"""Signatures on paper: one person records the sheet, another one confirms each signature on it."""

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.actions.signing import SigningRefused, hold_requests, store_sign_off
from conduct_codes.models import Edition, PaperClaim, PaperDecision, PaperSheet, SignOff, SignRequest
from conduct_codes.paper_rules import refusal_of_sheet
from conduct_codes.permissions import paper_is_allowed
from institutions.audit import record
from institutions.models import Post
from institutions.uploads import kind_of_scan

SHEET_SENTENCES = {
    "future": _("The day of the sheet lies in the future. Write the day on which it was signed."),
    "not-law": _("This edition was not in force on the day of the sheet. Check the day and the edition on the sheet."),
}


class PaperRefused(SigningRefused):
    """The sheet or the decision cannot be recorded; str() says what to do."""


@transaction.atomic
def record_sheet(*, unit, text, requests, signed_on, witness, witness_function, scan, at, by):
    """Record a scanned sheet with everybody on it; scan holds the bytes. Nobody has signed until they are confirmed.

    requests are what the people on the sheet were asked, one each. Raises PaperRefused with a sentence where the sheet
    or somebody on it cannot be; then nothing is recorded.
    """
    _check_sheet(text, requests, signed_on, witness, witness_function, scan, at)
    for request in requests:
        _check_person(request, text, unit, signed_on)
    digest = rules.sha256_of(scan)
    sheet = PaperSheet(
        unit=unit,
        edition_text=text,
        signed_on=signed_on,
        witness=witness.strip(),
        witness_function=witness_function.strip(),
        scan_sha256=digest,
        claimed_on=timezone.localdate(at),
        claimed_at=at,
        claimed_by=by,
    )
    sheet.scan.save(f"{digest[:24]}.{kind_of_scan(scan)}", ContentFile(scan), save=False)
    sheet.save()
    for request in requests:
        _claim(sheet, request)
    record(
        verb="conduct_codes.record_paper",
        subject=f"paper-sheet:{sheet.pk}",
        at=at,
        by=by,
        institution=unit,
        edition=text.edition_id,
        people=len(requests),
    )
    return sheet


def _check_sheet(text, requests, signed_on, witness, witness_function, scan, at):
    """Refuse what cannot be on any sheet."""
    if not paper_is_allowed():
        raise PaperRefused(_("This site takes no signatures on paper."))
    in_force = Edition.objects.in_force_on(signed_on).filter(pk=text.edition_id).exists()
    reason = refusal_of_sheet(signed_on=signed_on, today=timezone.localdate(at), in_force=in_force)
    if reason:
        raise PaperRefused(SHEET_SENTENCES[reason])
    if not witness.strip() or not witness_function.strip():
        raise PaperRefused(_("Write the name of the witness and what office they hold."))
    if kind_of_scan(scan) is None:
        raise PaperRefused(_("The scan of the sheet must be a PDF, JPEG or PNG file."))
    if not requests:
        raise PaperRefused(_("Tick everybody who signed on the sheet."))


def _check_person(request, text, unit, signed_on):
    """Refuse somebody who can sign with an account, was not asked on the day of the sheet or did not serve there."""
    person = request.person
    if person.user_id and person.user.is_active:
        raise _refused(_("%(name)s can log in and signs with an account. Paper is for people without one."), person)
    same_chain = request.edition.chain_id == text.edition.chain_id
    if not same_chain or not SignRequest.objects.open_on(signed_on).filter(pk=request.pk).exists():
        raise _refused(_("%(name)s was not asked to sign this edition on the day of the sheet, or has signed."), person)
    if _post_of(request, unit, signed_on) is None:
        raise _refused(_("%(name)s held no post in this institution on the day of the sheet."), person)


def _post_of(request, unit, day):
    """The person's post in the institution or below it that the code bound on the day."""
    posts = Post.objects.of(request.person).serving_on(day).in_subtree(unit)
    posts = posts.filter(sector=request.edition.code.sector_id).select_related("institution")
    return posts.order_by("starts_on", "pk").first()


def _refused(sentence, person):
    return PaperRefused(sentence % {"name": person.label})


def _claim(sheet, request):
    try:
        with transaction.atomic():
            PaperClaim.objects.create(sheet=sheet, request=request, person=request.person)
    except IntegrityError:
        sentence = _("A sheet with %(name)s waits for confirmation already.")
        raise _refused(sentence, request.person) from None


@transaction.atomic
def confirm_paper(*, claims, at, by):
    """Confirm signatures on paper: each becomes one sign-off of the sheet's day. All of them, or none.

    Raises PaperRefused for who recorded the sheet, for the person on it, and where somebody has decided already.
    """
    sign_offs = []
    for claim in _taken(claims, by):
        sign_off = _sign_on_paper(claim, at=at, by=by)
        _decide(claim, sign_off, "", at=at, by=by)
        _record("conduct_codes.confirm_paper", claim, at=at, by=by)
        sign_offs.append(sign_off)
    return sign_offs


@transaction.atomic
def reject_paper(*, claims, reason, at, by):
    """Reject signatures on paper for a reason; their requests are as open as before. All of them, or none."""
    if not reason.strip():
        raise PaperRefused(_("Say why the signature does not count. Whoever recorded the sheet reads it."))
    for claim in _taken(claims, by):
        _decide(claim, None, reason.strip(), at=at, by=by)
        _record("conduct_codes.reject_paper", claim, at=at, by=by)


def _taken(claims, by):
    """The claims, held until the transaction ends: of two who decide at once, the second one sees the first's."""
    if not paper_is_allowed():
        raise PaperRefused(_("This site takes no signatures on paper."))
    ids = [claim.pk for claim in claims]
    if not ids:
        raise PaperRefused(_("Tick at least one person."))
    hold_requests(SignRequest.objects.filter(paper_claims__in=ids))
    held = PaperClaim.objects.select_for_update(of=["self"]).filter(pk__in=ids).order_by("pk")
    held = list(
        held.select_related(
            "sheet__unit", "sheet__edition_text__edition__code", "request__edition__code", "request__person", "person"
        )
    )
    for claim in held:
        if by is None or by.pk == claim.sheet.claimed_by_id or claim.person.user_id == by.pk:
            raise PaperRefused(_("Somebody else must decide: not who recorded the sheet, and nobody on it."))
        if not claim.waiting:
            raise _refused(_("Somebody has decided on %(name)s already."), claim.person)
    return held


def _sign_on_paper(claim, *, at, by):
    """The sign-off of the sheet's day, in the post of that day; nobody held an account for it."""
    sheet, request = claim.sheet, claim.request
    post = _post_of(request, sheet.unit, sheet.signed_on)
    if post is None:
        raise _refused(_("%(name)s held no post in this institution on the day of the sheet."), claim.person)
    sign_off = store_sign_off(
        request,
        sheet.edition_text,
        sorted(rules.STATEMENTS),
        post,
        sheet.signed_on,
        at=at,
        by=by,
        method=SignOff.Method.PAPER,
        signed_by=None,
    )
    if sign_off.method != SignOff.Method.PAPER:
        raise _refused(_("%(name)s has signed otherwise since. Reject this one and say so."), claim.person)
    return sign_off


def _decide(claim, sign_off, reason, *, at, by):
    PaperClaim.objects.filter(pk=claim.pk).update(waiting=False)
    PaperDecision.objects.create(
        claim=claim,
        sign_off=sign_off,
        reason=reason,
        decided_on=timezone.localdate(at),
        decided_at=at,
        decided_by=by,
    )


def _record(verb, claim, *, at, by):
    record(
        verb=verb, subject=f"person:{claim.person_id}", at=at, by=by, institution=claim.sheet.unit, sheet=claim.sheet_id
    )
