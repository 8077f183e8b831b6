import datetime
import uuid

import pytest
from django.utils import translation

from conduct_codes.citations import Reference, cite
from conduct_codes.models import CodePage
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

KEY = uuid.UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def person(world):
    return factories.make_post(institution=world["school"]).person


def cite_one(reference, person, day=TODAY):
    return cite([reference], person=person, day=day).get(reference)


def test_topic_is_quoted_from_the_code_that_binds_the_person(world, person):
    other = factories.make_code(factories.make_sector("health", order=0))
    factories.make_edition(other)
    cited = cite_one(Reference(topic="reporting"), person)
    assert (cited.code, cited.edition, cited.number, cited.text) == ("education", 1, "3", "អត្ថបទ 3")


def test_article_of_a_named_code_is_quoted_by_its_key(world, person):
    cited = cite_one(Reference(code_id=world["code"].pk, article_key=KEY), person)
    assert (cited.number, cited.key, cited.heading) == ("2", str(KEY), "មាត្រា 2")


def test_quotation_is_in_the_language_of_the_page_else_in_the_authoritative_one(world, person):
    reference = Reference(topic="reporting")
    with translation.override("en"):
        assert (cite_one(reference, person).text, cite_one(reference, person).language) == ("Text 3", "en")
        health = factories.make_code(factories.make_sector("health"))
        factories.make_edition(health, languages=("km",))
        nurse = factories.make_post(
            institution=world["school"], position=factories.make_position(health.sector, "nurse")
        ).person
        assert cite_one(reference, nurse).language == "km"


def test_quotation_is_of_the_edition_in_force_on_the_day(world, person):
    page = CodePage.objects.get(code=world["code"], locale__language_code="km")
    page.articles[2].value["text"] = "អត្ថបទថ្មី"
    page.save()
    coming = TODAY + datetime.timedelta(days=10)
    factories.make_edition(world["code"], day=coming)
    reference = Reference(topic="reporting")
    assert cite_one(reference, person, TODAY).edition == 1
    later = cite_one(reference, person, coming)
    assert (later.edition, later.text) == (2, "អត្ថបទថ្មី")


def test_article_that_is_gone_is_quoted_by_its_topic_else_left_out(world, person):
    gone = uuid.uuid4()
    by_topic = Reference(world["code"].pk, gone, "non-violence")
    without = Reference(world["code"].pk, gone)
    unknown = Reference(topic="no-such-topic")
    found = cite([by_topic, without, unknown], person=person, day=TODAY)
    assert set(found) == {by_topic}
    assert found[by_topic].number == "2"


def test_person_without_a_post_is_quoted_only_what_names_its_code(world):
    nobody = factories.make_person()
    named = Reference(code_id=world["code"].pk, article_key=KEY)
    assert set(cite([named, Reference(topic="reporting")], person=nobody, day=TODAY)) == {named}


def test_person_with_two_posts_is_quoted_the_code_of_the_older_post(world, person):
    health = factories.make_code(factories.make_sector("health", order=0))
    factories.make_edition(health)
    factories.make_post(
        person=person,
        institution=world["school"],
        position=factories.make_position(health.sector, "nurse"),
        starts_on=TODAY - datetime.timedelta(days=9),
    )
    assert cite_one(Reference(topic="reporting"), person).code == "health"
    person.posts.filter(sector=health.sector).update(ends_on=TODAY - datetime.timedelta(days=1))
    assert cite_one(Reference(topic="reporting"), person).code == "education"


def test_citations_take_four_queries_for_one_and_for_many(world, person, django_assert_num_queries):
    one = [Reference(topic="reporting")]
    many = [*one, Reference(topic="purpose"), Reference(world["code"].pk, KEY)]
    for references in (one, many):
        with django_assert_num_queries(4):
            assert len(cite(references, person=person, day=TODAY)) == len(references)
    with django_assert_num_queries(0):
        assert cite([], person=person, day=TODAY) == {}
