"""The Wagtail admin as editors and reviewers of one ministry find it: not a word of the other, and no person at all."""

import itertools
import re

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.urls import reverse
from modelsearch.index import get_indexed_models
from wagtail.admin.viewsets import viewsets
from wagtail.models import (
    Comment,
    DraftStateMixin,
    ModelLogEntry,
    Page,
    PageLogEntry,
    ReferenceIndex,
    Revision,
    RevisionMixin,
    TaskState,
    WorkflowState,
)
from wagtail.snippets.models import get_snippet_models

from conduct_codes.actions import open_section
from conduct_codes.models import CodePage, Regime, Topic
from institutions.models import User
from tests import factories
from tests.site import two_ministries
from tests.site.asking import LOGIN, client_with, held, is_of_tests, named_addresses, one_world, request, session_of
from tests.site.test_scoped_reads import PERSONAL

pytestmark = pytest.mark.xdist_group("admin")  # one world, made once

SECRET, SEARCHED = "Foreigndraftword", "Findableword"  # a search field repeats what was typed: only one is asked for
WRITER = "foreignwriter"
INSIDE = ("editor", "reviewer")


@pytest.mark.django_db
def test_the_world_of_this_module_is_made_in_the_test_database():
    assert is_of_tests(connection)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two ministries; the foreign code has drafts, a review, a comment and a scheduled revision that hold a secret."""
    with one_world(django_db_blocker, tmp_path_factory.mktemp("admin")):
        world = two_ministries.make_world()
        foreign = world.places["foreign"]
        world.writer = factories.make_role("editor", foreign.ministry, factories.make_user(WRITER)).user
        world.pages = [_hide(page, world.writer) for page in CodePage.objects.filter(code=foreign.code)]
        open_section(code=foreign.code, at=factories.moment())
        world.sessions = {role: session_of(world.viewers[role]) for role in (*INSIDE, "superuser")}
        world.looks = {}
        yield world


def _hide(page, writer):
    """Put the secret wherever Wagtail keeps words of a page."""
    page.unpublish()
    page.title = page.draft_title = page.preamble = page.search_description = f"{SEARCHED} {SECRET}"
    page.seo_title = SECRET
    for block in page.articles:
        block.value["text"] = block.value["heading"] = f"{SEARCHED} {SECRET}"
    Comment.objects.create(page=page, user=writer, text=SECRET, contentpath="preamble")
    page.save_revision(user=writer, log_action=True)
    page.save_revision(user=writer, approved_go_live_at=factories.moment(factories.TODAY + two_ministries.DAY))
    if page.current_workflow_state is None:
        page.get_workflow().start(page, writer)
    return Page.objects.get(pk=page.pk).specific


def client_of(world, role):
    return client_with(world.sessions[role])


# --- every address with foreign ids ---------------------------------------------------------------------------------


def things(world):
    """Ids of the foreign ministry's things, by the name under which an address asks for them."""
    page_ids = [page.pk for page in world.pages]
    revisions = Revision.objects.filter(object_id__in=map(str, page_ids)).order_by("-pk").values_list("pk", flat=True)
    states = WorkflowState.objects.filter(object_id__in=map(str, page_ids))
    tasks = TaskState.objects.filter(workflow_state__in=states)
    pages = dict.fromkeys(PAGE_NAMES, page_ids)
    return pages | {
        "revision_id": revisions[:2],
        "revision_id_a": ["earliest", revisions[0]],
        "revision_id_b": ["latest", "live", revisions[1]],
        "workflow_state_id": states.values_list("pk", flat=True),
        "task_state_id": tasks.values_list("pk", flat=True),
        "task_id": tasks.values_list("task", flat=True),
        "workflow_pk": states.values_list("workflow", flat=True),
        "page_pk": page_ids,
        "object_id": page_ids,
        "parent_page_id": [*page_ids, world.pages[0].get_parent().pk],
        "app_label": ["wagtailcore"],
        "model_name": ["page"],
        "app_name": ["conduct_codes"],
        "content_type_app_name": ["conduct_codes"],
        "content_type_model_name": ["codepage"],
        "action": ["delete", "move", "publish", "unpublish"],
        "action_name": ["approve", "reject", "publish", "copy"],
        "filter_spec": ["max-165x165"],
    }


def _workflow_and_tasks(world):
    workflow = world.pages[0].get_workflow()
    return [workflow.pk, *(task.pk for task in workflow.tasks)]


