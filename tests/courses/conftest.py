"""A learner in the middle of the bound world, and a clock that tests move."""

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone

from courses.models import Enrolment
from institutions.models import Person
from tests import factories


class Clock:
    """What request.now is; a test moves it."""

    def __init__(self, now):
        self.now = now

    def pass_by(self, **span):
        self.now += datetime.timedelta(**span)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(factories.moment(hour=14))
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@dataclass
class Learner:
    person: Person
    enrolment: Enrolment
    world: dict

    @property
    def user(self):
        return self.person.user

    def finish_lessons(self):
        from courses.actions import complete_lesson

        for lesson in self.enrolment.lessons():
            complete_lesson(enrolment=self.enrolment, lesson=lesson, at=factories.moment(), by=self.user)
        return self


def make_learner(world=None):
    """Somebody who is bound by the world's code, has an account, and is enrolled in its course."""
    world = world or factories.make_bound_world()
    person = factories.make_post(institution=world["school"]).person
    factories.give_account(person)
    return Learner(person, Enrolment.objects.of(person).get(course=world["course"]), world)


@pytest.fixture
def learner(db, clock):
    return make_learner()


@pytest.fixture
def browser(client, learner):
    """A Django client on which the learner is logged in."""
    client.force_login(learner.user)
    return client
