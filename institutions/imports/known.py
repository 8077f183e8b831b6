"""What the register knows that a workbook of people is held against; read once, in a fixed number of queries a batch.

Everything here is a plain value: the judgement never asks the database.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from django.db.models.functions import Coalesce

from institutions.khmer import comparison_key
from institutions.models import Institution, Person, Position, Post, StaffNumber
from institutions.people_in import columns as c
from institutions.permissions import own_rows

CHUNK = 900
COUNTED = Coalesce("merged_into", "pk")
LONGEST_NUMBER = 15
# What a digest is of; whether a post is the importer's own differs from one to the next.
_OF_POST = ("pk", "institution", "position", "number", "rank", "starts_on", "ends_on")
# Only where they say something: so what was kept before they could be imported still compares.
_OF_SOME_POSTS = {"basis": Post.Basis.REGULAR, "end_reason": ""}
_OF_PERSON = ("pk", "name", "name_latin", "name_key", "sex", "birth_date")


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post as the register has it; is_ours says whether the importer sees it."""

    pk: int
    institution: int
    position: int
    number: str
    rank: str
    starts_on: date
    ends_on: date | None
    basis: str
    end_reason: str
    is_ours: bool

    def facts(self):
        """What a digest is of."""
        facts = {key: getattr(self, key) for key in _OF_POST}
        return facts | {key: getattr(self, key) for key, usual in _OF_SOME_POSTS.items() if getattr(self, key) != usual}

    def is_current(self, day):
        return self.ends_on is None or self.ends_on >= day


@dataclass(slots=True)
class KnownPerson:
    """A person with every post they hold or held, and their numbers in the register of the import."""

    pk: int
    name: str
    name_latin: str
    name_key: str
    sex: str
    birth_date: date | None
    posts: list = field(default_factory=list)
    numbers: set = field(default_factory=set)

    def is_ours(self, day):
        """Serves in the importer's institutions, or served there last and serves nowhere now; or has no post at all."""
        current = [post for post in self.posts if post.is_current(day)]
        if current:
            return any(post.is_ours for post in current)
        last = max(self.posts, key=lambda post: (post.ends_on, post.pk), default=None)
        return last is None or last.is_ours

    def digest(self):
        """A hash of everything that a row about this person was judged against, the same for every importer."""
        facts = {key: getattr(self, key) for key in _OF_PERSON}
        facts["numbers"] = sorted(self.numbers)
        posts = sorted(self.posts, key=attrgetter("pk"))
        facts["posts"] = [post.facts() for post in posts]
        return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()[:32]


@dataclass
class Known:
    """Everything that the rows of one file are judged against."""

    day: date
    home: int
    institutions: dict = field(default_factory=dict)  # pk → Institution, those of the import's subtree
    by_code: dict = field(default_factory=dict)
    by_place_name: dict = field(default_factory=lambda: defaultdict(set))
    positions: dict = field(default_factory=dict)
    by_position: dict = field(default_factory=lambda: defaultdict(set))
    by_sector: dict = field(default_factory=lambda: defaultdict(set))
    people: dict = field(default_factory=dict)
    by_number: dict = field(default_factory=dict)
    by_name: dict = field(default_factory=lambda: defaultdict(set))
    kept: dict = field(default_factory=dict)  # a row that a reference names → the row it is merged into
    own: frozenset = frozenset()  # rows of whoever imports, who changes nothing that is said of themselves
    begins_with_zero: bool = False
    missing: list = field(default_factory=list)  # people with a post in the complete institution on its day


def load(rows, *, institution, scope, complete_of=None, complete_on=None):
    """What the register knows about the rows of a file (Said) that comes into an institution."""
    known = Known(scope.today, institution.pk, own=own_rows(scope))
    _load_lists(known, institution)
    root = register_of(institution)
    wanted = _load_numbers(known, rows, root)
    rows = [said.values for said in rows]
    wanted |= _load_references(known, rows)
    wanted |= _load_namesakes(known, rows)
    if complete_of is not None:
        known.missing = _serving(complete_of, complete_on)
        wanted |= {person for person, _post, _starts in known.missing}
    load_people(known, wanted, root, scope)
    return known