def _bank_parts(place):
    return [place.bank.slug, place.question.key, "single", "xlsx"]


def _course_parts(place):
    return [place.bank.course.slug, place.first_lesson.pk, place.first_lesson_page.pk]


PAGE_NAMES = ("page_id", "page_to_move_id", "destination_id", "page_to_copy_id", "page_to_alias_id")
OF_NAMESPACE = {
    "wagtailadmin_workflows": _workflow_and_tasks,
    "wagtailusers_users": lambda world: [world.writer.pk, world.places["foreign"].person.user.pk],
    "wagtailusers_groups": lambda world: world.writer.groups.values_list("pk", flat=True),
    "topics": lambda world: [Topic.objects.first().pk],
    "course_rules": lambda world: [world.places["foreign"].bank.course.slug],
    "question_banks": lambda world: _bank_parts(world.places["foreign"]),
    "kept_courses": lambda world: _course_parts(world.places["foreign"]),
    "scorm_packages": lambda world: [world.places["foreign"].package.pk, world.places["foreign"].package.lesson_id],
    "regimes": lambda world: [Regime.objects.first().pk],
}


def admin_addresses(world):
    """Every address of the admin, with each foreign id that it may mean."""
    known = things(world)
    for name, route in named_addresses():
        if not route.startswith("admin/") or "failwhale" in route or "test404" in route:
            continue
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
        names = re.findall(r"<(?:\w+:)?(\w+)>", plain)
        own = OF_NAMESPACE.get(name.split(":")[0], lambda world: [page.pk for page in world.pages])(world)
        for values in itertools.product(*(known.get(part, own) for part in names)):
            path = plain
            for value in values:
                path = re.sub(r"<[^>]+>", str(value), path, count=1)
            yield "/" + re.sub(r"[\^$\\]|\.\*", "", path)


def queries(world):
    """Searches, filters, choices and exports that could reach a foreign page."""
    page = world.pages[0]
    yield from (f"?q={SEARCHED}", f"?id={page.pk}", "?export=csv", "?fields=*&type=conduct_codes.CodePage")
    yield f"?search={SEARCHED}&page_type=wagtailcore.Page&title={SEARCHED}"
    yield f"?child_of={page.get_parent().pk}&childOf={page.pk}&fields=*&for_explorer=1"
    yield f"?user={world.writer.pk}&object_id={page.pk}&content_type={ContentType.objects.get_for_model(CodePage).pk}"


def looks_of(world, role):
    """Address → answer; asked once for all tests of this module. Where a bare address is refused, so are its queries,
    but for those views that ask for rights on what the query names."""
    if role not in world.looks:
        client, looks = client_of(world, role), {}
        for path in sorted(set(admin_addresses(world))):
            looks[path] = request(client, "get", path)
            if looks[path].answer == 200 or "/bulk/" in path or "choose" in path:
                looks |= {path + query: request(client, "get", path + query) for query in queries(world)}
        world.looks[role] = looks
    return world.looks[role]


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.parametrize("role", INSIDE)
def test_no_address_of_the_admin_shows_a_foreign_word(world, role):
    looks = looks_of(world, role)
    assert held({address: seen.text for address, seen in looks.items()}, {SECRET}) == set()
    assert sum(seen.answer == 200 for seen in looks.values()) > 100


@pytest.mark.any_database
@pytest.mark.slow
@pytest.mark.parametrize("role", INSIDE)
def test_no_address_of_the_admin_names_a_person(world, role):
    """Wagtail's filters by author list the account names of those who edit; an officer's never stands there."""
    people = [place.person for place in world.places.values()]
    names = {name for person in people for name in (person.name, person.name_latin, person.user.username)}
    assert held({address: seen.text for address, seen in looks_of(world, role).items()}, names) == set()


@pytest.mark.slow
@pytest.mark.parametrize("role", INSIDE)
def test_no_empty_form_sent_to_the_admin_changes_a_foreign_page(world, role):
    client, changed = client_of(world, role), {}
    models = (Page, CodePage, Revision, WorkflowState, TaskState, PageLogEntry, Comment)
    ours = {model._meta.db_table for model in models}
    for path in sorted(set(admin_addresses(world))):
        written = request(client, "post", f"{path}?id={world.pages[0].pk}").written & ours
        if written:
            changed[path] = written
    assert changed == {}


