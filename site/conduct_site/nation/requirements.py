"""What each code of the demo asks of the people it binds."""

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


def load_requirements(active_from):
    """One requirement a sector: sign the code, complete the core course and, where there is one, the sector's own."""
    core = Course.objects.get(sector=None)
    for code in Code.objects.select_related("sector"):
        prefix, months = TERMS[code.sector.slug]
        requirement = Requirement.objects.create(
            slug=code.slug,
            code=code,
            name=code.name,
            name_latin=code.name_latin,
            serial_prefix=prefix,
            due_days=DUE_DAYS,
            validity_months=months,
            window_days=WINDOW_DAYS,
            grace_days=GRACE_DAYS,
            active_from=active_from,
        )
        RequirementRule.objects.create(
            requirement=requirement, dimension=RequirementRule.Dimension.SECTOR, value=code.sector.slug
        )
        for order, course in enumerate([core, *Course.objects.filter(sector=code.sector)]):
            RequirementCourse.objects.create(requirement=requirement, course=course, order=order)


def number_of_courses(sector_slug):
    """How many courses the sector's requirement asks for."""
    return 1 + sum(content.course(slug)["sector"] == sector_slug for slug in content.course_slugs())
