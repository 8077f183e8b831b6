"""People who are registered elsewhere: asked for, and moved only by whoever has them."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from institutions.actions import RegisterRefused, end_post, open_post
from institutions.audit import record, record_many
from institutions.models import Post, TransferRequest
from institutions.people_in import columns as c

DAY = timedelta(days=1)


def ask_for_transfers(rows, facts, *, at, by):
    """A request for each row of a preview that names somebody elsewhere; one that waits already stays as it is."""
    people = {row.person_id for row in rows}
    waiting = set(TransferRequest.objects.open().filter(person__in=people).values_list("person_id", "institution_id"))
    last = {post.person_id: post for post in Post.objects.filter(person__in=people).order_by("starts_on", "pk")}
    # The post that runs on counts before one that ended, a regular one before an acting; the youngest of those.
    running = Post.objects.filter(person__in=people, ends_on__isnull=True).order_by("starts_on", "pk")
    for post in sorted(running, key=lambda post: post.basis == Post.Basis.REGULAR):
        last[post.person_id] = post
    new = []
    for row in rows:
        if (row.person_id, row.institution_id) in waiting:
            continue
        said = facts[row.pk]
        new.append(
            TransferRequest(
                person_id=row.person_id,
                from_post=last[row.person_id],
                institution_id=row.institution_id,
                position_id=row.position_id,
                starts_on=said[c.STARTS_ON],
                staff_number=said.get(c.STAFF_NUMBER, ""),
                rank=said.get(c.RANK, ""),
                basis=said.get(c.BASIS, Post.Basis.REGULAR),
                asked_at=at,
                asked_by=by,
                register_import_id=row.register_import_id,
            )
        )
    made = TransferRequest.objects.bulk_create(new)
    record_many(
        {
            "verb": "institutions.ask_for_transfer",
            "subject": f"person:{request.person_id}",
            "at": at,
            "by": by,
            "institution": None,
            "request": request.pk,
        }
        for request in made
    )
    return made


@transaction.atomic
def answer_transfer(*, request, outcome, message, at, by):
    """Whoever has the person lets them go, shares them, or refuses; once, and never who asked."""
    locked = TransferRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.outcome:
        raise RegisterRefused(_("This request has been answered already."))
    if by is not None and locked.asked_by_id == by.pk:
        raise RegisterRefused(_("Who asks for somebody cannot also let them go."))
    if outcome not in locked.answers:
        raise RegisterRefused(_("Somebody who is to act elsewhere keeps the post. Share the person, or refuse."))
    locked.outcome, locked.message, locked.answered_at, locked.answered_by = outcome, message, at, by
    locked.save(update_fields=["outcome", "message", "answered_at", "answered_by"])
    record(
        verb="institutions.answer_transfer",
        subject=f"person:{locked.person_id}",
        at=at,
        by=by,
        institution=locked.from_post.institution,
        request=locked.pk,
        outcome=outcome,
    )
    if outcome != TransferRequest.Outcome.REFUSED:
        _move(locked, at=at, by=by)
    return locked


def _move(request, *, at, by):
    post = Post.objects.select_for_update(of=("self",)).select_related("person", "institution")
    post = post.get(pk=request.from_post_id)
    if request.outcome == TransferRequest.Outcome.RELEASED and post.ends_on is None:
        if request.starts_on <= post.starts_on:
            raise RegisterRefused(_("The new post would begin before the old one. Refuse the request and say so."))
        reason = Post.EndReason.TRANSFER
        end_post(post=post, ends_on=request.starts_on - DAY, at=at, by=by, reason=reason)
    same_register = (
        request.institution.path[: request.institution.steplen] == post.institution.path[: post.institution.steplen]
    )
    number = request.staff_number
    if not number and same_register and post.staff_number_id:
        number = post.staff_number.number
    open_post(
        person=post.person,
        institution=request.institution,
        position=request.position,
        starts_on=request.starts_on,
        at=at,
        by=by,
        staff_number=number,
        rank=request.rank,
        basis=request.basis,
    )
