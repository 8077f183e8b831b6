"""What each code of the demo asks of the people it binds."""

from dataclasses import dataclass

from certification.models import Requirement, RequirementCourse, RequirementRule
from conduct_codes.models import Code
from conduct_site.nation import content
from courses.models import Course

# Serial prefix and validity in months; everybody renews yearly but where the work with children is rarer.
TERMS = {
    "judicial-police": ("JPA", 12),
    "education": ("EDU", 12),
    "national-police": ("POL", 12),
    "health": ("HEA", 12),
    "labour": ("LAB", 12),
    "tourism": ("TOU", 12),
    "media": ("MED", 24),
    "child-welfare": ("CWO", 12),
    "justice": ("JUS", 24),
    "religious": ("REL", 24),
}
DUE_DAYS, WINDOW_DAYS, GRACE_DAYS = 90, 60, 30


@dataclass(frozen=True)
class Part:
    """The people of a sector for whom one requirement holds: all of them, or only those in some positions."""

    positions: tuple = ()
    with_module: bool = True
    slug: str = ""
    serial_prefix: str = ""
    name: str = ""
    name_latin: str = ""

    def holds_for(self, position_slug):
        return not self.positions or position_slug in self.positions


WHOLE = (Part(),)
# A ministry may begin its module with some of its staff. Health begins with those who examine children, write the
# certificates and answer for a health centre; until the others follow, the common course is what they complete.
PARTS = {
    "health": (
        Part(positions=("nurse", "laboratory-technician", "pharmacist"), with_module=False),
        Part(
            positions=("doctor", "midwife", "centre-chief"),
            slug="health-examination",
            serial_prefix="HEX",
            name="អ្នកពិនិត្យកុមារ",
            name_latin="examining staff",
        ),
    ),
}


def load_requirements(active_from):
    """What each sector asks: sign the code, complete the core course and the sector's module where it has begun."""
    core = Course.objects.get(sector=None)
    for code in Code.objects.select_related("sector"):
        module = Course.objects.get(sector=code.sector)
        for part in PARTS.get(code.sector.slug, WHOLE):
            requirement = _requirement(code, part, active_from)
            _bind(requirement, code.sector.slug, part.positions)
            for order, course in enumerate([core, module] if part.with_module else [core]):
                RequirementCourse.objects.create(requirement=requirement, course=course, order=order)


def _requirement(code, part, active_from):
    prefix, months = TERMS[code.sector.slug]
    return Requirement.objects.create(
        slug=part.slug or code.slug,
        code=code,
        name=f"{code.name} ({part.name})" if part.name else code.name,
        name_latin=f"{code.name_latin} ({part.name_latin})" if part.name_latin else code.name_latin,
        serial_prefix=part.serial_prefix or prefix,
        due_days=DUE_DAYS,
        validity_months=months,
        window_days=WINDOW_DAYS,
        grace_days=GRACE_DAYS,
        active_from=active_from,
    )


def _bind(requirement, sector_slug, positions):
    """The rules: the sector, and for a part of it one group for each position."""
    for group, position in enumerate(positions or [None], start=1):
        asked = {RequirementRule.Dimension.SECTOR: sector_slug, RequirementRule.Dimension.POSITION: position}
        RequirementRule.objects.bulk_create(
            RequirementRule(requirement=requirement, group=group, dimension=dimension, value=value)
            for dimension, value in asked.items()
            if value
        )


def number_of_courses(sector_slug, position_slug):
    """How many courses the sector asks of people in the position."""
    part = next(part for part in PARTS.get(sector_slug, WHOLE) if part.holds_for(position_slug))
    modules = sum(content.course(slug)["sector"] == sector_slug for slug in content.course_slugs())
    return 1 + modules * part.with_module
