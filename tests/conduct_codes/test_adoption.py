"""Making law of a text: what is refused, what is frozen, and that nothing changes it afterwards."""

import datetime
import hashlib
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import GroupApprovalTask, Page, TaskState, WorkflowState

from conduct_codes import actions
from conduct_codes.models import CodePage, Edition, EditionText, Measure, SignRequest
from institutions.models import AuditEntry
from jobs.models import Job
from tests import factories
from tests.factories import TODAY, adopt, article, default_articles, moment
from tests.racing import together

YESTERDAY = TODAY - datetime.timedelta(days=1)

pytestmark = pytest.mark.usefixtures("english_sentences")


def changed(page, **facts):
    """The page with other words, saved as its live text."""
    page = CodePage.objects.get(pk=page.pk)
    for name, value in facts.items():
        setattr(page, name, value)
    page.save()
    return page


def all_bytes():
    return {text.pk: (bytes(text.content), text.sha256) for text in EditionText.objects.all()}


@pytest.mark.django_db
def test_adopt_edition_freezes_every_language_with_its_hash():
    edition = factories.make_edition()
    texts = {text.language: text for text in edition.texts.all()}
    assert set(texts) == {"km", "en"}
    for language, text in texts.items():
        assert text.sha256 == hashlib.sha256(bytes(text.content)).hexdigest()
        words = json.loads(bytes(text.content))
        assert (words["code"], words["edition"], words["language"]) == ("education", 1, language)
        assert [row["number"] for row in words["articles"]] == ["1", "2", "3"]
    assert AuditEntry.objects.filter(verb="conduct_codes.adopt", subject=f"edition:{edition.pk}").count() == 1


@pytest.mark.django_db
def test_adopt_edition_copies_the_measures_and_a_later_regime_changes_nothing():
    edition = factories.make_edition()
    before = all_bytes()
    [copied] = [m for a in edition.articles.all() for m in a.measures.all() if m.measure == "dismissal"]
    Measure.objects.filter(slug="dismissal").update(name_latin="Prison", appeal_days=1)
    copied.refresh_from_db()
    assert (copied.name_latin, copied.appeal_days, copied.certificate_effect) == ("Dismissal", 30, "revoke")
    assert all_bytes() == before


@pytest.mark.django_db
def test_adopt_edition_refuses_a_text_that_nobody_approved():
    revision = factories.make_code_page().save_revision()
    with pytest.raises(actions.AdoptionRefused, match="approved in review"):
        adopt(revision)
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_adopt_edition_refuses_a_revision_made_after_the_approval():
    page = factories.make_code_page()
    factories.approve(page)
    with pytest.raises(actions.AdoptionRefused, match="approved in review"):
        adopt(page.save_revision())


@pytest.mark.django_db
def test_adopt_edition_refuses_a_text_that_another_task_of_its_review_did_not_approve_as_it_is():
    page = factories.make_code_page()
    revision = factories.approve(page)
    assert actions.approved_review_exists(revision)
    [state] = TaskState.objects.filter(revision=revision)
    earlier = GroupApprovalTask.objects.create(name="The ministry's own review")
    other = page.save_revision()
    passage = TaskState.objects.create(
        workflow_state=state.workflow_state, task=earlier, revision=other, status=TaskState.STATUS_APPROVED
    )
    assert not actions.approved_review_exists(revision)
    assert not actions.approved_review_exists(other)
    TaskState.objects.filter(pk=passage.pk).update(revision=revision)
    assert actions.approved_review_exists(revision)


@pytest.mark.django_db
def test_adopt_edition_refuses_a_review_that_is_still_going_on():
    page = factories.make_code_page()
    revision = factories.approve(page)
    WorkflowState.objects.update(status=WorkflowState.STATUS_IN_PROGRESS)
    with pytest.raises(actions.AdoptionRefused, match="approved in review"):
        adopt(revision)


