"""The figures of a ministry: how many people, trained, passed, signed and certified, cut by place, sex and sector.

A person counts once in every row, with any number of posts. Under several requirements a person counts as certified
(trained, passed, signed) only if that holds under each of them.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from certification.models import Period
from certification.models.requirements import any_of, binding_conditions, bound_posts
from certification.models.standing import HOLDING, with_milestones, without_period
from institutions.models import Institution, Post

NOBODY = (0, 0, 0, 0)
MILESTONES = ("person_id", "rank", "was_trained", "was_passed", "is_signed")


@dataclass
class Figures:
    """Five counts of people; the first is the denominator of the other four."""

    people: int = 0
    trained: int = 0
    passed: int = 0
    signed: int = 0
    certified: int = 0

    def add(self, flags, people):
        """Count so many people who have these flags."""
        trained, passed, signed, certified = flags
        self.people += people
        self.trained += trained * people
        self.passed += passed * people
        self.signed += signed * people
        self.certified += certified * people

    @property
    def missing(self):
        return self.people - self.certified

    def share(self, name):
        """The named count as a part of the people, between 0 and 1; None where there is nobody."""
        return getattr(self, name) / self.people if self.people else None

    @property
    def certified_share(self):
        return self.share("certified")


@dataclass
class Coverage:
    """The figures of one institution (or of all that the viewer may count) on one day."""

    total: Figures = field(default_factory=Figures)
    by_child: dict = field(default_factory=lambda: defaultdict(Figures))
    by_province: dict = field(default_factory=lambda: defaultdict(Figures))
    by_sex: dict = field(default_factory=lambda: defaultdict(Figures))
    by_sector: dict = field(default_factory=lambda: defaultdict(Figures))


def binding_posts(scope, day, conditions, *, institution=None):
    """Posts of the day that bind somebody to a requirement and that the viewer may count."""
    posts = Post.objects.countable_by(scope).serving_on(day).filter(any_of(conditions))
    return posts.in_subtree(institution) if institution else posts


def coverage_of(scope, day, *, institution=None):
    """Count everyone whom a requirement binds on the day, inside the institution or all the viewer may count.

    Keys: by_child the tree path one step below the institution (or of the root), "" for the institution's own
    people; by_province the two-digit area code, "" without an area; by_sex F or M; by_sector the sector's id.
    The number of queries does not depend on the number of people.
    """
    conditions = binding_conditions(day)
    posts = binding_posts(scope, day, conditions, institution=institution)
    flags = _flags(posts, day, conditions)
    depth = len(institution.path) if institution else 0
    places = defaultdict(list)
    rows = posts.values_list("person_id", "person__sex", "institution__path", "institution__area__code", "sector_id")
    for person_id, sex, path, area_code, sector_id in rows.iterator(chunk_size=5000):
        child = path[: depth + Institution.steplen] if len(path) > depth else ""
        places[person_id].append((child, (area_code or "")[:2], sex, sector_id))
    # People who are alike in everything that is counted are added at once, which is most of them.
    alike = Counter((flags.get(person_id, NOBODY), tuple(held)) for person_id, held in places.items())
    coverage = Coverage()
    tables = (coverage.by_child, coverage.by_province, coverage.by_sex, coverage.by_sector)
    for (facts, held), people in alike.items():
        coverage.total.add(facts, people)
        for table, keys in zip(tables, zip(*held, strict=True), strict=True):
            for key in set(keys):
                table[key].add(facts, people)
    return coverage


def _flags(posts, day, conditions):
    """Person id → (trained, passed, signed, certified), each 1 only if it holds under every requirement that binds.

    What binds is read off these posts alone, so a unit's figures never rest on a post that it does not see. Whoever
    holds a certificate counts as trained and passed, also when a new period has begun. A requirement that has not
    asked anything yet is not met.
    """
    periods = Period.objects.filter(bound_posts(day, conditions, posts), person__in=posts.values("person"))
    rows = with_milestones(periods.current_on(day), day)
    flags = {}
    for person_id, rank, trained, passed, signed in rows.values_list(*MILESTONES).iterator(chunk_size=5000):
        facts = (1, 1, signed, 1) if rank in HOLDING else (trained, passed, signed, 0)
        earlier = flags.get(person_id)
        flags[person_id] = tuple(map(min, earlier, facts)) if earlier else facts
    unasked = posts.filter(any_of(without_period(day, conditions)))
    flags.update(dict.fromkeys(unasked.values_list("person_id", flat=True), NOBODY))
    return flags
