"""Changes to people and posts that are in the register already, for many at once; as bulk.py does it for new ones.

Each action takes at most a few hundred rows and is one transaction; whoever has more calls it batch by batch.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from institutions.actions import RegisterRefused, end_role, name_key
from institutions.audit import record_many
from institutions.bulk import give_staff_numbers, number_of, save_fields
from institutions.models import Designation, Person, Post, Role, User
from institutions.signals import PostsChanged, many_posts_changed

PERSON_FIELDS = ("name", "name_latin", "sex", "birth_date")
POST_FIELDS = ("rank", "starts_on", "ends_on", "basis", "end_reason")


@dataclass(frozen=True, kw_only=True)
class EndedPost:
    """One call of end_post; post has its person and institution."""

    post: Post
    ends_on: date
    at: datetime
    by: User | None = None
    reason: str = ""


@transaction.atomic
def end_posts(rows):
    """End posts on their last days, as end_post would one by one: duties and roles that rest on them end with them."""
    rows = list(rows)
    for row in rows:
        if row.ends_on < row.post.starts_on:
            raise RegisterRefused(f"post {row.post.pk} cannot end before it began")
        row.post.ends_on, row.post.end_reason = row.ends_on, row.reason
    save_fields([row.post for row in rows], ["ends_on", "end_reason"])
    by_post = {row.post.pk: row for row in rows}
    for role in Role.objects.filter(post__in=by_post).select_related("user", "institution"):
        row = by_post[role.post_id]
        if role.ends_on is None or role.ends_on > row.ends_on:
            end_role(role=role, ends_on=row.ends_on, at=row.at, by=row.by)
    _end_duties(rows)
    record_many(_entry("institutions.end_post", row, row.post) for row in rows)
    many_posts_changed.send(Post, changes=[PostsChanged(row.post.person, row.ends_on, row.at, row.by) for row in rows])


def _end_duties(rows):
    ends = {(row.post.person_id, row.post.institution_id): row.ends_on for row in rows}
    people = {person for person, _institution in ends}
    ended = []
    for duty in Designation.objects.filter(person__in=people, ends_on__isnull=True):
        last_day = ends.get((duty.person_id, duty.institution_id))
        if last_day is not None and duty.starts_on <= last_day:
            duty.ends_on = last_day
            ended.append(duty)
    save_fields(ended, ["ends_on"])


@dataclass(frozen=True, kw_only=True)
class ChangedPerson:
    """New values of some of a person's own facts."""

    person: Person
    facts: dict
    at: datetime
    by: User | None = None


@transaction.atomic
def change_people(rows):
    """Correct names, sex and birth dates; the record says which facts changed, never what they were."""
    rows = list(rows)
    for row in rows:
        for name, value in row.facts.items():
            setattr(row.person, name, value)
        row.person.name_key = name_key(row.person.name, row.person.name_latin)
    save_fields([row.person for row in rows], [*PERSON_FIELDS, "name_key"])
    record_many(
        {
            "verb": "institutions.change_person",
            "subject": f"person:{row.person.pk}",
            "at": row.at,
            "by": row.by,
            "fields": sorted(row.facts),
        }
        for row in rows
    )


@dataclass(frozen=True, kw_only=True)
class ChangedPost:
    """New values of some facts of a post: POST_FIELDS; staff_number is "" where it stays."""

    post: Post
    facts: dict
    at: datetime
    by: User | None = None
    staff_number: str = ""

    @property
    def person(self):
        return self.post.person

    @property
    def institution(self):
        return self.post.institution


@transaction.atomic
def change_posts(rows):
    """Correct what is said of posts, and tell the apps above where a day moved or the end has another reason."""
    rows = list(rows)
    numbers = give_staff_numbers([row for row in rows if row.staff_number])
    for row in rows:
        for name, value in row.facts.items():
            setattr(row.post, name, value)
        if row.staff_number:
            row.post.staff_number = numbers[number_of(row)]
    save_fields([row.post for row in rows], [*POST_FIELDS, "staff_number"])
    record_many(
        _entry("institutions.change_post", row, row.post)
        | {"fields": sorted([*row.facts, *(["staff_number"] if row.staff_number else [])])}
        for row in rows
    )
    moved = [row for row in rows if {"starts_on", "ends_on", "end_reason"} & set(row.facts)]
    if moved:
        changes = [
            PostsChanged(row.person, max(row.post.starts_on, timezone.localdate(row.at)), row.at, row.by)
            for row in moved
        ]
        many_posts_changed.send(Post, changes=changes)


def _entry(verb, row, post):
    return {
        "verb": verb,
        "subject": f"person:{post.person_id}",
        "at": row.at,
        "by": row.by,
        "institution": post.institution,
    }
