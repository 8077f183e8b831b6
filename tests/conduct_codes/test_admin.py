"""The Wagtail admin: editors see their own section only, reviewers approve, and an adopted page stays."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import URLResolver, get_resolver, reverse
from wagtail.models import GroupPagePermission, Page, WorkflowState

from conduct_codes.actions import approved_review_exists, open_section
from conduct_codes.models import CodeIndexPage, CodePage, Edition, Measure, Regime
from tests import factories
from tests.factories import moment

pytestmark = pytest.mark.django_db

SECRET = "SECRETWORDS"


@pytest.fixture
def sections(site):
    """Two codes of two ministries with pages in both languages; the foreign one's drafts hold a secret."""
    codes = [factories.make_code(factories.make_sector(slug)) for slug in ("education", "police")]
    for code in codes:
        for language in ("km", "en"):
            factories.make_code_page(code, language)
        open_section(code=code, at=moment())
    own, foreign = codes
    writer = factories.make_role("editor", foreign.owner).user
    for page in CodePage.objects.filter(code=foreign):
        page.title = page.preamble = f"Hidden {SECRET}"
        for block in page.articles:
            block.value["text"] = SECRET
        page.save_revision(user=writer, log_action=True)
        page.get_workflow().start(page, writer)
    CodePage.objects.get(code=foreign, locale__language_code="en").unpublish()
    return own, foreign


def page_of(code, language="km"):
    return CodePage.objects.get(code=code, locale__language_code=language)


def admin_addresses(page):
    """Every address of the Wagtail admin, with the page wherever it asks for an id."""
    values = {
        "revision_id": page.latest_revision_id,
        "revision_id_a": page.latest_revision_id,
        "revision_id_b": "live",
        "app_label": "wagtailcore",
        "model_name": "page",
        "app_name": "conduct_codes",
        "content_type_app_name": "conduct_codes",
        "content_type_model_name": "codepage",
        "content_type_app_label": "conduct_codes",
    }
    routes = [route for route in _routes(get_resolver()) if route.startswith("admin/") and "failwhale" not in route]
    for route in routes:
        for action in ("delete", "move", "publish", "unpublish") if "bulk" in route else ("delete",):
            known = {**values, "action": action, "action_name": "approve"}
            named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name, known=known: str(known.get(name[1], page.pk)), named)
            yield "/" + re.sub(r"[\^$]|\\Z", "", path)


def _routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        else:
            yield route


@pytest.mark.slow
@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_no_admin_page_shows_the_words_of_a_foreign_section(indexed, client, sections, role):
    own, foreign = sections
    client.force_login(factories.make_role(role, own.owner).user)
    leaks, seen = [], 0
    for page in (page_of(foreign), page_of(foreign, "en"), page_of(own)):
        for address in admin_addresses(page):
            for query in ("?q=Hidden", f"?id={page.pk}"):
                response = client.get(address + query)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                seen += response.status_code == 200
                if SECRET in body.decode("utf-8", "replace"):
                    leaks.append(address + query)
    assert leaks == []
    assert seen > 10


@pytest.mark.parametrize("role", ["editor", "reviewer"])
def test_a_foreign_page_is_not_found_in_the_admin(client, sections, role):
    own, foreign = sections
    client.force_login(factories.make_role(role, own.owner).user)
    pk = page_of(foreign).pk
    names = ["edit", "history", "view_draft", "delete", "copy", "move", "unpublish", "workflow_history", "usage"]
    found = {name: client.get(reverse(f"wagtailadmin_pages:{name}", args=[pk])).status_code for name in names}
    assert found == dict.fromkeys(names, 404)
    assert client.get(reverse("wagtailadmin_explore", args=[pk])).status_code == 404


def test_an_editor_lists_the_own_pages_and_no_other(client, sections):
    own, _foreign = sections
    client.force_login(factories.make_role("editor", own.owner).user)
    index = CodeIndexPage.objects.get(locale__language_code="km")
    listed = client.get(reverse("wagtailadmin_explore", args=[index.pk])).content.decode()
    assert page_of(own).title in listed
    assert "police" not in listed


def test_an_editor_changes_and_submits_but_cannot_publish_add_or_delete(client, sections):
    own, _foreign = sections
    user = factories.make_role("editor", own.owner).user
    tester = page_of(own).permissions_for_user(user)
    allowed = ["can_edit", "can_submit_for_moderation", "can_view_revisions"]
    refused = ["can_publish", "can_unpublish", "can_delete", "can_add_subpage", "can_move", "can_lock"]
    assert [name for name in allowed + refused if getattr(tester, name)()] == allowed
    index = CodeIndexPage.objects.get(locale__language_code="km").permissions_for_user(user)
    assert not index.can_edit()
    assert not index.can_add_subpage()


def test_an_editor_submits_a_reviewer_approves_and_exactly_that_text_can_be_adopted(client, sections):
    own, _foreign = sections
    page = page_of(own)
    client.force_login(factories.make_role("editor", own.owner).user)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert client.get(edit).status_code == 200
    revision = page.save_revision()
    page.get_workflow().start(page, factories.make_user())
    client.force_login(factories.make_role("reviewer", own.owner).user)
    assert client.get(edit).status_code == 200
    [state] = WorkflowState.objects.filter(object_id=str(page.pk))
    approve = ["approve", state.current_task_state.pk]
    response = client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, *approve]), {"comment": ""})
    assert response.status_code in (200, 302)
    assert approved_review_exists(revision)
    assert not Edition.objects.exists()


