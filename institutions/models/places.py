from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet


class TwoScriptName(models.Model):
    """Something with a name in the official script and one in Latin letters."""

    name = models.CharField(_("name"), max_length=200)
    name_latin = models.CharField(_("name in Latin letters"), max_length=200)

    class Meta:
        abstract = True

    @property
    def label(self):
        """The name that fits the language of the page."""
        return self.name if get_language() == "km" else self.name_latin


class Sector(TwoScriptName):
    """A profession that has a code of conduct of its own."""

    slug = models.SlugField(unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self):
        return self.slug


class Position(TwoScriptName):
    """An entry of the reference list of positions of a sector; an import never makes one."""

    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="positions")
    slug = models.SlugField()
    contact_with_children = models.BooleanField(default=True)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["sector", "slug"]
        constraints = [models.UniqueConstraint(fields=["sector", "slug"], name="position_unique_in_sector")]

    def __str__(self):
        return f"{self.sector_id}/{self.slug}"


class AreaQuerySet(models.QuerySet):
    def provinces(self):
        return self.filter(level=Area.Level.PROVINCE)

    def within(self, area):
        """The area and everything below it, by its gazetteer code."""
        return self.filter(code__startswith=area.code)


class Area(TwoScriptName):
    """A unit of the gazetteer; its code grows by two digits a level (province 01, district 0102)."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("Capital or province")
        DISTRICT = 2, _("Municipality, district or khan")
        COMMUNE = 3, _("Commune or sangkat")

    code = models.CharField(max_length=6, unique=True)
    level = models.PositiveSmallIntegerField(choices=Level)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Place on the tile map")
    tile_row = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(level__in=[1, 2, 3]), name="area_level_known")]

    def __str__(self):
        return self.code

    @property
    def province_code(self):
        return self.code[:2]


def path_after(path):
    """The first tree path behind every path that begins with this one (None: there is none).

    A range of paths uses the index on both databases, which LIKE does not on SQLite; the alphabet 0-9A-Z sorts the
    same in every collation.
    """
    alphabet = Institution.alphabet
    for position in range(len(path) - 1, -1, -1):
        rank = alphabet.index(path[position])
        if rank + 1 < len(alphabet):
            return path[:position] + alphabet[rank + 1]
    return None


def within_path(path, field="path"):
    """A condition that holds for the node at the path and everything below it."""
    after = path_after(path)
    below = Q(**{f"{field}__lt": after}) if after else Q()
    return Q(**{f"{field}__gte": path}) & below


class InstitutionQuerySet(MP_NodeQuerySet):
    def in_subtree(self, institution):
        return self.filter(within_path(institution.path))

    def open_on(self, day):
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def called(self, typed):
        """Institutions whose name in either script holds what was typed, or that have it as their code."""
        return self.filter(Q(name__icontains=typed) | Q(name_latin__icontains=typed) | Q(code__iexact=typed))

    def visible_to(self, scope):
        """Institutions inside the viewer's subtrees or areas."""
        return self.filter(scope.condition("path", "area__code"))

    countable_by = visible_to


class InstitutionManager(MP_NodeManager.from_queryset(InstitutionQuerySet)):
    """treebeard's manager, which builds its own querysets, made to build ours."""

    def get_queryset(self):
        return InstitutionQuerySet(self.model, using=self._db).order_by("path")


class Institution(TwoScriptName, MP_Node):
    """A ministry, department, office, school, station, centre, firm, outlet or pagoda, in one tree."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        DEPARTMENT = "department", _("Provincial department")
        DISTRICT_OFFICE = "district-office", _("District office")
        SCHOOL = "school", _("School")
        STATION = "station", _("Police post")
        HEALTH_CENTRE = "health-centre", _("Health centre")
        COURT = "court", _("Court")
        CENTRE = "centre", _("Care centre")
        FIRM = "firm", _("Firm")
        OUTLET = "outlet", _("Media outlet")
        PAGODA = "pagoda", _("Place of worship")

    steplen = 4
    code = models.SlugField(unique=True, max_length=60)
    kind = models.CharField(max_length=20, choices=Kind)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="institutions")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="The first day on which it is closed")
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    hr_unit = models.CharField(max_length=200, blank=True)
    hr_unit_latin = models.CharField(max_length=200, blank=True)
    hr_phone = models.CharField(max_length=40, blank=True)
    hr_hours = models.CharField(max_length=120, blank=True)
    hr_hours_latin = models.CharField(max_length=120, blank=True)

    objects = InstitutionManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_on__isnull=True) | Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="institution_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(closed_on__isnull=False), name="institution_succeeded_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")), name="institution_succeeds_another"
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def level_path(self):
        """The tree paths of this institution and of everything above it, from the root down."""
        return [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]

    @property
    def hr_label(self):
        return self.hr_unit if get_language() == "km" else self.hr_unit_latin

    @property
    def hr_hours_label(self):
        return self.hr_hours if get_language() == "km" else self.hr_hours_latin
