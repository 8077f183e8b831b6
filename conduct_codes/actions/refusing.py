"""Saying no to a signature, with a reason."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes.actions.signing import SigningRefused, hold_requests
from conduct_codes.models import Refusal, SignOff, SignRequest
from institutions.audit import record
from institutions.models import Post


@transaction.atomic
def refuse_to_sign(*, request, reason, language, at, by):
    """Record that the person does not want to sign, exactly once; a second refusal of a request returns the first.

    Nothing else changes: the request stays open, and a later signature cures the refusal. Raises SigningRefused where
    it is somebody else's request, it is signed or not open any more, or no reason is given.
    """
    if by is None or request.person.user_id != by.pk:
        raise SigningRefused(_("Only the person who was asked can refuse."))
    if not reason.strip():
        raise SigningRefused(_("Say why you do not want to sign. Your HR unit reads it."))
    # Held as by a signature, so that one of the two comes after the other and sees it.
    hold_requests(SignRequest.objects.of(request.person).about(request.edition.code_id))
    day = timezone.localdate(at)
    if SignOff.objects.filter(request=request).exists():
        raise SigningRefused(_("You have signed this already."))
    post = Post.objects.of(request.person).serving_on(day).filter(sector=request.edition.code.sector_id)
    post = post.select_related("institution").order_by("starts_on", "pk").first()
    if post is None or not SignRequest.objects.open_on(day).filter(pk=request.pk).exists():
        raise SigningRefused(_("You are not asked to sign this any more."))
    try:
        with transaction.atomic():
            refusal = Refusal.objects.create(
                request=request,
                person=request.person,
                reason=reason.strip(),
                language=language,
                post=post,
                institution=post.institution,
                refused_on=day,
                refused_at=at,
                refused_by=by,
            )
    except IntegrityError:
        return Refusal.objects.get(request=request)
    record(
        verb="conduct_codes.refuse",
        subject=f"person:{request.person_id}",
        at=at,
        by=by,
        institution=post.institution,
        edition=request.edition_id,
    )
    return refusal
