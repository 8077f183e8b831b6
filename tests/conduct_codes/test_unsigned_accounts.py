"""What the list of those who have not signed says about their accounts."""

import datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from bs4 import BeautifulSoup

from institutions.access import access_to
from institutions.access_actions import issue_activations, revoke_activation
from institutions.models import Activation, Role
from tests import factories
from tests.site.khmer_reading import latin_words

pytestmark = pytest.mark.django_db
NOW = factories.moment(hour=11)
LIST = "/en/unsigned/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def clerk(client, world):
    user = factories.make_role(Role.Kind.HR, world["ministry"]).user
    client.force_login(user)
    return user


def serving(world, usable=None, **facts):
    """Somebody whom the code binds; usable: None without an account, else whether it has a password."""
    person = factories.make_post(institution=world["school"]).person
    if usable is not None:
        user = factories.give_account(person)
        if not usable:
            user.set_unusable_password()
        for name, value in facts.items():
            setattr(user, name, value)
        user.save()
    return person


def give_slip(clerk, person):
    return issue_activations(scope=factories.scope_of(clerk), people=[person], seen_at=NOW, at=NOW, by=clerk)[0]


def said(client, **query):
    """Person's key → the words of the column."""
    lines = client.get(LIST, query).context["lines"]
    return {line.person.pk: str(line.account.label) for line in lines}


def test_each_account_is_called_what_it_is(client, clerk, world):
    people = {
        "Can log in": [serving(world, usable=True), serving(world, usable=False)],
        "No slip given yet": [serving(world), serving(world, usable=False)],
        "Slip given, not used yet": [serving(world), serving(world, usable=False)],
        "Account closed": [serving(world, usable=True, is_active=False)],
    }
    SocialAccount.objects.create(user=people["Can log in"][1].user, provider="moh", uid="f:1")
    for person in people["Slip given, not used yet"]:
        give_slip(clerk, person)
    assert said(client) == {person.pk: words for words, some in people.items() for person in some}
    page = BeautifulSoup(client.get("/km/unsigned/").content, "html.parser")
    assert {word for word, text in latin_words(page.table)} == set()


def test_a_slip_that_is_over_or_taken_back_is_none(client, clerk, world, monkeypatch):
    over, back = serving(world), serving(world)
    give_slip(clerk, over)
    give_slip(clerk, back)
    revoke_activation(access=access_to(factories.scope_of(clerk), [back])[0], at=NOW, by=clerk)
    assert said(client)[back.pk] == "No slip given yet"
    late = Activation.objects.of(over).get().expires_at + datetime.timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    client.force_login(clerk)
    assert said(client)[over.pk] == "No slip given yet"


def test_the_filter_shows_whoever_cannot_log_in_yet(client, clerk, world):
    serving(world, usable=True)
    without = [serving(world), serving(world, usable=False)]
    assert set(said(client, account="none")) == {person.pk for person in without}


def test_the_column_is_read_in_as_many_queries_for_three_as_for_one(
    client, clerk, world, django_assert_max_num_queries, django_assert_num_queries
):
    serving(world, usable=True)
    client.get(LIST)
    with django_assert_max_num_queries(60) as seen:
        client.get(LIST)
    for usable in (True, False, None):
        give_slip(clerk, serving(world)) if usable is None else serving(world, usable=usable)
    with django_assert_num_queries(len(seen)):
        client.get(LIST)
