"""Review on the site's own pages and in the Wagtail editor: what is listed, what is offered, what is refused."""

import json

import pytest
from django.urls import reverse
from wagtail.models import TaskState

from conduct_codes.actions import approved_review_exists
from conduct_codes.models import CodePage, Edition, ReviewDecision
from tests import factories
from tests.conduct_codes.review_world import form_of, gappy_articles, make_section, waiting
from tests.factories import adopt, article

pytestmark = pytest.mark.django_db

LIST, TEXTS = "/en/review/", "/en/texts/"


@pytest.fixture
def section(site):
    return make_section()


@pytest.fixture
def gappy(site):
    return make_section(articles=gappy_articles())


def reread(page):
    return CodePage.objects.get(pk=page.pk)


def body(response, status=200):
    assert response.status_code == status
    return response.content.decode()


def url_of(state, language="en"):
    return f"/{language}/review/{state.pk}/"


def status_of(state):
    return TaskState.objects.get(pk=state.pk).status


def words_on(client, state):
    return client.get(url_of(state)).context["form"]["words"].value()


# --- the reviewer's pages -------------------------------------------------------------------------------------------


def test_review_list_names_what_each_text_lacks_article_by_article(client, gappy):
    state = waiting(gappy)
    client.force_login(gappy.reviewer)
    page = body(client.get(LIST))
    assert "Article 2." in page
    assert "ហាមវាយដំ" in page
    assert "It is a prohibition without a stipulated measure." in page
    assert url_of(state) in page
    assert reverse("wagtailadmin_pages:edit", args=[gappy.page.pk]) in page


def test_review_list_says_so_where_nothing_waits(client, section):
    client.force_login(section.reviewer)
    assert "No text waits for your review" in body(client.get(LIST))


def test_a_reviewer_of_another_ministry_sees_nothing_and_finds_nothing(client, section):
    state = waiting(section)
    client.force_login(factories.make_role("reviewer", section.code.owner).user)
    assert section.code.name_latin not in body(client.get(LIST))
    assert client.get(url_of(state)).status_code == 404
    assert client.post(url_of(state), {"decision": "approve"}).status_code == 404


def test_review_page_with_gaps_offers_no_approval_and_refuses_one_that_is_sent(client, gappy):
    state = waiting(gappy)
    client.force_login(gappy.reviewer)
    page = body(client.get(url_of(state)))
    assert "This text cannot be approved yet" in page
    assert 'value="approve"' not in page
    sent = {"decision": "approve", "words": words_on(client, state), "comment": ""}
    assert "Something is missing, so nobody can approve this text" in body(client.post(url_of(state), sent))
    assert status_of(state) == "in_progress"


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Write the reason"), ("km", "សូមសរសេរមូលហេតុ")], ids=["english", "khmer"]
)
def test_returning_without_a_reason_is_refused_in_the_language_of_the_page(client, section, language, sentence):
    state = waiting(section)
    client.force_login(section.reviewer)
    sent = {"decision": "return", "words": words_on(client, state), "comment": "  "}
    assert sentence in body(client.post(url_of(state, language), sent))
    assert status_of(state) == "in_progress"


def test_returned_with_a_reason_then_corrected_then_approved(client, section):
    state = waiting(section)
    client.force_login(section.reviewer)
    sent = {"words": words_on(client, state), "comment": "Article 2: name the council."}
    page = body(client.post(url_of(state), sent | {"decision": "return"}, follow=True))
    assert "Returned to its authors with your reason." in page
    client.force_login(section.editor)
    page = body(client.get(TEXTS))
    assert "Returned with a reason" in page
    assert "Article 2: name the council." in page
    page = reread(section.page).get_latest_revision_as_object()
    page.preamble = "Corrected"
    again = factories.submit(page, by=section.editor)
    assert "In review" in body(client.get(TEXTS))
    client.force_login(section.reviewer)
    sent = {"words": words_on(client, again), "decision": "approve", "comment": ""}
    assert "The text becomes law only when it is adopted" in body(client.post(url_of(again), sent, follow=True))
    assert approved_review_exists(again.revision)
    client.force_login(section.editor)
    assert "Approved, waits for adoption" in body(client.get(TEXTS))
    adopt(again.revision, by=section.adopter)
    assert ">Adopted<" in body(client.get(TEXTS))