@pytest.mark.django_db
def test_adopt_edition_refuses_a_translation():
    revision = factories.approve(factories.make_code_page(language="en"))
    with pytest.raises(actions.AdoptionRefused, match="authoritative language"):
        adopt(revision)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        ({"authority": ""}, "names no authority"),
        ({"procedure": ""}, "states no procedure"),
        ({"decide_within_days": 0}, "no time limit"),
        ({"appeal_days": 0}, "no way to appeal"),
        ({"appeal_to": ""}, "no way to appeal"),
        ({"slug": "other"}, "not one of the code's disciplinary regime"),
    ],
)
def test_adopt_edition_refuses_a_text_that_began_to_lack_something_after_its_review(lost, sentence):
    revision = factories.approve(factories.make_code_page())
    Measure.objects.filter(slug="dismissal").update(**lost)
    with pytest.raises(actions.AdoptionRefused, match=rf"Article 2 .*{sentence}"):
        adopt(revision)
    assert not Edition.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_adopt_edition_refuses_the_same_revision_twice_and_names_the_edition():
    revision = factories.approve(factories.make_code_page())
    adopt(revision)
    with pytest.raises(actions.AlreadyAdopted, match="edition 1"):
        adopt(revision)
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_adopt_edition_refuses_an_older_text_after_a_later_one():
    page = factories.make_code_page()
    older, later = factories.approve(page), factories.approve(page)
    adopt(later)
    with pytest.raises(actions.AdoptionRefused, match="later text"):
        adopt(older)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (
            {"adopted_on": TODAY + datetime.timedelta(days=1), "in_force_from": TODAY + datetime.timedelta(days=9)},
            "future",
        ),
        ({"in_force_from": YESTERDAY}, "before it was adopted"),
    ],
)
def test_adopt_edition_refuses_impossible_days(days, sentence):
    revision = factories.approve(factories.make_code_page())
    with pytest.raises(actions.AdoptionRefused, match=sentence):
        adopt(revision, **days)


@pytest.mark.django_db
def test_adopt_edition_never_changes_what_was_law_on_a_past_day():
    edition = factories.make_edition(day=YESTERDAY)
    revision = factories.approve(edition.code.pages.get(locale__language_code="km"))
    with pytest.raises(actions.AdoptionRefused, match="edition that it follows"):
        adopt(
            revision,
            adopted_on=YESTERDAY - datetime.timedelta(days=9),
            in_force_from=YESTERDAY - datetime.timedelta(days=3),
        )


@pytest.mark.django_db
def test_adopt_edition_refuses_a_first_edition_that_is_no_substantive_one():
    revision = factories.approve(factories.make_code_page())
    with pytest.raises(actions.AdoptionRefused, match="always a substantive"):
        adopt(revision, change_class="erratum")


@pytest.mark.django_db
def test_clarification_of_a_clarification_continues_the_substantive_edition():
    first = factories.make_edition()
    second = factories.make_edition(first.code, day=YESTERDAY, change_class="clarification")
    third = factories.make_edition(first.code, day=TODAY, change_class="erratum")
    assert (second.continues, third.continues) == (first, first)
    assert {first.chain_id, second.chain_id, third.chain_id} == {first.pk}
    assert Job.objects.filter(kind=actions.ASK_JOB).count() == 1


@pytest.mark.django_db
def test_a_translation_is_frozen_as_it_is_published_not_as_it_is_drafted():
    english = factories.make_code_page(language="en")
    english.title = "Half a thought"
    english.save_revision()
    edition = adopt(factories.approve(factories.make_code_page(english.code)))
    assert edition.texts.get(language="en").words["title"] == english.code.name_latin


@pytest.mark.django_db
def test_a_translation_is_not_frozen_while_it_is_a_draft_and_must_have_the_articles_of_the_law_once_published():
    code = factories.make_code()
    english = factories.make_code_page(code, "en", live=False)
    page = factories.make_code_page(code)
    assert set(adopt(factories.approve(page)).texts.values_list("language", flat=True)) == {"km"}
    revision = factories.approve(page)
    english.live = True
    del english.articles[2]
    english.save()
    with pytest.raises(actions.AdoptionRefused, match="The translation lacks this article"):
        adopt(revision)
    assert Edition.objects.count() == 1


@pytest.mark.django_db
def test_a_translation_states_the_numbers_and_measures_of_the_law():
    code = factories.make_code()
    articles = default_articles("en")
    articles[1] = article("2bis", "duty", "en")
    factories.make_code_page(code, "en", articles)
    edition = adopt(factories.approve(factories.make_code_page(code)))
    law, translation = (edition.texts.get(language=language).words["articles"][1] for language in ("km", "en"))
    assert (translation["number"], translation["kind"]) == (law["number"], law["kind"]) == ("2", "prohibition")
    assert [row["name"] for row in translation["measures"]] == ["Reprimand", "Dismissal"]
    assert [row["seriousness"] for row in law["measures"]] == ["minor", "grave"]


