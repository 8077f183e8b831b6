"""Whom a sheet can hold: the people of an institution who are asked to sign and cannot log in."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from conduct_codes.models import PaperClaim, PaperSheet, SignRequest
from institutions.models import Person, Post

MOST_ON_A_SHEET = 200


@dataclass(frozen=True)
class Candidate:
    """One person who can be on a sheet, with what they were asked and the post that shows."""

    request: SignRequest
    post: Post

    @property
    def person(self):
        return self.request.person


class Candidates:
    """The people of an institution who were asked to sign the edition by the day, cannot log in and have not signed."""

    def __init__(self, scope, unit, edition, day):
        posts = Post.objects.visible_to(scope).serving_on(day).in_subtree(unit)
        self.posts = posts.filter(sector=edition.code.sector_id)
        waiting = PaperClaim.objects.waiting().filter(request=OuterRef("pk"))
        requests = SignRequest.objects.visible_to(scope).open_on(day).about(edition.code)
        self.requests = (
            requests.filter(of_chain=edition.chain_id)
            .filter(Exists(self.posts.filter(person=OuterRef("person_id"))))
            .exclude(person__user__is_active=True)
            .exclude(Exists(waiting))
        )

    def count(self):
        return self.requests.aggregate(people=Count("person", distinct=True))["people"]

    def rows(self):
        """One candidate a person, by name, with the request that is due first; two queries."""
        requests = self.requests.select_related("person__user", "edition__code", "edition__continues")
        first = {}
        for request in requests.order_by("person__name_key", "person_id", "due_on", "pk"):
            first.setdefault(request.person_id, request)
        shown = {}
        posts = self.posts.filter(person__in=list(first)).select_related("institution", "position", "staff_number")
        for post in posts.order_by("starts_on", "pk"):
            shown.setdefault(post.person_id, post)
        return [Candidate(request, shown[request.person_id]) for request in first.values()]


def sheets_of(scope):
    """The sheets that the viewer may see, those with somebody waiting first, each with its counts; one query."""
    confirmed = Q(claims__decision__sign_off__isnull=False)
    sheets = PaperSheet.objects.visible_to(scope).select_related("unit", "edition_text__edition__code", "claimed_by")
    return sheets.annotate(
        people=Count("claims"),
        waiting=Count("claims", filter=Q(claims__waiting=True)),
        confirmed=Count("claims", filter=confirmed),
        rejected=F("people") - F("waiting") - F("confirmed"),
    ).order_by(F("waiting").desc(), "-claimed_at", "-pk")


def claims_of(scope, sheet):
    """The people on a sheet with what was decided, by name."""
    claims = PaperClaim.objects.visible_to(scope).filter(sheet=sheet)
    return claims.select_related("person", "request", "decision__decided_by", "decision__sign_off", "sheet__unit")


def claims_about(scope, person):
    """What is not (yet) a signature of the person: claims that wait or were rejected, the newest first."""
    people = Person.objects.visible_to(scope).filter(pk=person.pk)
    claims = PaperClaim.objects.visible_to(scope).filter(person__in=people, decision__sign_off=None)
    return claims.select_related("sheet__edition_text__edition__code", "decision").order_by("-sheet__signed_on", "-pk")
