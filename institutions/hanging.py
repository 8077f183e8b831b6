"""Everything that hangs on two rows that may be one human, as one viewer may know it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from institutions.models import Designation, Person, Post
from institutions.signals import Hanging, merge_proposed


@dataclass
class Sides:
    """Two rows side by side: the people, the posts of each that the viewer sees, and counts of what hangs on them."""

    kept: Person
    other: Person
    kept_posts: list
    other_posts: list
    hanging: list


def sides_of(scope, kept, other):
    """What a page needs to compare two rows; the apps above say what hangs on them, each as the viewer may see it."""
    posts = {kept.pk: [], other.pk: []}
    seen = Post.objects.visible_to(scope).filter(person__in=posts)
    for post in seen.select_related("institution", "position", "staff_number").order_by("-starts_on", "-pk"):
        posts[post.person_id].append(post)
    duties = Designation.objects.filter(scope.names_condition("institution__path"))
    rows = [
        Hanging(_("Posts"), len(posts[kept.pk]), len(posts[other.pk]), counts_after=True),
        counted(_("Duties"), duties, kept, other, counts_after=True),
    ]
    for _receiver, found in merge_proposed.send(Person, kept=kept, other=other, scope=scope):
        rows += found
    return Sides(kept, other, posts[kept.pk], posts[other.pk], rows)


def counted(title, rows, kept, other, *, counts_after, person="person"):
    """The line of one kind of rows that name a person."""
    kept_count, other_count = (rows.filter(**{person: row}).count() for row in (kept, other))
    return Hanging(title, kept_count, other_count, counts_after)
