"""The figures of a ministry: how many people, trained, passed, signed and certified, cut by place, sex and sector.

A person counts once in every row, with any number of posts. Under several requirements a person counts as certified
(trained, passed, signed) only if that holds under each of them.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from certification.models import Period
from certification.models.requirements import any_of, binding_conditions
from certification.models.standing import with_figures, without_period
from institutions.models import Institution, Post

NOBODY = (0, 0, 0, 0)


@dataclass
class Figures:
    """Five counts of people; the first is the denominator of the other four."""

    people: int = 0
    trained: int = 0
    passed: int = 0
    signed: int = 0
    certified: int = 0

    def add(self, flags):
        trained, passed, signed, certified = flags
        self.people += 1
        self.trained += trained
        self.passed += passed
        self.signed += signed
        self.certified += certified

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


def binding_posts(scope, day, *, institution=None):
    """Posts of the day that bind somebody to a requirement and that the viewer may count."""
    posts = Post.objects.countable_by(scope).serving_on(day).filter(any_of(binding_conditions(day)))
    return posts.in_subtree(institution) if institution else posts


def coverage_of(scope, day, *, institution=None):
    """Count everyone whom a requirement binds on the day, inside the institution or all the viewer may count.

    Keys: by_child the tree path one step below the institution (or of the root), "" for the institution's own
    people; by_province the two-digit area code, "" without an area; by_sex F or M; by_sector the sector's id.
    The number of queries does not depend on the number of people.
    """
    posts = binding_posts(scope, day, institution=institution)
    flags = _flags(posts, day)
    depth = len(institution.path) if institution else 0
    coverage = Coverage()
    seen = set()
    rows = posts.values_list("person_id", "person__sex", "institution__path", "institution__area__code", "sector_id")
    for person_id, sex, path, area_code, sector_id in rows.iterator(chunk_size=5000):
        facts = flags.get(person_id, NOBODY)
        child = path[: depth + Institution.steplen] if len(path) > depth else ""
        for key, table in (
            (("total",), None),
            (("child", child), coverage.by_child),
            (("province", (area_code or "")[:2]), coverage.by_province),
            (("sex", sex), coverage.by_sex),
            (("sector", sector_id), coverage.by_sector),
        ):
            mark = (person_id, *key)
            if mark in seen:
                continue
            seen.add(mark)
            (coverage.total if table is None else table[key[1]]).add(facts)
    return coverage


def _flags(posts, day):
    """Person id → (trained, passed, signed, certified), each 1 only if it holds under every requirement that binds.

    What binds is read off these posts alone, so a unit's figures never rest on a post that it does not see. A
    requirement that has not asked anything yet is not met.
    """
    periods = Period.objects.filter(person__in=posts.values("person")).current_on(day).bound_on(day, posts)
    columns = ("person_id", "is_trained", "is_passed", "is_signed", "is_certified")
    flags = {}
    for person_id, *facts in with_figures(periods, day).values_list(*columns).iterator(chunk_size=5000):
        earlier = flags.get(person_id, facts)
        flags[person_id] = tuple(min(pair) for pair in zip(earlier, facts, strict=True))
    unasked = posts.filter(any_of(without_period(day, binding_conditions(day))))
    flags.update(dict.fromkeys(unasked.values_list("person_id", flat=True), NOBODY))
    return flags
