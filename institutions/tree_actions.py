"""Everything that changes the tree: an institution is closed, moved or merged, each from a day on and on record."""

from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from institutions.actions import RegisterRefused, end_role
from institutions.audit import record, record_many
from institutions.bulk import BATCH, NewPost, batches, open_posts, save_fields
from institutions.models import Designation, Institution, Post, TreeChange
from institutions.signals import PostsChanged, many_posts_changed
from institutions.tree_effects import Change, effects_of, posts_touched, roles_touched

ONE_DAY = timedelta(days=1)
KINDS = TreeChange.Kind


def lock_table(model):
    """Let nobody else write rows of the model until the transaction ends; reading goes on.

    On SQLite the transaction is the only writer already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")


def lock_tree():
    """Let nobody else change the tree until the transaction ends: a move writes the paths of whole subtrees."""
    lock_table(Institution)


@transaction.atomic
def close_institution(*, institution, on, at, by, successor=None, reason=""):
    """Close an institution from a day on. Refused while somebody serves there or something below it is open."""
    change, _effects = _held(Change(KINDS.CLOSED, institution, on, successor, reason), at)
    _end_roles(change, at, by)
    _end(change)
    _note("institutions.close", change, at, by)
    return change.institution


@transaction.atomic
def move_institution(*, institution, parent, on, reason, at, by):
    """Put an institution and everything below it under another parent of the same ministry, in the tree of today."""
    change, _effects = _held(Change(KINDS.MOVED, institution, on, parent, reason), at)
    before = change.institution.get_parent()
    put_below(change.institution, change.other)
    _note("institutions.move", change, at, by, before=before)
    return Institution.objects.get(pk=institution.pk)


@transaction.atomic
def merge_institutions(*, institution, into, on, at, by, reason=""):
    """Let an institution go up in another from a day on: posts begin anew there, what lies below goes along."""
    change, _effects = _held(Change(KINDS.MERGED, institution, on, into, reason), at)
    before = change.institution.get_parent()
    posts = list(posts_touched(change).select_related("person", "position", "staff_number").order_by("pk"))
    ends = {post.pk: post.ends_on for post in posts}
    _end_roles(change, at, by)
    _end_posts(change, posts, at, by)
    _begin_anew(change, posts, ends, at, by)
    _end(change)
    for child in list(change.institution.get_children().open_on(on)):
        old = Institution.objects.get(pk=change.institution.pk)
        moved = Institution.objects.get(pk=child.pk)
        put_below(moved, Institution.objects.get(pk=into.pk))
        _note("institutions.move", replace(change, kind=KINDS.MOVED, institution=moved), at, by, before=old)
    _note("institutions.merge", change, at, by, before=before)
    return Institution.objects.get(pk=into.pk)


def make_change(*, change, at, by):
    """Do what a form asked for."""
    facts = {"institution": change.institution, "on": change.on, "reason": change.reason, "at": at, "by": by}
    if change.kind == KINDS.CLOSED:
        return close_institution(successor=change.other, **facts)
    if change.kind == KINDS.MOVED:
        return move_institution(parent=change.other, **facts)
    return merge_institutions(into=change.other, **facts)


def put_below(institution, parent):
    """Make the institution the last child of the parent; the caller holds the tree and both rows are fresh."""
    institution.move(parent, pos="last-child")


def _held(change, at):
    """The change with rows read under the lock, once nothing stands against it; else refused with every reason."""
    lock_tree()
    # The lock of the row waits for posts that are being opened there, so that they are seen below.
    rows = (
        Institution.objects.order_by("pk")
        .select_for_update()
        .in_bulk([change.institution.pk, *([change.other.pk] if change.other else [])])
    )
    fresh = replace(
        change,
        institution=rows[change.institution.pk],
        other=rows[change.other.pk] if change.other else None,
    )
    effects = effects_of(fresh, day=timezone.localdate(at))
    if effects.refusals:
        raise RegisterRefused(" ".join(str(sentence) for sentence in effects.refusals))
    return fresh, effects


def _end(change):
    change.institution.closed_on = change.on
    change.institution.successor = change.other
    change.institution.save(update_fields=["closed_on", "successor"])


def _end_roles(change, at, by):
    for role in roles_touched(change).select_related("user", "institution"):
        end_role(role=role, ends_on=change.on - ONE_DAY, at=at, by=by)


def _end_posts(change, posts, at, by):
    """End the posts and the duties there the day before, as end_post would one by one."""
    last = change.on - ONE_DAY
    for post in posts:
        post.ends_on = last
    for batch in batches(posts):
        save_fields(batch, ["ends_on"])
    duties = Designation.objects.filter(institution=change.institution, starts_on__lte=last)
    duties.filter(ends_on__isnull=True).update(ends_on=last)
    duties.filter(ends_on__gt=last).update(ends_on=last)
    record_many(
        {
            "verb": "institutions.end_post",
            "subject": f"person:{post.person_id}",
            "at": at,
            "by": by,
            "institution": change.institution,
        }
        for post in posts
    )


def _begin_anew(change, posts, ends, at, by):
    """Open each post in the successor from the day on, until the day it was to end; and tell the apps above of all."""
    there = Post.objects.filter(institution=change.other, ends_on__isnull=True)
    serving = set(there.values_list("person_id", "position_id"))
    new, told = [], []
    for post in posts:
        if (post.person_id, post.position_id) in serving:
            told.append(PostsChanged(post.person, max(change.on, timezone.localdate(at)), at, by))
            continue
        new.append(
            NewPost(
                person=post.person,
                institution=change.other,
                position=post.position,
                starts_on=change.on,
                ends_on=ends[post.pk],
                staff_number=post.staff_number.number if post.staff_number_id else "",
                rank=post.rank,
                basis=post.basis,
                at=at,
                by=by,
            )
        )
    for batch in batches(new, BATCH):
        open_posts(batch)
    if told:
        many_posts_changed.send(Post, changes=told)


def _note(verb, change, at, by, before=None):
    """Put the change on record twice: in the history of the institution and among the audit entries."""
    TreeChange.objects.create(
        institution=change.institution,
        kind=change.kind,
        from_day=change.on,
        before=before,
        other=change.other,
        reason=change.reason,
        at=at,
        by=by,
    )
    record(
        verb=verb,
        subject=f"institution:{change.institution.pk}",
        at=at,
        by=by,
        institution=change.institution,
        on=change.on.isoformat(),
        other=change.other.code if change.other else "",
    )
