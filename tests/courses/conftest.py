"""A learner in the middle of the bound world, and a clock that tests move."""

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone

from courses.models import Attempt, Enrolment
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


def words(response):
    return response.content.decode()


class Quiz:
    """The quiz of one learner, driven through the pages as a browser does."""

    def __init__(self, client, learner, language="en"):
        self.client, self.enrolment, self.language = client, learner.enrolment, language
        self.seen = []

    def url(self, *rest):
        return "/".join(["", self.language, "quiz", str(self.enrolment.pk), *map(str, rest), ""])

    def get(self, *rest):
        return self.keep(self.client.get(self.url(*rest)))

    def post(self, *rest, **data):
        headers = data.pop("headers", None)
        return self.keep(self.client.post(self.url(*rest), data, headers=headers))

    def keep(self, response):
        self.seen.append(words(response))
        return response

    def start(self):
        assert self.post()["Location"] == self.url(1)
        return self

    @property
    def attempt(self):
        return Attempt.objects.get(enrolment=self.enrolment, closed_at=None)

    def place(self, position, option_id):
        return self.attempt.questions.get(position=position).option_order.index(option_id) + 1

    def answer(self, position, option_id="a", **more):
        return self.post(position, attempt=self.attempt.number, answer=self.place(position, option_id), **more)

    def hand_in(self, option_id="a"):
        for position in (1, 2, 3):
            self.answer(position, option_id)
        response = self.post("check", attempt=self.attempt.number)
        self.keep(self.client.get(response["Location"]))
        return response


@pytest.fixture
def quiz(browser, learner):
    learner.finish_lessons()
    return Quiz(browser, learner)