def test_a_text_that_changed_while_it_was_read_is_not_decided_on(client, section):
    state = waiting(section)
    client.force_login(section.reviewer)
    sent = {"words": words_on(client, state), "decision": "approve", "comment": ""}
    page = reread(section.page)
    page.preamble = "Changed meanwhile"
    page.save_revision(user=section.editor)
    assert "The text was changed since you opened this page" in body(client.post(url_of(state), sent))
    assert status_of(state) == "in_progress"


def test_whoever_wrote_the_text_reads_why_there_is_no_decision_to_take(client, section):
    state = waiting(section, by=section.reviewer)
    client.force_login(section.reviewer)
    page = body(client.get(url_of(state)))
    assert "reviewer changed this text since it was last adopted and cannot review it" in page
    assert 'name="decision"' not in page


def test_lists_take_the_same_queries_for_one_text_and_for_three(client, section, django_assert_max_num_queries):
    def queries_of(user, url):
        client.force_login(user)
        client.get(url)
        with django_assert_max_num_queries(40) as queries:
            body(client.get(url))
        return len(queries)

    waiting(section)
    factories.make_role("editor", section.code.owner, section.editor)
    one = [queries_of(section.reviewer, LIST), queries_of(section.editor, TEXTS)]
    group = section.reviewer.groups.get()
    for slug in ("health", "police"):
        code = factories.make_code(factories.make_sector(slug), owner=section.code.owner)
        state = factories.submit(factories.make_code_page(code))
        state.task.specific.groups.add(group)
    assert [queries_of(section.reviewer, LIST), queries_of(section.editor, TEXTS)] == one
    assert body(client.get(TEXTS)).count("In review") == 3


def test_text_list_shows_the_own_codes_only_and_what_they_lack(client, gappy):
    sector = factories.make_sector("police", name="នគរបាល", name_latin="Police")
    foreign = factories.make_code_page(factories.make_code(sector))
    client.force_login(gappy.editor)
    page = body(client.get(TEXTS))
    assert gappy.code.name_latin in page
    assert foreign.code.name_latin not in page
    assert "1 place lacks something" in page
    assert ">Draft<" in page


def test_adoption_page_says_who_stands_in_the_way(client, section):
    state = waiting(section)
    state.approve(user=section.reviewer)
    client.force_login(factories.make_role("adopter", section.code.owner, section.editor).user)
    page = body(client.get(f"/en/adoption/{state.revision_id}/"))
    assert "editor changed this text since it was last adopted and cannot adopt it" in page
    assert "<form" not in page.split("<main")[1]


# --- the Wagtail editor ---------------------------------------------------------------------------------------------


def test_the_editor_lists_what_is_missing_and_offers_no_approval(client, gappy):
    waiting(gappy)
    edit = reverse("wagtailadmin_pages:edit", args=[gappy.page.pk])
    for user in (gappy.reviewer, gappy.owner):
        client.force_login(user)
        page = body(client.get(edit))
        assert "This text cannot be approved yet" in page
        assert "It is a prohibition without a stipulated measure." in page
        assert 'data-workflow-action-name="reject"' in page
        assert 'data-workflow-action-name="approve"' not in page


