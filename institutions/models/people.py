from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from institutions.models.places import Institution, Position, Sector, TwoScriptName, within_path


class PersonQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """People who serve, or have served, inside the subtrees whose names the viewer may see."""
        posts = Post.objects.filter(person=OuterRef("pk"), starts_on__lte=scope.today)
        return self.filter(Exists(posts.filter(scope.names_condition("institution__path"))))

    def countable_by(self, scope):
        """People who may stand in a total of the viewer's: names are not shown, areas count."""
        posts = Post.objects.serving_on(scope.today).filter(person=OuterRef("pk"))
        return self.filter(Exists(posts.filter(scope.condition("institution__path", "institution__area__code"))))

    def serving_in(self, institution, day):
        posts = Post.objects.serving_on(day).filter(person=OuterRef("pk"))
        return self.filter(Exists(posts.filter(within_path(institution.path, "institution__path"))))

    def named_like(self, key):
        """People whose name in either script, or whose staff number, holds the comparison key."""
        number = StaffNumber.objects.filter(person=OuterRef("pk"), number__startswith=key.upper())
        return self.filter(Q(name_key__contains=key) | Exists(number))


class Person(TwoScriptName):
    """A human whom a code may bind; family name first in both scripts. May have no account."""

    class Sex(models.TextChoices):
        FEMALE = "F", _("Female")
        MALE = "M", _("Male")

    name_key = models.CharField(max_length=420, db_index=True, editable=False)
    sex = models.CharField(max_length=1, choices=Sex)
    birth_date = models.DateField(null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )

    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_rows")
    """The kept row of the same human, to which posts, duties and numbers were handed; what was signed stays here."""

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["birth_date"], name="person_birth_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="person_not_merged_into_itself"
            )
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self):
        """A neutral reference for logs and lists that must not hold a name."""
        return f"P-{self.pk:06d}" if self.pk else "P-new"

    @property
    def given_name(self):
        """What a greeting uses: the name without the family name."""
        return self.label.split(" ", 1)[-1]


class StaffNumber(models.Model):
    """One number of one register (a root institution) belongs to one person for good."""

    register = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="staff_numbers")
    number = models.CharField(max_length=30)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="staff_numbers")
    entered_for = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="staff_number_unique_in_register"),
            models.CheckConstraint(condition=~Q(number=""), name="staff_number_not_empty"),
        ]

    def __str__(self):
        return f"staff number {self.pk}"


class PostQuerySet(models.QuerySet):
    def serving_on(self, day):
        """Posts held on the day, both ends inclusive."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def not_over_on(self, day):
        """Posts held on the day or begun later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def visible_to(self, scope):
        return self.filter(scope.names_condition("institution__path"))

    def countable_by(self, scope):
        return self.filter(scope.condition("institution__path", "institution__area__code"))

    def of(self, person):
        return self.filter(person=person)

    def ended_by_death_on(self, day):
        """Posts that death has ended, on the day or before it, of people who hold none any more."""
        held = Post.objects.filter(person=OuterRef("person")).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
        return self.filter(end_reason=Post.EndReason.DIED, ends_on__lte=day).exclude(Exists(held))

    def in_subtree(self, institution):
        return self.filter(within_path(institution.path, "institution__path"))


class Post(models.Model):
    """A person serving an institution in a position, from a day to a day; several may hold at once."""

    class Basis(models.TextChoices):
        REGULAR = "regular", _("Regular post")
        ACTING = "acting", _("Acting")

    class EndReason(models.TextChoices):
        TRANSFER = "transfer", _("Transferred")
        LEAVE = "leave", _("On leave")
        ACTING_OVER = "acting-over", _("Acting ended")
        RESIGNED = "resigned", _("Resigned")
        RETIRED = "retired", _("Gone into retirement")
        DIED = "died", _("Died")
        OTHER = "other", _("Another reason")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="posts")
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="posts")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="posts")
    staff_number = models.ForeignKey(StaffNumber, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    rank = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.REGULAR)
    end_reason = models.CharField(max_length=12, choices=EndReason, blank=True)
    entered_for = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    """The row for which the post was entered, while that row is merged into the person's."""

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="post_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["person", "institution", "position"],
                condition=Q(ends_on__isnull=True, entered_for__isnull=True),
                name="post_open_once_per_place_and_position",
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(ends_on__isnull=False), name="post_end_reason_needs_an_end"
            ),
        ]
        indexes = [models.Index(fields=["person", "starts_on"]), models.Index(fields=["institution", "person"])]

    def __str__(self):
        return f"post {self.pk}"

    @property
    def end_reasons(self):
        """Why the post may end: only acting can be over."""
        return [each for each in self.EndReason if self.basis == self.Basis.ACTING or each != each.ACTING_OVER]

    def is_held_on(self, day):
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


class DesignationQuerySet(models.QuerySet):
    def visible_to(self, scope):
        """Duties at the institutions whose people the viewer sees by name."""
        return self.filter(scope.names_condition("institution__path"))

    def of(self, person):
        return self.filter(person=person)


class Designation(models.Model):
    """A dated duty that a person carries beside the post, such as designated teacher."""

    class Kind(models.TextChoices):
        DESIGNATED_TEACHER = "designated-teacher", _("Designated teacher")
        CHILD_INTERVIEWER = "child-interviewer", _("Designated officer for interviews with children")
        CHILD_LABOUR_INSPECTOR = "child-labour-inspector", _("Designated child labour inspector")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="designations")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="designations")
    kind = models.CharField(max_length=30, choices=Kind)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    entered_for = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = DesignationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="designation_ends_after_start"
            )
        ]

    def __str__(self):
        return f"designation {self.pk}"
