"""Two rows of one human become one by a pointer, and part again: nothing signed or issued moves."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from institutions.access_actions import delete_sessions
from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.models import Designation, NotOneHuman, Person, PersonMerge, Post, Role, StaffNumber
from institutions.signals import posts_changed

HANDED_OVER = (Post, Designation, StaffNumber)
"""What the register holds of a row and the kept row takes over, each remembering for which row it was entered."""


def reasons_against(kept, other, day):
    """Sentences that say why the two rows cannot become one today; none where they can."""
    if kept.pk == other.pk:
        return [_("This is one row: choose two.")]
    found = []
    if kept.merged_into_id or other.merged_into_id:
        found.append(_("One of the rows is merged into another already. Undo that merge first."))
    if other.merged_rows.exists():
        found.append(_("Another row is merged into the one that would go. Keep that one, or undo its merge first."))
    if other.user_id and not kept.user_id:
        found.append(_("Only the row that would go has an account. Keep that row instead."))
    if other.user_id and Role.objects.of(other.user).not_over_on(day).exists():
        found.append(
            _("Both accounts have roles. End those of one account first.")
            if kept.user_id and Role.objects.of(kept.user).not_over_on(day).exists()
            else _("The account of the row that would go has a role. Keep that row instead, or end the role first.")
        )
    return found


@transaction.atomic
def merge_people(*, kept, other, reason, at, by):
    """Let the kept row stand for both; the other row's account closes. Refused with a sentence where it cannot be."""
    kept, other = _held(kept, other)
    if against := reasons_against(kept, other, timezone.localdate(at)):
        raise RegisterRefused(" ".join(against))
    for model in HANDED_OVER:
        model.objects.filter(person=other).update(person=kept, entered_for=other)
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    merge = PersonMerge.objects.create(
        kept=kept, other=other, reason=reason, closed_account=_close_account(other.user), at=at, by=by
    )
    _tell("institutions.merge_people", merge, (kept,))
    return merge


@transaction.atomic
def undo_merge(*, merge, reason, at, by):
    """Part the two rows again: each has what was entered for it, and the account that was closed opens. Once."""
    kept, other = _held(merge.kept, merge.other)
    if other.merged_into_id != kept.pk:
        raise RegisterRefused(_("This merge was undone already."))
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    for model in HANDED_OVER:
        model.objects.filter(person=kept, entered_for=other).update(person=other, entered_for=None)
    if merge.closed_account:
        other.user.is_active = True
        other.user.save(update_fields=["is_active"])
    try:
        with transaction.atomic():
            undone = PersonMerge.objects.create(kept=kept, other=other, reason=reason, undoes=merge, at=at, by=by)
    except IntegrityError:
        raise RegisterRefused(_("This merge was undone already.")) from None
    _tell("institutions.undo_merge", undone, (kept, other))
    return undone


@transaction.atomic
def keep_apart(*, people, reason, at, by):
    """Say of two rows that look alike that they are two humans; a second time changes nothing."""
    first, second = sorted(people, key=lambda person: person.pk)
    apart, is_new = NotOneHuman.objects.get_or_create(
        first=first, second=second, defaults={"reason": reason, "at": at, "by": by}
    )
    if is_new:
        record(verb="institutions.not_one_human", subject=f"person:{first.pk}", at=at, by=by, other=second.pk)
    return apart


def _held(kept, other):
    """Both rows as they are now, held until the end of the transaction, always in the same order."""
    rows = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")}
    return rows[kept.pk], rows[other.pk]


def _close_account(user):
    """Deactivate an account and end its sessions; True if it was open."""
    if user is None or not user.is_active:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    delete_sessions(user)  # what would log it in again on the day on which it is opened again
    return True


def _tell(verb, merge, people):
    """Record the change of both rows and tell the apps above whose posts changed."""
    for row, partner in ((merge.kept, merge.other), (merge.other, merge.kept)):
        record(verb=verb, subject=f"person:{row.pk}", at=merge.at, by=merge.by, merge=merge.pk, with_row=partner.pk)
    for person in people:
        posts_changed.send(Post, person=person, day=timezone.localdate(merge.at), at=merge.at, by=merge.by)
