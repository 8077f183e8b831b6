"""What other systems read: people with their posts, where they stand, certificates, figures; each inside a scope."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from certification.filters import everybody_on
from certification.models import Certificate, Requirement
from certification.models.requirements import rule_conditions
from certification.people import Selection, due_of
from certification.rules import Status
from certification.verification import with_verdict
from exports.holders import number_on, numbers_of, register_codes
from institutions.models import Person, Post


@dataclass(frozen=True)
class Page:
    """Some rows in the order of their ids, and the id after which the next page begins; None after the last."""

    rows: list
    last: int | None


def _page(rows, *, after, limit):
    """A page of a queryset. What is added meanwhile comes behind everything, so nothing is skipped or told twice."""
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None


def people(scope, *, after, limit):
    """Everybody who serves in the scope today, with the posts there and the worst status, if anything binds them."""
    serving = Post.objects.visible_to(scope).serving_on(scope.today)
    seen = Person.objects.visible_to(scope).filter(Exists(serving.filter(person=OuterRef("pk"))))
    found, last = _page(seen, after=after, limit=limit)
    ids = [person.pk for person in found]
    standing = Selection(scope, everybody_on(scope.today)).of_any_status().filter(pk__in=ids)
    statuses = {person.pk: person.status for person in standing}
    posts = {pk: [] for pk in ids}
    rows = serving.filter(person__in=ids).select_related("institution", "position", "sector", "staff_number")
    registers = register_codes()
    for post in rows.order_by("starts_on", "pk"):
        posts[post.person_id].append(_post(post, registers))
    return Page([_person(person, posts[person.pk], statuses.get(person.pk)) for person in found], last)


def _person(person, posts, status):
    return {"name": person.name, "name_latin": person.name_latin, "status": status, "posts": posts}


def _post(post, registers):
    register, number = number_on(post, registers)
    return {
        "institution": post.institution.code,
        "sector": post.sector.slug,
        "position": post.position.slug,
        "rank": post.rank,
        "basis": post.basis,
        "starts_on": post.starts_on,
        "ends_on": post.ends_on,
        "register_code": register,
        "staff_number": number,
    }


def person_with(scope, register, number):
    """Who serves in the scope today under this number, or None."""
    serving = Post.objects.visible_to(scope).serving_on(scope.today)
    post = serving.filter(staff_number__register__code=register, staff_number__number=number).first()
    return post.person if post else None


def status_of(scope, person):
    """The worst status, None where nothing binds, and each requirement with its own, as the list of people has them."""
    selection = Selection(scope, everybody_on(scope.today))
    lines = selection.lines(selection.of_any_status().filter(pk=person.pk))
    if not lines:
        return {"status": None, "requirements": []}
    return {"status": lines[0].status, "requirements": [_requirement(period) for period in lines[0].periods]}


def _requirement(period):
    days = ("opened_on", "started_on", "trained_on", "passed_on", "signed_on", "certified_on")
    return {
        "requirement": period.requirement.slug,
        "code": period.requirement.code.slug,
        "status": Status(period.status),
        "due_on": due_of(period),
        **{day: getattr(period, day) for day in days},
        "valid_until": period.valid_until,
        "grace_until": period.grace_until,
    }


def certificates(scope, *, after, limit, state, issued_since):
    """Certificates of those who serve in the scope today, about what binds them there."""
    serving = Post.objects.visible_to(scope).serving_on(scope.today)
    found = Certificate.objects.visible_to(scope).held_through(serving, rule_conditions(Requirement.objects.all()))
    found = with_verdict(found, scope.today)
    if state:
        found = found.filter(verdict=state)
    if issued_since:
        found = found.filter(issued_on__gte=issued_since)
    rows = found.select_related("person", "requirement__code", "edition")
    chosen, last = _page(rows, after=after, limit=limit)
    numbers = numbers_of(scope, chosen)
    return Page([_certificate(each, *numbers[each.pk]) for each in chosen], last)


def _certificate(certificate, register, number):
    return {
        "serial": certificate.serial,
        "requirement": certificate.requirement.slug,
        "code": certificate.requirement.code.slug,
        "edition": certificate.edition.number,
        "issued_on": certificate.issued_on,
        "valid_until": certificate.valid_until,
        "state": certificate.verdict,
        "register_code": register,
        "staff_number": number,
    }