def register_of(institution):
    """The root institution, which is the register that staff numbers are unique in."""
    return institution if institution.depth == 1 else institution.get_root()


def reference_pk(text):
    """The number of the person that a reference such as P-000012 names, or None."""
    digits = text[2:] if text.startswith("P-") else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _load_lists(known, institution):
    for place in Institution.objects.in_subtree(institution):
        known.institutions[place.pk] = place
        known.by_code[place.code.casefold()] = place.pk
        for name in (place.name, place.name_latin):
            known.by_place_name[comparison_key(name)].add(place.pk)
    for position in Position.objects.select_related("sector"):
        known.positions[position.pk] = position
        for word in (position.slug, position.name, position.name_latin, *position.aliases):
            known.by_position[comparison_key(str(word))].add(position.pk)
        for word in (position.sector.slug, position.sector.name, position.sector.name_latin):
            known.by_sector[comparison_key(word)].add(position.sector_id)


def chunks(values):
    values = sorted(values)
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def _load_numbers(known, rows, root):
    """Fills by_number with the numbers of the file and those that a lost zero may have been; their people."""
    asked = set()
    for said in rows:
        number = said.values.get(c.STAFF_NUMBER)
        if number:
            asked.add(number)
            if said.number_was_numeric and number.isascii() and number.isdigit():
                asked |= {number.zfill(length) for length in range(len(number) + 1, LONGEST_NUMBER)}
    given = StaffNumber.objects.filter(register=root)
    for some in chunks(asked):
        known.by_number.update(given.filter(number__in=some).values_list("number", "person_id"))
    known.begins_with_zero = given.filter(number__startswith="0").exists()
    return set(known.by_number.values())


def _load_references(known, rows):
    """The people whom references name; of a row that was merged, the row that stands for both."""
    asked = {pk for pk in (reference_pk(values.get(c.REFERENCE, "")) for values in rows) if pk}
    for some in chunks(asked):
        known.kept.update(Person.objects.filter(pk__in=some).values_list("pk", COUNTED))
    return {known.kept.get(pk, pk) for pk in asked}


def _load_namesakes(known, rows):
    """Fills by_name, (key of a name in either script, birth date) → people, with those that the file names."""
    keys = defaultdict(set)
    for values in rows:
        born = values.get(c.BIRTH_DATE)
        if born:
            for column in (c.NAME, c.NAME_LATIN):
                if column in values:
                    keys[born].add(comparison_key(values[column]))
    found = set()
    for some in chunks(keys):
        people = Person.objects.filter(birth_date__in=some)
        people = people.values_list(COUNTED, "birth_date", "name", "name_latin")
        for pk, born, name, name_latin in people.iterator():
            for key in {comparison_key(name), comparison_key(name_latin)} & keys[born]:
                if key:
                    known.by_name[key, born].add(pk)
                    found.add(pk)
    return found


def load_people(known, wanted, root, scope):
    """Fills people with these, each with their posts and their numbers in the register."""
    paths = tuple(grant.path for grant in scope.grants if grant.kind in scope.names_kinds and grant.path)
    for some in chunks(wanted):
        for row in Person.objects.filter(pk__in=some).values_list(
            "pk", "name", "name_latin", "name_key", "sex", "birth_date"
        ):
            known.people[row[0]] = KnownPerson(*row)
        numbers = StaffNumber.objects.filter(person__in=some, register=root).values_list("person_id", "number")
        for person, number in numbers:
            known.people[person].numbers.add(number)
        posts = Post.objects.filter(person__in=some).order_by("starts_on", "pk")
        for person, path, *facts in posts.values_list(
            "person_id",
            "institution__path",
            "pk",
            "institution_id",
            "position_id",
            "staff_number__number",
            "rank",
            "starts_on",
            "ends_on",
            "basis",
            "end_reason",
        ):
            facts[3] = facts[3] or ""
            known.people[person].posts.append(KnownPost(*facts, is_ours=bool(paths) and path.startswith(paths)))


def _serving(institution, day):
    """(person, post, first day) of every post in the subtree that is held on the day."""
    posts = Post.objects.serving_on(day).in_subtree(institution).order_by("person_id", "pk")
    return list(posts.values_list("person_id", "pk", "starts_on"))