def test_the_platform_owner_finds_the_word_with_the_same_questions(world):
    edit = reverse("wagtailadmin_pages:edit", args=[world.pages[0].pk])
    assert SECRET in request(client_of(world, "superuser"), "get", edit).text
    search = reverse("wagtailadmin_pages:history", args=[world.pages[0].pk])
    assert WRITER in request(client_of(world, "superuser"), "get", search).text


@pytest.mark.parametrize("role", INSIDE)
def test_an_account_of_the_ministry_does_enter_the_admin(world, role):
    page = world.places["own"].page
    listed = request(client_of(world, role), "get", reverse("wagtailadmin_explore", args=[page.get_parent().pk]))
    assert listed.answer == 200 and page.title in listed.text


# --- accounts and rights --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", INSIDE)
@pytest.mark.parametrize(
    "name",
    [
        *("wagtailusers_users:index", "wagtailusers_users:index_results", "wagtailusers_users:add"),
        *("wagtailusers_groups:index", "wagtailusers_groups:index_results", "wagtailusers_groups:add"),
        *("wagtailsites:index", "wagtailsites:add", "wagtailadmin_collections:index", "wagtailadmin_collections:add"),
        *("wagtailadmin_workflows:index", "wagtailadmin_workflows:task_index", "wagtailadmin_workflows:add"),
        *("topics:add", "regimes:add"),
    ],
)
def test_accounts_groups_and_settings_are_closed_to_editors(world, role, name):
    client = client_of(world, role)
    assert request(client, "get", reverse(name)).answer in (302, 403, 404)
    sent = request(client, "post", reverse(name), {"username": "intruder", "is_superuser": "on", "name": "x"})
    assert sent.answer in (302, 403, 404) and not sent.written


@pytest.mark.parametrize("role", INSIDE)
def test_nobody_makes_themselves_more_on_their_own_account_page(world, role):
    user = world.viewers[role]
    path = reverse("wagtailadmin_account")
    facts = {"is_superuser": "on", "is_staff": "on", "groups": "1", "name_email-first_name": "Foreign", "username": "x"}
    request(client_of(world, role), "post", path, facts)
    again = User.objects.get(pk=user.pk)
    assert (again.is_superuser, again.is_staff, again.username) == (False, False, user.username)


# --- what the admin must not hold -----------------------------------------------------------------------------------

PERSONAL_MODELS = {model for model in apps.get_models() if model.__name__ in PERSONAL}


def test_the_list_of_personal_models_names_models_that_exist():
    assert {model.__name__ for model in PERSONAL_MODELS} == PERSONAL


def test_no_personal_model_is_registered_in_the_admin():
    shown = {viewset.model for viewset in viewsets.viewsets if getattr(viewset, "model", None)}
    assert (shown | set(get_snippet_models())) & PERSONAL_MODELS == {User}  # accounts: the platform owner's alone


def test_no_personal_model_is_a_page_or_keeps_revisions():
    kept = {model for model in PERSONAL_MODELS if issubclass(model, (Page, RevisionMixin, DraftStateMixin))}
    assert kept == set()


def test_no_personal_model_is_in_the_search_index():
    assert set(get_indexed_models()) & PERSONAL_MODELS == set()


def test_no_page_points_at_a_person():
    of_every_page = {field.name for field in Page._meta.get_fields()}
    pointing = {
        (model.__name__, field.name)
        for model in apps.get_models()
        if issubclass(model, Page) and model is not Page
        for field in model._meta.get_fields()
        if field.related_model in PERSONAL_MODELS and field.name not in of_every_page
    }
    assert pointing == set()


@pytest.mark.parametrize("model", [Revision, ModelLogEntry, ReferenceIndex])
def test_wagtail_keeps_no_trace_of_personal_rows(world, model):
    kinds = ContentType.objects.get_for_models(*PERSONAL_MODELS).values()
    assert not model.objects.filter(content_type__in=kinds).exists()


@pytest.mark.parametrize("path", ["/api/", "/api/v2/pages/", "/api/v3/pages/", "/api/v2/images/", "/km/api/v2/pages/"])
@pytest.mark.parametrize("role", [None, "editor"])
def test_there_is_no_programming_interface(world, role, path):
    assert request(client_with(world.sessions.get(role)), "get", path).answer == 404


def test_the_admins_own_interface_asks_who_it_is(world):
    paths = ["/admin/api/main/pages/", "/admin/api/main/images/", "/admin/api/main/documents/"]
    answers = {path: request(client_with(), "get", path).answer for path in paths}
    assert set(answers.values()) <= {LOGIN, 401, 403, 404}
