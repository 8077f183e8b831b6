"""Asking for signatures and taking them."""

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.models import Edition, Repeal, SignOff, SignRequest
from conduct_codes.receipts import new_receipt
from conduct_codes.signals import edition_signed
from institutions.audit import record
from institutions.models import Post


class SigningRefused(Exception):
    """The signature cannot be taken; str() says what to do."""


class NewerEdition(SigningRefused):
    """Another text is in force than the one that was shown."""


def request_signature(*, person, edition, cause, asked_on, due_on=None, cycle=1, reason="", asked_by=None):
    """The request for this person, edition, cause and cycle, made if it is not there yet.

    Only a request to read again has a reason and somebody who asked.
    """
    return SignRequest.objects.get_or_create(
        person=person,
        edition=edition,
        cause=cause,
        cycle=cycle,
        defaults={
            "asked_on": asked_on,
            "due_on": due_on or rules.sign_due_on(asked_on),
            "reason": reason,
            "asked_by": asked_by,
        },
    )[0]


def ask_bound_people(*, edition, day, batch=500, progress=None):
    """Ask everyone whom the edition binds from the day on; safe to run twice or late.

    That is whoever holds a post in the sector once the edition is in force, also one that begins later. Nobody is
    asked before the edition is in force or before the post begins, and nobody for an edition that is repealed by then.
    Returns the number of people who are bound.
    """
    begins = max(day, edition.in_force_from)
    repeal = Repeal.objects.ending(edition).first()
    if repeal and repeal.effective_on <= begins:
        return 0
    posts = Post.objects.filter(sector=edition.code.sector).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=begins))
    bound = list(posts.values_list("person_id").annotate(first=Min("starts_on")).order_by("person_id"))
    for start in range(0, len(bound), batch):
        asked = [(person_id, max(begins, first)) for person_id, first in bound[start : start + batch]]
        SignRequest.objects.bulk_create(
            (
                SignRequest(
                    person_id=person_id,
                    edition=edition,
                    cause=SignRequest.Cause.NEW_EDITION,
                    asked_on=asked_on,
                    due_on=rules.first_due_on(asked_on, begins=begins, sign_by=edition.sign_by),
                )
                for person_id, asked_on in asked
            ),
            ignore_conflicts=True,
        )
        if progress:
            progress.advance(min(start + batch, len(bound)), len(bound))
    return len(bound)


def text_to_sign(request, *, language, day):
    """The frozen text that this request shows on the day: the edition in force, in the page's language if frozen."""
    edition = Edition.objects.in_force_on(day).select_related("code").get(code=request.edition.code_id)
    text = edition.text_in(language)
    text.edition = edition
    return text


def hold_requests(requests):
    """Keep every other signature and refusal of these requests waiting until this transaction ends.

    The rows are locked in the order of their ids, whoever holds them, so that no two wait for each other.
    """
    list(requests.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


@transaction.atomic
def sign_edition(*, request, text_sha256, statements, at, by, method=SignOff.Method.ONLINE):
    """Take a signature under the edition in force, exactly once.

    text_sha256 is the hash of the text that was on the page. Raises NewerEdition if that is not the text in force any
    more or the request asks for an edition that was replaced since, SigningRefused if a statement is missing or the
    signer is not the person who was asked. Signing twice returns the first sign-off.
    """
    if by is None or request.person.user_id != by.pk:
        raise SigningRefused(_("Only the person who was asked can sign."))
    if set(statements) != set(rules.STATEMENTS):
        raise SigningRefused(_("Tick every statement before you sign."))
    hold_requests(SignRequest.objects.of(request.person).about(request.edition.code_id))
    earlier = SignOff.objects.filter(request=request).first()
    if earlier:
        return earlier
    day = timezone.localdate(at)
    text = text_in_force(request, text_sha256, day)
    post = Post.objects.of(request.person).serving_on(day).filter(sector=text.edition.code.sector_id)
    post = post.select_related("institution").order_by("starts_on", "pk").first()
    if post is None:
        raise SigningRefused(_("You hold no post today that this code binds."))
    return store_sign_off(request, text, sorted(statements), post, day, at=at, by=by, method=method)


def text_in_force(request, text_sha256, day):
    """The text of this hash if it is law on the day and answers the request; else SigningRefused or NewerEdition."""
    edition = Edition.objects.in_force_on(day).filter(code=request.edition.code_id).select_related("code").first()
    text = edition and edition.texts.filter(sha256=text_sha256).first()
    if edition is None:
        raise SigningRefused(_("This code is not in force today. Nothing is to be signed."))
    if not text or edition.chain_id != request.edition.chain_id:
        raise NewerEdition(_("A newer text has come into force. Read it, then sign."))
    text.edition = edition
    return text


def store_sign_off(request, text, statements, post, day, *, at, by, method, **facts):
    """Write the one sign-off of the request with its audit entry and its news; the first one where there is one.

    facts are further fields of the sign-off; signed_by is the account that acts unless they say otherwise.
    """
    facts = {"signed_by": by, **facts}
    try:
        with transaction.atomic():
            sign_off = SignOff.objects.create(
                request=request,
                person=request.person,
                edition=text.edition,
                edition_text=text,
                method=method,
                statements=statements,
                post=post,
                institution=post.institution,
                signed_on=day,
                signed_at=at,
                receipt=new_receipt(),
                **facts,
            )
    except IntegrityError:
        return SignOff.objects.get(request=request)
    record(
        verb="conduct_codes.sign",
        subject=f"person:{request.person_id}",
        at=at,
        by=by,
        institution=post.institution,
        edition=text.edition_id,
    )
    edition_signed.send(SignOff, sign_off=sign_off, at=at, by=by)
    return sign_off
