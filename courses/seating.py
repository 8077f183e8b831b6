"""Who may be given a place in a session, and whom staff numbers name."""

import re
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from courses.models import Enrolment, Seat
from courses.models.sessions import PLANNERS
from institutions.khmer import comparison_key, to_ascii_digits
from institutions.models import Person, Post, StaffNumber

MOST_CANDIDATES = 200
_BETWEEN = re.compile(r"[\s,;]+")


@dataclass
class Named:
    """What a list of staff numbers names: people of the viewer's, numbers that name nobody, and several people."""

    people: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    ambiguous: list = field(default_factory=list)


def numbers_in(text):
    """The staff numbers in a typed text, in order and once each; Khmer digits are digits too."""
    numbers = (number for number in _BETWEEN.split(to_ascii_digits(text)) if number)
    return list(dict.fromkeys(numbers))


def people_named(scope, numbers):
    """The people behind staff numbers, among those whom the viewer sees as a trainer or as HR; two queries."""
    visible = Person.objects.visible_to(scope.acting_as(*PLANNERS))
    rows = StaffNumber.objects.filter(number__in=numbers, person__in=visible).select_related("person")
    found = {}
    for row in rows:
        found.setdefault(row.number, {})[row.person_id] = row.person
    named = Named()
    for number in numbers:
        people = list(found.get(number, {}).values())
        if len(people) == 1:
            named.people.append(people[0])
        else:
            (named.ambiguous if people else named.unknown).append(number)
    return named


def candidates(session, *, scope, day, typed=""):
    """Enrolments of people of the organiser's who are not trained in the course and have no place, by name.

    At most MOST_CANDIDATES; typed narrows by name in either script or by staff number.
    """
    serving = Post.objects.serving_on(day).in_subtree(session.institution).filter(person=OuterRef("person_id"))
    serving = serving.visible_to(scope.acting_as(*PLANNERS))
    seated = Seat.objects.filter(session=session, person=OuterRef("person_id"))
    waiting = Enrolment.objects.filter(course=session.course_id, trained_on__isnull=True)
    waiting = waiting.filter(Exists(serving)).exclude(Exists(seated)).select_related("person")
    if typed:
        numbers = StaffNumber.objects.filter(number=to_ascii_digits(typed).strip())
        waiting = waiting.filter(
            Q(person__name_key__contains=comparison_key(typed)) | Q(person__in=numbers.values("person"))
        )
    return list(waiting.order_by("person__name", "pk")[:MOST_CANDIDATES])


def with_posts(rows, day):
    """(row, the post of its person on the day or None) for rows that have a person; one query."""
    posts = Post.objects.serving_on(day).filter(person__in=[row.person_id for row in rows])
    posts = posts.select_related("institution", "position", "staff_number").order_by("-starts_on")
    by_person = {post.person_id: post for post in posts}
    return [(row, by_person.get(row.person_id)) for row in rows]