def test_a_reviewer_does_not_write_and_opens_only_what_was_submitted(client, sections):
    own, _foreign = sections
    client.force_login(factories.make_role("reviewer", own.owner).user)
    pk = page_of(own).pk
    response = client.get(reverse("wagtailadmin_pages:edit", args=[pk]))
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    tester = page_of(own).permissions_for_user(response.wsgi_request.user)
    refused = ("can_edit", "can_delete", "can_add_subpage", "can_move", "can_lock")
    assert [name for name in refused if getattr(tester, name)()] == []


def test_people_without_an_editing_role_do_not_enter_the_admin(client, sections):
    own, _foreign = sections
    for role in ("hr", "registrar", "monitor", "discipline", "auditor", "adopter"):
        client.force_login(factories.make_role(role, own.owner).user)
        assert client.get(reverse("wagtailadmin_home")).status_code in (302, 403, 404), role
    client.force_login(factories.give_account(factories.make_post(institution=own.owner).person))
    assert client.get(reverse("wagtailadmin_home")).status_code in (302, 403, 404)


@pytest.mark.parametrize("role", ["officer", "hr", "editor"])
def test_a_page_that_is_not_there_is_answered_like_a_foreign_one(client, sections, role):
    own, foreign = sections
    if role == "officer":
        client.force_login(factories.give_account(factories.make_post(institution=own.owner).person))
    else:
        client.force_login(factories.make_role(role, own.owner).user)
    for name in ("wagtailadmin_pages:edit", "wagtailadmin_explore", "wagtailadmin_pages:history"):
        answers = {client.get(reverse(name, args=[pk])).status_code for pk in (page_of(foreign).pk, 987654)}
        assert answers == {404}, name


def test_open_section_twice_changes_nothing(sections):
    own, _foreign = sections
    before = [GroupPagePermission.objects.count(), Group.objects.count(), Permission.objects.count()]
    open_section(code=own, at=moment())
    after = [GroupPagePermission.objects.count(), Group.objects.count(), Permission.objects.count()]
    assert before == after
    assert GroupPagePermission.objects.filter(page__in=Page.objects.type(CodePage)).count() == 8


def test_a_page_stays_the_page_of_its_code(client, sections):
    own, _foreign = sections
    client.force_login(factories.make_user(is_superuser=True))
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page_of(own).pk]))
    field = response.context["form"].fields["code"]
    assert field.disabled


@pytest.mark.parametrize("target", ["page", "index", "home"])
def test_an_adopted_page_cannot_be_deleted_even_with_what_lies_above_it(client, site, target):
    edition = factories.make_edition()
    page = page_of(edition.code)
    index = page.get_parent()
    pk = {"page": page.pk, "index": index.pk, "home": index.get_parent().pk}[target]
    client.force_login(factories.make_user(is_superuser=True))
    response = client.post(reverse("wagtailadmin_pages:delete", args=[pk]), follow=True)
    assert "cannot be deleted" in response.content.decode()
    assert Page.objects.filter(pk=page.pk).exists()


def test_adopted_pages_cannot_be_deleted_in_bulk(client, site):
    edition = factories.make_edition()
    page = page_of(edition.code)
    client.force_login(factories.make_user(is_superuser=True))
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    response = client.post(f"{url}?id={page.pk}&id={page.get_parent().pk}", follow=True)
    assert "cannot be deleted" in response.content.decode()
    assert Page.objects.filter(pk=page.pk).exists()


def test_a_page_without_an_edition_can_be_deleted(client, site):
    page = factories.make_code_page()
    client.force_login(factories.make_user(is_superuser=True))
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not Page.objects.filter(pk=page.pk).exists()


def test_the_platform_owner_edits_regimes_with_their_measures(client, site):
    regime = factories.make_regime()
    client.force_login(factories.make_user(is_superuser=True))
    assert "measures-TOTAL_FORMS" in client.get(reverse("regimes:edit", args=[regime.pk])).content.decode()
    assert client.get(reverse("topics:index")).status_code == 200


def test_editors_read_the_reference_lists_and_change_none(client, sections):
    own, _foreign = sections
    regime = Regime.objects.get()
    client.force_login(factories.make_role("editor", own.owner).user)
    read = [reverse("regimes:index"), reverse("topics:index"), reverse("regimes:inspect", args=[regime.pk])]
    assert [client.get(url).status_code for url in read] == [200, 200, 200]
    for name, args in (("add", []), ("edit", [regime.pk]), ("delete", [regime.pk])):
        assert client.post(reverse(f"regimes:{name}", args=args), {"name": "Other"}).status_code in (302, 403)
    assert Regime.objects.count() == 1
    assert Measure.objects.count() == 3


def test_a_regime_that_a_code_uses_cannot_be_deleted(client, site):
    regime = factories.make_code().regime
    client.force_login(factories.make_user(is_superuser=True))
    client.post(reverse("regimes:delete", args=[regime.pk]))
    assert Regime.objects.filter(pk=regime.pk).exists()


def test_an_id_that_is_no_page_id_is_nobodys_section(client, sections):
    own, foreign = sections
    client.force_login(factories.make_role("editor", own.owner).user)
    pk = page_of(foreign).pk
    assert client.get(reverse("topics:index") + f"?id={pk}").status_code == 200
    assert client.get(reverse("wagtailadmin_choose_page_chosen_multiple") + f"?id={pk}").status_code == 404
    assert client.get(reverse("wagtailadmin_choose_page_child", args=[pk])).status_code == 404
    assert "page-types-usage" not in client.get(reverse("wagtailadmin_home")).content.decode()
