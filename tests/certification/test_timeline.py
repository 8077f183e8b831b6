"""A person's life in the register as one list by day: what it holds, in order, and where it ends for whom."""

import datetime
from collections import Counter

import pytest
from django.urls import reverse
from django.utils import translation

from certification.timeline import timeline_of
from institutions.actions import designate_person, end_post
from institutions.models import AuditEntry, Designation, Post, Role
from institutions.scope import Scope
from tests import factories
from tests.factories import TODAY, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = datetime.timedelta(days=1)


def titles(scope, person):
    _file, days = timeline_of(scope, person)
    return [(day, event.title) for day, events in days for event in events]


def test_everything_stands_under_its_day_newest_first():
    world = factories.make_bound_world()
    begun = TODAY - 40 * DAY
    post = factories.make_post(institution=world["school"], starts_on=begun)
    designate_person(
        person=post.person,
        institution=world["school"],
        kind=Designation.Kind.DESIGNATED_TEACHER,
        starts_on=TODAY - 20 * DAY,
        at=moment(),
        by=None,
    )
    factories.certify(post.person, TODAY - 10 * DAY)
    end_post(post=post, ends_on=TODAY - 5 * DAY, at=moment(), by=None, reason=Post.EndReason.RETIRED)
    found = titles(Scope.of(world["ministry"], TODAY), post.person)
    days = [day for day, _title in found]
    assert days == sorted(days, reverse=True)
    # Post and requirement; duty; trained, passed, signed, certified; the last day of post and duty.
    assert Counter(days) == {begun: 2, TODAY - 20 * DAY: 1, TODAY - 10 * DAY: 4, TODAY - 5 * DAY: 2}


def test_unit_that_the_person_left_reads_nothing_later():
    world = factories.make_bound_world()
    other = factories.make_institution(world["ministry"])
    post = factories.make_post(institution=world["school"], starts_on=TODAY - 40 * DAY)
    end_post(post=post, ends_on=TODAY - 20 * DAY, at=moment(), by=None, reason=Post.EndReason.TRANSFER)
    factories.make_post(post.person, other, starts_on=TODAY - 19 * DAY)
    factories.certify(post.person, TODAY - 3 * DAY)
    of_school = titles(Scope.of(world["school"], TODAY), post.person)
    assert max(day for day, _title in of_school) == TODAY - 20 * DAY
    assert max(day for day, _title in titles(Scope.of(world["ministry"], TODAY), post.person)) == TODAY - 3 * DAY


def test_page_says_why_a_post_ended_and_leaves_an_entry_in_the_record(client):
    world = factories.make_bound_world()
    post = factories.make_post(institution=world["school"], starts_on=TODAY - 40 * DAY)
    end_post(post=post, ends_on=TODAY - 20 * DAY, at=moment(), by=None, reason=Post.EndReason.RETIRED)
    page = reverse("certification:person_timeline", args=[post.person.pk])
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)
    with translation.override("km"):
        assert str(Post.EndReason.RETIRED.label) in client.get(page).content.decode()
    assert AuditEntry.objects.filter(verb="certification.view_person", subject=f"person:{post.person.pk}").exists()
    client.force_login(factories.make_role(Role.Kind.HR, factories.make_institution()).user)
    assert client.get(page).status_code == 404
