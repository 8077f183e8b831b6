"""The actions of actions.py for many people at once: the same rows, in a few statements.

Each action takes at most a few hundred rows and is one transaction; whoever has more calls it batch by batch.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.actions import RegisterRefused, name_key, refuse_posts, tidy_staff_number
from institutions.audit import record_many
from institutions.many_rows import insert_rows, update_rows
from institutions.models import Institution, Person, Post, StaffNumber, User
from institutions.signals import PostsChanged, many_posts_changed

BATCH = 500


def batches(rows, size=BATCH):
    """The rows in lists of at most that many, in order."""
    rows = list(rows)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def save_fields(rows, fields):
    """Write these fields of rows that are in the database already; many times quicker than bulk_update.

    An insert that meets the row and updates it instead: one short statement for hundreds of rows, where bulk_update
    builds a CASE with a branch for each. Only for tables from which nothing is ever deleted.
    """
    if rows and connection.vendor == "sqlite":
        update_rows(rows, fields)
    elif rows:
        rows[0].__class__.objects.bulk_create(
            rows, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=fields
        )


@dataclass(frozen=True, kw_only=True)
class NewInstitution:
    """An institution to be; parent is the code of one that is there or comes earlier in the list, "" for a root."""

    code: str
    parent: str
    facts: dict


@transaction.atomic
def add_institutions(rows):
    """Add institutions to the tree, each as the last child of its parent, as add_root and add_child would."""
    rows = list(rows)
    outside = {row.parent for row in rows} - {row.code for row in rows} - {""}
    nodes = {node.code: node for node in Institution.objects.select_for_update().filter(code__in=outside)}
    if missing := outside - nodes.keys():
        raise RegisterRefused(_("There is no institution with the code %(code)s.") % {"code": min(missing)})
    steps = _children_there(nodes.values())
    grown = []
    for row in rows:
        parent = nodes.get(row.parent)
        if row.parent and parent is None:
            raise RegisterRefused(_("There is no institution with the code %(code)s.") % {"code": row.parent})
        depth, above = (parent.depth + 1, parent.path) if parent else (1, "")
        steps[above] = steps.get(above, 0) + 1
        path = Institution._get_path(above, depth, steps[above])
        nodes[row.code] = Institution(code=row.code, path=path, depth=depth, **row.facts)
        if parent:
            parent.numchild += 1
            grown.append(parent)
    new = [nodes[row.code] for row in rows]
    Institution.objects.bulk_create(new, batch_size=BATCH)
    there = {node.code: node for node in grown if node.code in outside}
    save_fields(list(there.values()), ["numchild"])
    return new


def _children_there(parents):
    """Path → the step of its last child, for the roots ("") and the given parents."""
    steps = {}
    for above, last in [("", Institution.get_last_root_node()), *((p.path, p.get_last_child()) for p in parents)]:
        if last:
            steps[above] = Institution._str2int(last.path[-Institution.steplen :])
    return steps


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    name: str
    name_latin: str
    sex: str
    birth_date: date | None
    at: datetime
    by: User | None = None


@transaction.atomic
def add_people(rows):
    """Enter people into the register, as add_person would one by one; returns them in the same order."""
    rows = list(rows)
    people = insert_rows(
        Person(
            name=row.name.strip(),
            name_latin=row.name_latin.strip(),
            name_key=name_key(row.name, row.name_latin),
            sex=row.sex,
            birth_date=row.birth_date,
        )
        for row in rows
    )
    record_many(
        {"verb": "institutions.add_person", "subject": f"person:{person.pk}", "at": row.at, "by": row.by}
        for person, row in zip(people, rows, strict=True)
    )
    return people


@dataclass(frozen=True, kw_only=True)
class NewPost:
    person: Person
    institution: Institution
    position: object
    starts_on: date
    at: datetime
    by: User | None = None
    staff_number: str = ""
    rank: str = ""
    ends_on: date | None = None
    basis: str = Post.Basis.REGULAR
    end_reason: str = ""


@transaction.atomic
def open_posts(rows):
    """Begin (or record) posts and tell the apps above, as open_post would one by one; none if one is refused."""
    rows = list(rows)
    refuse_posts([(row.person, row.institution, row.starts_on) for row in rows])
    numbers = give_staff_numbers([row for row in rows if row.staff_number])
    posts = insert_rows(
        Post(
            person=row.person,
            institution=row.institution,
            sector_id=row.position.sector_id,
            position=row.position,
            staff_number=numbers.get(number_of(row)) if row.staff_number else None,
            rank=row.rank,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            basis=row.basis,
            end_reason=row.end_reason,
        )
        for row in rows
    )
    record_many(
        {
            "verb": "institutions.open_post",
            "subject": f"person:{row.person.pk}",
            "at": row.at,
            "by": row.by,
            "institution": row.institution,
        }
        for row in rows
    )
    changes = [PostsChanged(row.person, max(row.starts_on, timezone.localdate(row.at)), row.at, row.by) for row in rows]
    many_posts_changed.send(Post, changes=changes)
    return posts


def _register_path(institution):
    return institution.path[: Institution.steplen]


def number_of(row):
    return _register_path(row.institution), tidy_staff_number(row.staff_number)


def give_staff_numbers(rows):
    """(register path, number) → the staff number, given now where nobody has it. Refused if somebody else does."""
    wanted = {number_of(row): row.person for row in rows}
    registers = {root.path: root for root in Institution.get_root_nodes().filter(path__in={p for p, _n in wanted})}
    there = StaffNumber.objects.filter(
        register__in=registers.values(), number__in={number for _path, number in wanted}
    ).select_related("register")
    given = {(number.register.path, number.number): number for number in there}
    for row in rows:
        holder = given[number_of(row)].person_id if number_of(row) in given else wanted[number_of(row)].pk
        if holder != row.person.pk:
            raise RegisterRefused(_("This staff number belongs to somebody else in this register."))
    new = [
        StaffNumber(register=registers[path], number=number, person=person)
        for (path, number), person in wanted.items()
        if (path, number) not in given
    ]
    for number in insert_rows(new):
        given[number.register.path, number.number] = number
    return given


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    person: Person
    username: str
    at: datetime
    by: User | None = None


@transaction.atomic
def open_accounts(rows):
    """Logins of people that wait for their activation: open_account without a password, for many."""
    rows = list(rows)
    names = [tidy_staff_number(row.username) for row in rows]
    taken = User.objects.filter(username__in=names).exists() or len(set(names)) < len(names)
    if taken or any(row.person.user_id for row in rows):
        raise RegisterRefused(_("This staff number already has an account."))
    users = User.objects.bulk_create(
        User(username=name, password=make_password(None), date_joined=row.at)
        for name, row in zip(names, rows, strict=True)
    )
    for row, user in zip(rows, users, strict=True):
        row.person.user = user
    save_fields([row.person for row in rows], ["user"])
    record_many(
        {"verb": "institutions.open_account", "subject": f"user:{user.pk}", "at": row.at, "by": row.by}
        for row, user in zip(rows, users, strict=True)
    )
    return users
