from collections import defaultdict

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Code, Repeal
from courses.models import Course
from institutions.models import Position, Post, Sector
from institutions.models.places import TwoScriptName


class RequirementQuerySet(models.QuerySet):
    def active_on(self, day):
        """Requirements that ask something on the day: none whose code is repealed by then."""
        repealed = Repeal.objects.standing_on(day).filter(edition__code=OuterRef("code"))
        active = self.filter(active_from__lte=day).filter(Q(active_to__isnull=True) | Q(active_to__gte=day))
        return active.exclude(Exists(repealed))


class Requirement(TwoScriptName):
    """What a code asks of the people it binds: sign it, complete these courses, again every so many months."""

    class ExpiryBasis(models.TextChoices):
        ISSUE = "issue", _("From the day of issue")
        PREVIOUS = "previous", _("From the end of the certificate before")

    slug = models.SlugField(unique=True)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="requirements")
    serial_prefix = models.CharField(max_length=6)
    due_days = models.PositiveSmallIntegerField(default=90)
    validity_months = models.PositiveSmallIntegerField(default=12)
    window_days = models.PositiveSmallIntegerField(default=60)
    grace_days = models.PositiveSmallIntegerField(default=30)
    expiry_basis = models.CharField(max_length=8, choices=ExpiryBasis, default=ExpiryBasis.PREVIOUS)
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)
    courses = models.ManyToManyField(Course, through="RequirementCourse", related_name="requirements")

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["code__sector__order", "slug"]

    def __str__(self):
        return self.slug


class RequirementCourse(models.Model):
    """A course that a requirement asks for, in order."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="course_rows")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="requirement_rows")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["requirement", "order"]
        constraints = [models.UniqueConstraint(fields=["requirement", "course"], name="requirement_course_once")]

    def __str__(self):
        return f"{self.requirement_id}: {self.course_id}"


class RequirementRule(models.Model):
    """One condition on a post. Conditions of a group hold together; any group is enough."""

    class Dimension(models.TextChoices):
        SECTOR = "sector", _("Sector")
        POSITION = "position", _("Position")
        CONTACT = "contact", _("Works directly with children")

    LOOKUPS = {
        Dimension.SECTOR: "sector__slug",
        Dimension.POSITION: "position__slug",
        Dimension.CONTACT: "position__contact_with_children",
    }

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="rules")
    group = models.PositiveSmallIntegerField(default=1)
    dimension = models.CharField(max_length=12, choices=Dimension)
    value = models.CharField(max_length=80)

    class Meta:
        ordering = ["requirement", "group", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "group", "dimension"], name="requirement_rule_once_a_group")
        ]

    def __str__(self):
        return f"{self.requirement_id}/{self.group}: {self.dimension}"

    def condition(self, sectors):
        """What it asks of a post. sectors maps each slug to its id, so that the database need not join for it."""
        if self.dimension == self.Dimension.SECTOR:
            return Q(sector=sectors.get(self.value))
        return Q(**{self.LOOKUPS[self.dimension]: self._wanted})

    def holds_for(self, post):
        """What condition says, of a post whose sector and position are at hand."""
        value = post
        for name in self.LOOKUPS[self.dimension].split("__"):
            value = getattr(value, name)
        return value == self._wanted

    @property
    def _wanted(self):
        return self.value == "yes" if self.dimension == self.Dimension.CONTACT else self.value


class Binder:
    """Which requirements a post binds to on a day, by its sector and position, read once for any number of posts."""

    def __init__(self, day):
        self._requirements = list(Requirement.objects.active_on(day).prefetch_related("rules"))
        self._sectors, self._positions = Sector.objects.in_bulk(), Position.objects.in_bulk()
        self._known = {}
        self.conditions = _conditions(self._requirements, {each.slug: pk for pk, each in self._sectors.items()})
        """What binding_conditions says."""

    def of(self, sector_id, position_id):
        """The ids of the requirements."""
        key = sector_id, position_id
        if key not in self._known:
            post = Post(sector=self._sectors[sector_id], position=self._positions[position_id])
            self._known[key] = frozenset(each.pk for each in self._requirements if _binds(each, post))
        return self._known[key]


def _binds(requirement, post):
    groups = defaultdict(list)
    for rule in requirement.rules.all():
        groups[rule.group].append(rule.holds_for(post))
    return any(map(all, groups.values()))


def binding_conditions(day):
    """Requirement id → the posts (as a condition on Post) that it binds, for requirements active on the day.

    Three queries, whatever the number of people.
    """
    return rule_conditions(Requirement.objects.active_on(day))


def rule_conditions(requirements):
    """Requirement id → the posts (as a condition on Post) that its rules describe, active or not."""
    sectors = dict(Sector.objects.values_list("slug", "pk"))
    return _conditions(requirements.prefetch_related("rules"), sectors)


def _conditions(requirements, sectors):
    conditions = {}
    for requirement in requirements:
        groups = defaultdict(Q)
        for rule in requirement.rules.all():
            groups[rule.group] &= rule.condition(sectors)
        if groups:
            bound = Q()
            for condition in groups.values():
                bound |= condition
            conditions[requirement.pk] = bound
    return conditions


def bound_posts(day, conditions, posts=None):
    """For a queryset with person_id and requirement_id: a post on the day that binds this person to it.

    posts narrows the posts that count, such as to those whose holders a viewer sees by name.
    """
    held = (Post.objects.all() if posts is None else posts).serving_on(day)
    binds = Q(pk__in=[])
    for requirement_id, condition in conditions.items():
        binds |= Q(Exact(OuterRef("requirement_id"), requirement_id)) & condition
    # One subquery for all requirements: PostgreSQL joins it once, where it ran one for each inside an OR.
    return Q(Exists(held.filter(binds, person=OuterRef("person_id"))))


def any_of(conditions):
    """The posts that bind their holders to anything at all."""
    found = Q(pk__in=[])
    for condition in conditions.values():
        found |= condition
    return found
