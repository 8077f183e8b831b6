"""A15: who sees somebody with two posts, somebody who was transferred, and a deputy who acts for a head."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from institutions.access import access_to
from institutions.actions import end_post, grant_role
from institutions.models import Person, Post, Role
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = factories.TODAY
DAY = datetime.timedelta(days=1)
BEFORE, FIRST, LAST, AFTER = TODAY - 40 * DAY, TODAY - 30 * DAY, TODAY - DAY, TODAY
VIEWERS = ("school_a", "department_a", "school_b", "department_b", "ministry", "abroad")


class Place:
    """A ministry with two departments and a school in each, another ministry, and an HR clerk of each of them."""

    def __init__(self):
        make = factories.make_institution
        self.ministry = make(code="ministry", name="ក្រសួង", name_latin="Ministry")
        self.department_a, self.department_b = (make(self.ministry, "department", code=code) for code in ("a", "b"))
        self.school_a = make(self.department_a, code="school-a", name="សាលាអង្គរ", name_latin="School Angkor")
        self.school_b = make(self.department_b, code="school-b", name="សាលាបាយ័ន", name_latin="School Bayon")
        self.abroad = make(code="abroad", name="ក្រសួងឯទៀត", name_latin="Other Ministry")
        self.clerks = {name: factories.make_role(Role.Kind.HR, getattr(self, name)).user for name in VIEWERS}

    def scope(self, name, day=TODAY):
        return factories.scope_of(self.clerks[name], day)

    def seen(self, person, day=TODAY):
        """Viewer → codes of the institutions of whose posts the viewer knows; viewers who see nobody are left out."""
        found = {}
        for name in VIEWERS:
            scope = self.scope(name, day)
            posts = Post.objects.visible_to(scope).of(person).filter(starts_on__lte=day)
            if Person.objects.visible_to(scope).filter(pk=person.pk).exists():
                found[name] = set(posts.values_list("institution__code", flat=True))
            else:
                assert not posts.exists(), name
        return found

    def counted(self, person, day=TODAY):
        people = Person.objects.filter(pk=person.pk)
        return {name for name in VIEWERS if people.countable_by(self.scope(name, day)).exists()}

    def page(self, name, person):
        client = Client()
        client.force_login(self.clerks[name])
        return client.get(reverse("certification:person", args=[person.pk]))


@pytest.fixture
def place(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", factories.moment)
    return Place()


def serve(person, institution, starts_on=BEFORE, **facts):
    return factories.make_post(person, institution, starts_on=starts_on, **facts)


# --- in two institutions ----------------------------------------------------------------------------------------------


def test_a_person_in_two_ministries_is_seen_by_both_each_with_its_own_post(place):
    person = factories.make_person()
    serve(person, place.school_a)
    serve(person, place.abroad)
    here = {"school-a"}
    assert place.seen(person) == {"school_a": here, "department_a": here, "ministry": here, "abroad": {"abroad"}}
    assert place.counted(person) == {"school_a", "department_a", "ministry", "abroad"}
    page, other = (place.page(name, person).content.decode() for name in ("school_a", "abroad"))
    assert "Other Ministry" not in page and place.abroad.name not in page and place.school_a.name in page
    assert place.school_a.name not in other and place.abroad.name in other
    assert place.page("school_b", person).status_code == 404


def test_a_person_in_two_departments_counts_once_above_both(place):
    person = factories.make_person()
    serve(person, place.school_a)
    serve(person, place.school_b)
    assert place.seen(person)["ministry"] == {"school-a", "school-b"}
    assert place.seen(person)["department_a"] == {"school-a"}
    assert Person.objects.countable_by(place.scope("ministry")).count() == 1


def test_the_account_of_a_person_in_two_ministries_is_reset_by_neither(place):
    person = factories.make_person()
    serve(person, place.school_a)
    serve(person, place.abroad)
    factories.give_account(person)
    person = Person.objects.get(pk=person.pk)
    assert {access_to(place.scope(name), [person])[0].refusal for name in ("ministry", "abroad")} == {"elsewhere"}


# --- transferred ------------------------------------------------------------------------------------------------------


@pytest.fixture
def transferred(place):
    """From school A, whose last day was yesterday, to school B, whose first day is today."""
    person = factories.make_person()
    post = serve(person, place.school_a)
    end_post(post=post, ends_on=LAST, at=factories.moment(), by=None, reason="transfer")
    serve(person, place.school_b, starts_on=AFTER)
    return person


def test_a_transferred_person_is_seen_up_to_the_last_day_here_and_from_the_first_day_there(place, transferred):
    a, b = {"school-a"}, {"school-b"}
    assert place.seen(transferred, LAST) == {"school_a": a, "department_a": a, "ministry": a}
    after = {"school_a": a, "department_a": a, "school_b": b, "department_b": b, "ministry": a | b}
    assert place.seen(transferred, AFTER) == after


def test_a_transferred_person_counts_where_they_serve_that_day(place, transferred):
    assert place.counted(transferred, LAST) == {"school_a", "department_a", "ministry"}
    assert place.counted(transferred, AFTER) == {"school_b", "department_b", "ministry"}


def test_the_former_unit_reads_nothing_of_the_new_post_and_gives_no_access(place, transferred):
    page = place.page("school_a", transferred).content.decode()
    assert place.school_b.name not in page and place.school_b.name_latin not in page
    assert access_to(place.scope("school_a"), [transferred])[0].refusal == "left"
    assert access_to(place.scope("school_b"), [transferred])[0].refusal is None


# --- a deputy who acts for a head -------------------------------------------------------------------------------------


@pytest.fixture
def deputy(place):
    """Of school A, who acted as head of school B, with the role that goes with it, until yesterday."""
    person = factories.make_person()
    serve(person, place.school_a)
    user = factories.give_account(person)
    acting = serve(person, place.school_b, starts_on=FIRST, basis=Post.Basis.ACTING)
    facts = {"institution": place.school_b, "post": acting, "starts_on": FIRST}
    grant_role(user=user, kind=Role.Kind.HR, at=factories.moment(FIRST), by=None, **facts)
    serve(factories.make_person(name_latin="Of School A"), place.school_a)
    serve(factories.make_person(name_latin="Of School B"), place.school_b)
    end_post(post=acting, ends_on=LAST, at=factories.moment(LAST), by=None, reason="acting-over")
    return person


def sees(user, day):
    """Who else the account sees by name on the day."""
    people = Person.objects.visible_to(factories.scope_of(user, day)).filter(name_latin__startswith="Of School")
    return set(people.values_list("name_latin", flat=True))


@pytest.mark.parametrize(
    ("day", "people"),
    [(FIRST - DAY, set()), (FIRST, {"Of School B"}), (LAST, {"Of School B"}), (AFTER, set())],
)
def test_the_deputy_sees_the_school_of_the_acting_post_while_it_lasts_and_never_the_own_one(deputy, day, people):
    assert sees(deputy.user, day) == people


def test_the_deputys_next_request_after_the_last_day_is_refused(deputy, monkeypatch):
    page = reverse("certification:person_list")
    for day, status in ((LAST, 200), (AFTER, 404)):
        monkeypatch.setattr("django.utils.timezone.now", lambda day=day: factories.moment(day, hour=20))
        client = Client()
        client.force_login(deputy.user)
        assert client.get(page).status_code == status


def test_the_deputy_is_seen_by_both_units_each_with_its_own_post(place, deputy):
    a, b = {"school-a"}, {"school-b"}
    assert place.seen(deputy, FIRST - DAY) == {"school_a": a, "department_a": a, "ministry": a}
    during = {"school_a": a, "department_a": a, "school_b": b, "department_b": b, "ministry": a | b}
    assert place.seen(deputy, LAST) == place.seen(deputy, AFTER) == during
    assert place.counted(deputy, LAST) == {"school_a", "department_a", "school_b", "department_b", "ministry"}
    assert place.counted(deputy, AFTER) == {"school_a", "department_a", "ministry"}
    assert Person.objects.filter(pk=deputy.pk).countable_by(place.scope("ministry", LAST)).count() == 1


def test_while_the_deputy_acts_the_own_units_clerk_resets_no_password(place, deputy):
    person = Person.objects.get(pk=deputy.pk)
    assert access_to(place.scope("school_a", LAST), [person])[0].refusal is not None
    assert access_to(place.scope("department_a", LAST), [person])[0].refusal is not None
    assert access_to(place.scope("school_a", AFTER), [person])[0].refusal is None
