"""Who has a personal code for shared devices, and who needs one."""

from django.db.models import Exists, OuterRef, Subquery

from conduct_codes.models import SigningPin
from institutions.models import Person, Post


def people_of(scope, unit):
    """The people who serve today in the institution or below it, by name, with pin_issued_at and pin_tries."""
    held = _posts(scope, unit).filter(person=OuterRef("pk"))
    live = SigningPin.objects.live().filter(person=OuterRef("pk"))
    people = Person.objects.visible_to(scope).filter(Exists(held))
    return people.annotate(
        pin_issued_at=Subquery(live.values("issued_at")[:1]), pin_tries=Subquery(live.values("wrong_tries")[:1])
    ).order_by("name_key", "pk")


def posts_shown(scope, unit, people):
    """Person id → the post in the institution that shows; one query."""
    posts = _posts(scope, unit).filter(person__in=list(people))
    shown = {}
    for post in posts.select_related("institution", "position", "staff_number").order_by("starts_on", "pk"):
        shown.setdefault(post.person_id, post)
    return shown


def _posts(scope, unit):
    return Post.objects.visible_to(scope).serving_on(scope.today).in_subtree(unit)