@pytest.mark.parametrize("role", ["reviewer", "owner"])
@pytest.mark.parametrize("route", ["button", "modal", "collected", "publish", "bulk"])
def test_no_button_of_the_admin_passes_a_text_that_lacks_something(client, gappy, role, route):
    state = waiting(gappy)
    client.force_login(getattr(gappy, role))
    page = reread(gappy.page)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = form_of(page.get_latest_revision_as_object())
    pressed = {"action-workflow-action": "true", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"}
    if route == "button":
        client.post(edit, form | pressed)
    elif route == "modal":
        client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]), {"comment": ""})
    elif route == "collected":
        name = "wagtailadmin_pages:collect_workflow_action_data"
        client.post(reverse(name, args=[page.pk, "approve", state.pk]), {"comment": ""})
    elif route == "publish":
        client.post(edit, form | {"action-publish": "action-publish"})
    else:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        client.post(f"{url}?id={page.pk}", {"next": "/admin/"})
    assert status_of(state) in ("in_progress", "cancelled")
    assert not ReviewDecision.objects.exists()
    assert not approved_review_exists(reread(page).get_latest_revision())
    assert not Edition.objects.exists()
    shown = client.get(reread(page).get_url()).content.decode()
    assert "សេចក្តីព្រាង មិនទាន់មានអានុភាព" in shown


def test_publishing_in_the_editor_shows_the_edition_in_force_and_no_new_law(client, section):
    edition = adopt(factories.approve(section.page), by=section.adopter)
    page = reread(section.page)
    page.title = "Published and not adopted"
    waiting_state = factories.submit(page, by=section.editor)
    client.force_login(section.owner)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = form_of(waiting_state.revision.as_object())
    response = client.post(edit, form | {"action-publish": "action-publish"})
    assert response.status_code == 302
    assert reread(page).title == "Published and not adopted"
    assert status_of(waiting_state) == "cancelled"
    shown = client.get(reread(page).get_url()).content.decode()
    assert "Published and not adopted" not in shown
    assert [edition] == list(Edition.objects.all())


def test_the_approve_button_of_the_editor_approves_a_whole_text(client, section):
    state = waiting(section)
    client.force_login(section.reviewer)
    pressed = {"action-workflow-action": "true", "workflow-action-name": "approve", "workflow-action-extra-data": "{}"}
    edit = reverse("wagtailadmin_pages:edit", args=[section.page.pk])
    client.post(edit, form_of(state.revision.as_object()) | pressed)
    assert status_of(state) == "approved"
    assert approved_review_exists(reread(section.page).get_latest_revision())


def test_a_return_in_the_editor_needs_its_reason(client, section):
    state = waiting(section)
    client.force_login(section.reviewer)
    modal = reverse("wagtailadmin_pages:workflow_action", args=[section.page.pk, "reject", state.pk])
    headers = {"x-requested-with": "XMLHttpRequest"}
    refused = client.post(modal, {"comment": " "}, headers=headers)
    assert "Write the reason" in json.loads(refused.content)["html"]
    assert status_of(state) == "in_progress"
    edit = reverse("wagtailadmin_pages:edit", args=[section.page.pk])
    pressed = {"action-workflow-action": "true", "workflow-action-name": "reject", "workflow-action-extra-data": "{}"}
    client.post(edit, form_of(state.revision.as_object()) | pressed)
    assert status_of(state) == "in_progress"
    client.post(modal, {"comment": "Article 2: say who decides."}, headers=headers)
    assert status_of(state) == "rejected"
    client.force_login(section.editor)
    assert "Article 2: say who decides." in body(client.get(edit))


def test_the_editor_says_who_stands_in_the_way_of_the_review(client, section):
    waiting(section, by=section.owner)
    client.force_login(section.owner)
    page = body(client.get(reverse("wagtailadmin_pages:edit", args=[section.page.pk])))
    assert "owner changed this text since it was last adopted and cannot review it" in page
    assert "data-workflow-action-name" not in page


def test_a_new_page_has_no_standing_yet(client, section):
    client.force_login(section.owner)
    index = section.page.get_parent()
    add = reverse("wagtailadmin_pages:add", args=["conduct_codes", "codepage", index.pk])
    assert "cannot be approved" not in body(client.get(add))


def test_an_article_added_in_the_editor_without_a_measure_is_listed_at_once(client, section):
    page = reread(section.page)
    page.articles.append(("article", article(4, "prohibition")))
    page.save_revision(user=section.editor)
    client.force_login(section.editor)
    shown = body(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    assert "What the text lacks before it can be approved" in shown
    assert "Article 4." in shown
