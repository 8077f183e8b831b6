"""Pairs of rows that may be one human: one day of birth, and a name or staff number that looks the same.

The same name with day and month of birth in each other's place counts too.
"""

import re
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from institutions.models import NotOneHuman, Person, PersonMerge, Post, StaffNumber

_KHMER, _LATIN = re.compile("[\u1780-\u17ff]"), re.compile("[a-z]")
MOST_ALIKE = 6
"""Rows alike in one thing that are compared with each other; more than that says nothing about any two of them."""

MONTHS = 12
LARGE, KNOWN_FOR = 5_000, 600
"""Rows of a register whose count is worth knowing for a while, and the seconds of that while."""
MOST_COUNTED = 200
_counted = {}


class Likeness(models.TextChoices):
    """Why two rows are thought to be one human, the most telling first."""

    NAME = "name", _("Same name and date of birth")
    NUMBER = "number", _("Same staff number in two registers, and same date of birth")
    SWAPPED = "swapped", _("Same name; day and month of birth change places")
    NEAR = "near", _("Nearly the same name, and same date of birth")


@dataclass
class Pair:
    """Two rows and why they look alike; the posts are those that the viewer sees."""

    first: Person
    second: Person
    likeness: Likeness
    posts: dict

    @property
    def sides(self):
        """Each row with its posts."""
        return [(person, self.posts.get(person.pk, [])) for person in (self.first, self.second)]


def near_keys(name_key):
    """What two spellings of a name have in common, from the key of the register.

    The order of the words does not count, so family and given name may stand swapped; blanks inside the Khmer name
    do not, so it may be written in one word. One script is enough: the other may be spelt quite differently.
    """
    khmer, latin, has_khmer = [], [], False
    for word in name_key.split():
        # A word of digits belongs to both scripts: it keeps two people apart whose names differ by a number.
        is_khmer = not word.isascii() and bool(_KHMER.search(word))
        if not is_khmer:
            latin.append(word)
        if not _LATIN.search(word):
            khmer.append(word)
            has_khmer |= is_khmer
    keys = {("words", " ".join(sorted(found))) for found in (khmer, latin) if len(found) > 1}
    return keys | ({("joined", "".join(khmer))} if has_khmer else set())


def pairs_of(scope):
    """(id, id) → likeness of the rows that the viewer sees by name, without those kept apart; three queries."""
    return _compared(scope)[0]


def _compared(scope):
    """The pairs, and how many rows were compared."""
    seen = Person.objects.visible_to(scope).filter(birth_date__isnull=False)
    alike = {likeness: defaultdict(list) for likeness in Likeness}
    same, near = alike[Likeness.NAME], alike[Likeness.NEAR]
    born = {}
    for pk, name_key, birth_date in seen.values_list("pk", "name_key", "birth_date").order_by("pk"):
        born[pk] = birth_date
        same[birth_date, name_key].append(pk)
        if birth_date.day <= MONTHS and birth_date.day != birth_date.month:  # 5/3 that somebody read as 3/5
            either = frozenset((birth_date.day, birth_date.month))
            alike[Likeness.SWAPPED][birth_date.year, either, name_key].append(pk)
        for key in near_keys(name_key):
            near[birth_date, key].append(pk)
    numbers = StaffNumber.objects.filter(person__in=seen, posts__in=Post.objects.visible_to(scope)).distinct()
    for pk, number in numbers.values_list("person", "number").order_by("person"):
        alike[Likeness.NUMBER][born[pk], number].append(pk)
    found = {}
    for likeness, groups in alike.items():  # the most telling first
        for people in groups.values():
            if len(people) > 1:
                people = list(dict.fromkeys(people))
                for pair in combinations(people, 2) if len(people) <= MOST_ALIKE else ():
                    found.setdefault(pair, likeness)
    for pair in NotOneHuman.objects.values_list("first", "second"):
        found.pop(pair, None)
    order = list(Likeness)
    return dict(sorted(found.items(), key=lambda row: (order.index(row[1]), row[0]))), len(born)


def count_pairs(scope, *, clock=time.monotonic):
    """How many pairs there are, for the to-do page.

    Of a large register this process knows the number for some minutes; a merge or two rows kept apart show at once. A
    smaller one is counted anew each time.
    """
    newest = [model.objects.aggregate(newest=Max("pk"))["newest"] for model in (PersonMerge, NotOneHuman)]
    key = (scope.today, scope.names_kinds, scope.grants, *newest)
    count, until = _counted.get(key, (0, 0))
    if clock() < until:
        return count
    pairs, rows = _compared(scope)
    if rows > LARGE:
        if len(_counted) >= MOST_COUNTED:
            _counted.clear()
        _counted[key] = len(pairs), clock() + KNOWN_FOR
    return len(pairs)


def with_facts(scope, page):
    """The pairs of a page, given as ((id, id), likeness), with people and the posts seen; two queries."""
    ids = {pk for pair, _likeness in page for pk in pair}
    people = Person.objects.visible_to(scope).in_bulk(ids)
    posts = defaultdict(list)
    seen = Post.objects.visible_to(scope).filter(person__in=ids, starts_on__lte=scope.today)
    for post in seen.select_related("institution", "position", "staff_number").order_by("-starts_on", "-pk"):
        posts[post.person_id].append(post)
    return [Pair(people[first], people[second], likeness, posts) for (first, second), likeness in page]
