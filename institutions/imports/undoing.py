"""An import undone as a whole: everything is again as it was before, unless a human act rests on one of its rows."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.access_actions import reopen_accounts
from institutions.actions import name_key
from institutions.audit import record
from institutions.bulk import batches, save_fields
from institutions.bulk_changes import PERSON_FIELDS, POST_FIELDS
from institutions.imports.applying import digests
from institutions.imports.known import chunks
from institutions.imports.staging import ImportRefused
from institutions.models import (
    Activation,
    CorrectionRequest,
    Designation,
    ImportRow,
    NotOneHuman,
    Person,
    PersonMerge,
    Post,
    RegisterImport,
    Role,
    StaffNumber,
    TransferRequest,
)
from institutions.people_in import columns as c
from institutions.signals import PostsChanged, Touched, import_undo_proposed, many_posts_changed, people_forgotten
from institutions.words_rights import settle_words_rights

SENTENCES = {
    "changed": _("The register has changed about this person since."),
    "account": _("The person has an account since."),
    "role": _("A role rests on the post."),
    "correction": _("The person has asked for a correction since."),
    "duty": _("The person was given a duty since."),
    "slip": _("A slip for access was made for the person since."),
    "row": _("The row was compared with another since, and merged or kept apart."),
    "transfer": _("The request for this person was answered."),
}


@dataclass
class Undo:
    """What an undo would do, and what stands against it: Touched, by person."""

    rows: list
    people_made: list = field(default_factory=list)
    posts_made: list = field(default_factory=list)
    touched: list = field(default_factory=list)

    @property
    def the_dead(self):
        """People whom the import had die, and whose accounts it may have closed so."""
        died = [row for row in self.rows if row.facts.get(c.END_REASON) == Post.EndReason.DIED]
        return {row.person_id for row in died if not row.is_elsewhere} - set(self.people_made)

    @property
    def is_possible(self):
        return not self.touched


def plan_undo(register_import):
    """What undoing an applied import would do, and the human acts that forbid it."""
    rows = list(ImportRow.objects.of(register_import).applicable().order_by("place"))
    undo = Undo(rows)
    undo.people_made = [row.done["person_made"] for row in rows if "person_made" in row.done]
    undo.posts_made = [row.done["post_made"] for row in rows if "post_made" in row.done]
    undo.touched = list(_touched(register_import, undo))
    return undo


def _touched(register_import, undo):
    marked = {row.done.get("person_made", row.person_id): row for row in undo.rows}
    own = {person: row for person, row in marked.items() if not row.is_elsewhere and person}
    now = digests(set(own), register_import)
    for person, row in own.items():
        if now.get(person) != row.done.get("after"):
            yield Touched(person, SENTENCES["changed"])
    people = {row.person_id for row in undo.rows if "post_made" in row.done}
    since = register_import.applied_at
    for some in chunks(people):
        yield from _touched_here(some, set(undo.people_made), undo.posts_made, since)
        for _receiver, touched in import_undo_proposed.send(RegisterImport, people=some, since=since):
            yield from touched
    answered = TransferRequest.objects.filter(register_import=register_import).exclude(outcome="")
    for person in answered.values_list("person_id", flat=True):
        yield Touched(person, SENTENCES["transfer"])


def _touched_here(people, made, posts, since):
    found = {
        "account": Person.objects.filter(pk__in=set(people) & made, user__isnull=False).values_list("pk", flat=True),
        "correction": CorrectionRequest.objects.filter(person__in=people, made_at__gte=since).values_list(
            "person_id", flat=True
        ),
        "duty": Designation.objects.filter(person__in=set(people) & made).values_list("person_id", flat=True),
        "slip": Activation.objects.filter(person__in=set(people) & made).values_list("person_id", flat=True),
        "row": _compared(set(people) & made),
        "role": Role.objects.filter(post__person__in=people, post__in=posts).values_list("post__person_id", flat=True),
    }
    for reason, rows in found.items():
        for person in rows:
            yield Touched(person, SENTENCES[reason])


def _compared(people):
    """Those of the people of whom somebody said that they are one human with another row, or are not."""
    pairs = PersonMerge.objects.filter(Q(kept__in=people) | Q(other__in=people)).values_list("kept_id", "other_id")
    apart = NotOneHuman.objects.filter(Q(first__in=people) | Q(second__in=people)).values_list("first_id", "second_id")
    return {pk for pair in (*pairs, *apart) for pk in pair} & people


@transaction.atomic
def undo_import(*, register_import, at, by):
    """Put everything back as it was before the import was applied; refused where a human act rests on it."""
    locked = RegisterImport.objects.select_for_update(of=("self",)).select_related("institution")
    locked = locked.get(pk=register_import.pk)
    if locked.state != RegisterImport.State.APPLIED:
        raise ImportRefused(_("This import is not applied."))
    rows = ImportRow.objects.of(locked).applicable().exclude(person__isnull=True).values_list("person_id", flat=True)
    for some in chunks(set(rows)):
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))
    undo = plan_undo(locked)
    if not undo.is_possible:
        raise ImportRefused(_("The import cannot be undone any more: people have acted on it since."))
    try:
        _put_back(undo, at=at, by=by)
        for some in chunks(undo.the_dead):
            reopen_accounts(people=some, since=locked.applied_at, at=at, by=by)
    except ProtectedError:
        raise ImportRefused(_("The import cannot be undone any more: people have acted on it since.")) from None
    TransferRequest.objects.open().filter(register_import=locked).delete()
    locked.state, locked.undone_at, locked.undone_by = RegisterImport.State.UNDONE, at, by
    locked.save(update_fields=["state", "undone_at", "undone_by"])
    record(
        verb="institutions.undo_import",
        subject=f"import:{locked.pk}",
        at=at,
        by=by,
        institution=locked.institution,
        rows=len(undo.rows),
    )
    return undo


def _put_back(undo, *, at, by):
    for some in chunks(undo.posts_made):
        Post.objects.filter(pk__in=some).delete()
    for some in chunks(undo.people_made):
        people_forgotten.send(Person, people=some)
    _restore_posts(undo.rows)
    for some in chunks({number for row in undo.rows for number in row.done.get("numbers_made", [])}):
        StaffNumber.objects.filter(pk__in=some).delete()
    _restore_people(undo.rows)
    _restore_duties(undo.rows, timezone.localdate(at))
    for some in chunks(undo.people_made):
        Person.objects.filter(pk__in=some).delete()
    stayed = {row.person_id for row in undo.rows if not row.is_elsewhere and row.person_id} - set(undo.people_made)
    for some in chunks(stayed):
        changes = [
            PostsChanged(person, timezone.localdate(at), at, by) for person in Person.objects.filter(pk__in=some)
        ]
        many_posts_changed.send(Post, changes=changes)


def _restore_posts(rows):
    """Everything that is said of posts as it was; a post that ended runs again."""
    ended = {row.done["post_ended"][0]: row.done["post_ended"][1:] for row in rows if "post_ended" in row.done}
    before = {row.done["post_before"]["post"]: row.done["post_before"] for row in rows if "post_before" in row.done}
    for some in chunks(ended.keys() | before.keys()):
        posts = list(Post.objects.filter(pk__in=some))
        for post in posts:
            if post.pk in ended:
                last_day, *reason = ended[post.pk]
                post.ends_on = date.fromisoformat(last_day) if last_day else None
                post.end_reason = reason[0] if reason else post.end_reason  # imports once kept the day alone
            if post.pk in before:
                old = before[post.pk]
                post.rank, post.staff_number_id = old["rank"], old["staff_number"]
                post.starts_on = date.fromisoformat(old["starts_on"])
                post.basis = old.get("basis", post.basis)
                post.end_reason = old.get("end_reason", post.end_reason)
        save_fields(posts, [*POST_FIELDS, "staff_number"])


def _restore_people(rows):
    before = {row.person_id: row.done["person_before"] for row in rows if "person_before" in row.done}
    for some in batches(sorted(before)):
        people = list(Person.objects.filter(pk__in=some))
        for person in people:
            for name in PERSON_FIELDS:
                setattr(person, name, before[person.pk][name])
            born = before[person.pk][c.BIRTH_DATE]
            person.birth_date = date.fromisoformat(born) if born else None
            person.name_key = name_key(person.name, person.name_latin)
        save_fields(people, [*PERSON_FIELDS, "name_key"])


def _restore_duties(rows, day):
    """Duties that ended with a post run again, and roles that nobody has ended since, to the day planned before."""
    duties = [pk for row in rows for pk in row.done.get("duties_ended", [])]
    for some in chunks(duties):
        Designation.objects.filter(pk__in=some).update(ends_on=None)
    ended = [entry for row in rows for entry in row.done.get("roles_ended", [])]
    planned = {pk: [date.fromisoformat(end) if end else None for end in ends] for pk, *ends in ended}
    for some in chunks(planned):
        for role in Role.objects.filter(pk__in=some).select_related("user", "institution"):
            before, since = planned[role.pk]
            if role.ends_on == since:
                role.ends_on = before
                role.save(update_fields=["ends_on"])
                settle_words_rights(user=role.user, kind=role.kind, institution=role.institution, day=day)
