"""A ministry with a registrar, a clerk to be and somebody who owns the platform, for tests of roles."""

import datetime

from django.urls import reverse

from institutions.grants import Asked, give_role
from institutions.models import Role
from tests import factories

DAY, NOW = factories.TODAY, factories.moment(hour=11)
ONE = datetime.timedelta(days=1)


class Clock:
    """What the site takes for the present moment."""

    now = NOW


class World:
    """A ministry with two departments and a school, its registrar, a clerk to be, and another ministry."""

    def __init__(self):
        make = factories.make_institution
        self.ministry = make(code="min")
        self.north, self.south = (make(self.ministry, "department", code=code) for code in ("north", "south"))
        self.school = make(self.north, code="school")
        self.foreign = make(code="foreign")
        self.area = factories.make_area()
        self.registrar = self.account(self.ministry)
        factories.make_role(Role.Kind.REGISTRAR, self.ministry, user=self.registrar)
        self.owner = factories.make_user(is_superuser=True)
        self.clerk = self.account(self.school)
        self.post = self.clerk.person.posts.get()

    def account(self, institution, **facts):
        post = factories.make_post(factories.make_person(**facts), institution, starts_on=DAY - 90 * ONE)
        return factories.give_account(post.person)

    def asked(self, **others):
        facts = {"user": self.clerk, "kind": "hr", "institution": self.north, "post": self.post, "starts_on": DAY}
        return Asked(**facts | {"reason": "Letter 12"} | others)

    def give(self, by=None, **others):
        return give_role(asked=self.asked(**others), at=Clock.now, by=by or self.registrar)

    def form(self, **others):
        return {"kind": "hr", "institution": "north", "post": self.post.pk, "reason": "Letter 12"} | others


def page(name, *args):
    return reverse(f"institutions:{name}", args=args)


def roles_of(user):
    """The kinds of the account's roles."""
    return set(Role.objects.of(user).values_list("kind", flat=True))