@pytest.mark.django_db
def test_freeze_text_again_is_a_new_revision_and_leaves_the_first():
    edition = factories.make_edition()
    before = all_bytes()
    english = changed(edition.code.pages.get(locale__language_code="en"), preamble="Better words")
    again = actions.freeze_text(edition=edition, page=english, at=moment())
    assert again.revision == 2
    assert again.words["preamble"] == "Better words"
    assert {pk: all_bytes()[pk] for pk in before} == before
    assert edition.text_in("en") == again


@pytest.mark.django_db
def test_editing_unpublishing_and_deleting_every_page_changes_no_byte():
    edition = factories.make_edition()
    before = all_bytes()
    for page in CodePage.objects.all():
        page.title, page.articles = "Other", []
        page.save_revision().publish()
    assert all_bytes() == before
    for page in CodePage.objects.all():
        page.unpublish()
    assert all_bytes() == before
    for page in Page.objects.filter(depth=2):
        page.delete()
    assert not CodePage.objects.exists()
    assert all_bytes() == before
    assert edition.articles.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["edition", "editiontext", "article", "articlemeasure", "signoff"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = id", "DELETE FROM {table}"])
def test_the_database_refuses_to_change_what_was_frozen(table, statement):
    factories.sign(factories.make_post(institution=factories.make_bound_world()["school"]).person)
    factories.make_role()
    with connection.cursor() as cursor, pytest.raises(Exception, match="append-only"):
        cursor.execute(statement.format(table=f"conduct_codes_{table}"))


@pytest.mark.django_db
def test_in_force_on_is_the_last_edition_in_force_on_each_day():
    first = factories.make_edition(day=TODAY - datetime.timedelta(days=30))
    second = factories.make_edition(first.code, day=TODAY)
    coming = adopt(
        factories.approve(first.code.pages.get(locale__language_code="km")),
        in_force_from=TODAY + datetime.timedelta(days=10),
    )
    days = {-31: None, -30: first, -1: first, 0: second, 9: second, 10: coming, 400: coming}
    found = {n: Edition.objects.in_force_on(TODAY + datetime.timedelta(days=n)).first() for n in days}
    assert found == days


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_adoptions_of_one_text_at_once_make_one_edition():
    revision = factories.approve(factories.make_code_page())
    user = factories.make_user()
    results = together(lambda: adopt(revision, by=user), lambda: adopt(revision, by=user))
    assert Edition.objects.count() == 1
    assert sorted(type(result).__name__ for result in results) == ["AlreadyAdopted", "Edition"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_texts_adopted_at_once_never_share_a_number():
    page = factories.make_code_page()
    older, later = factories.approve(page), factories.approve(page)
    user = factories.make_user()
    together(lambda: adopt(later, by=user), lambda: adopt(older, by=user))
    numbers = list(Edition.objects.order_by("number").values_list("number", flat=True))
    assert numbers in ([1], [1, 2])
    assert Edition.objects.latest("number").revision == later.pk


@pytest.mark.django_db
def test_ask_bound_people_asks_those_who_come_later_too_and_only_once():
    edition = factories.make_edition(day=TODAY - datetime.timedelta(days=10))
    SignRequest.objects.all().delete()
    before, later, gone = (factories.make_person() for _ in range(3))
    factories.make_post(before, starts_on=TODAY - datetime.timedelta(days=400))
    factories.make_post(later, starts_on=TODAY + datetime.timedelta(days=40))
    factories.make_post(
        gone, starts_on=TODAY - datetime.timedelta(days=400), ends_on=TODAY - datetime.timedelta(days=60)
    )
    SignRequest.objects.all().delete()
    for _ in range(2):
        assert actions.ask_bound_people(edition=edition, day=edition.adopted_on, batch=1) == 2
    asked = dict(SignRequest.objects.values_list("person", "asked_on"))
    assert asked == {before.pk: edition.in_force_from, later.pk: TODAY + datetime.timedelta(days=40)}


@pytest.mark.django_db
def test_ask_bound_people_takes_the_same_queries_for_one_person_and_for_five():
    edition = factories.make_edition()
    counts = []
    for people in (1, 4):
        for _ in range(people):
            factories.make_post()
        with CaptureQueriesContext(connection) as queries:
            actions.ask_bound_people(edition=Edition.objects.get(pk=edition.pk), day=TODAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]
