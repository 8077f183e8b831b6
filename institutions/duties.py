"""Which institution needs somebody with which duty, and where nobody has it today."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from institutions.models import Designation, Institution, Person, Post
from institutions.models.places import within_path
from institutions.permissions import own_rows


@dataclass(frozen=True)
class Required:
    """A duty that every institution of a kind has somebody for; with a sex, somebody of that sex."""

    institution_kind: str
    duty: str
    sex: str = ""


# The promises: child-friendly schools have a designated teacher, police posts a designated woman who hears children.
REQUIRED = (
    Required(Institution.Kind.SCHOOL, Designation.Kind.DESIGNATED_TEACHER),
    Required(Institution.Kind.STATION, Designation.Kind.CHILD_INTERVIEWER, Person.Sex.FEMALE),
)
_BY_KIND = {one.institution_kind: one for one in REQUIRED}


def required_of(institution):
    """The duty that somebody of the institution has to have, or None."""
    return _BY_KIND.get(institution.kind)


def institutions_without(scope, unit=None):
    """Open institutions of the viewer's, or of one unit, where nobody has the required duty today; one query.

    Each has `serving`: how many people serve there today.
    """
    places = Institution.objects.visible_to(scope.acting_as(*scope.names_kinds)).open_on(scope.today)
    if unit:
        places = places.filter(within_path(unit.path))
    wanting = Q(pk__in=[])
    for one in REQUIRED:
        held = holders(scope.today).filter(institution=OuterRef("pk"), kind=one.duty)
        held = held.filter(person__sex=one.sex) if one.sex else held
        wanting |= Q(kind=one.institution_kind) & ~Q(Exists(held))
    served = Post.objects.serving_on(scope.today).filter(institution=OuterRef("pk")).order_by().values("institution")
    counted = Subquery(served.annotate(people=Count("person", distinct=True)).values("people"))
    return places.filter(wanting).annotate(serving=Coalesce(counted, 0)).select_related("area").order_by("path")


def holders(day):
    """Duties that are held on the day."""
    return Designation.objects.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def candidates(scope, institution):
    """Posts at the institution whose holders may be given its required duty today, by name; never the viewer's own."""
    required = required_of(institution)
    posts = Post.objects.visible_to(scope).serving_on(scope.today).filter(institution=institution)
    posts = posts.exclude(person__in=own_rows(scope))
    if required.sex:
        posts = posts.filter(person__sex=required.sex)
    return posts.select_related("person", "position").order_by("person__name_key", "pk")


def posts_of_today(scope, person):
    """The person's posts of today that the viewer sees, one for each institution: beside them a duty may be carried."""
    posts = Post.objects.visible_to(scope).of(person).serving_on(scope.today)
    posts = posts.select_related("person", "institution").order_by("-starts_on")
    by_place = {post.institution_id: post for post in posts}
    return sorted(by_place.values(), key=lambda post: (post.starts_on, post.pk))
