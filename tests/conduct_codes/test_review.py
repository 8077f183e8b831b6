"""The review by the coordinating ministry: who decides, what cannot be approved on any route, and what is kept."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from wagtail.models import GroupApprovalTask, Revision, TaskState, Workflow, WorkflowState, WorkflowTask

from conduct_codes import reviews, separation
from conduct_codes.actions import AdoptionRefused, ReviewRefused, approve_text, approved_review_exists, return_text
from conduct_codes.models import CodePage, CoordinatingReviewTask, Edition, Measure, ReviewDecision
from institutions.models import AuditEntry
from tests import factories
from tests.conduct_codes.review_world import gappy_articles, make_section, waiting
from tests.factories import TODAY, adopt, article, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english_sentences")]


@pytest.fixture
def section(site):
    return make_section()


@pytest.fixture
def gappy(site):
    return make_section(articles=gappy_articles())


def reread(page):
    return CodePage.objects.get(pk=page.pk)


# --- what cannot be approved while something is missing -------------------------------------------------------------


def _base_approve(state, user):
    TaskState.objects.get(pk=state.pk).approve(user=user)


def _workflow_updated(state, user):
    TaskState.objects.filter(pk=state.pk).update(status=TaskState.STATUS_APPROVED)
    WorkflowState.objects.get(pk=state.workflow_state_id).update(user=user)


def _saved(status):
    def save(state, user):
        state.status, state.finished_by = status, user
        state.save()

    return save


def _copied(state, user):
    state.copy(update_attrs={"status": TaskState.STATUS_APPROVED, "finished_by": user})


def _named_status(state, user):
    workflow_state = state.workflow_state
    workflow_state.status = WorkflowState.STATUS_APPROVED
    workflow_state.save()


ROUTES = {
    "the task state itself": lambda state, user: state.approve(user=user),
    "the stock task state": _base_approve,
    "the task's action": lambda state, user: state.task.specific.on_action(state, user, "approve"),
    "the action with a remark": lambda state, user: state.task.specific.on_action(state, user, "approve", comment="!"),
    "the house's own action": lambda state, user: approve_text(
        task_state=state, words=separation.words_sha256(state.revision.content), at=moment(), by=user
    ),
    "the end of the workflow": lambda state, user: state.workflow_state.finish(user=user),
    "a status written past the models": _workflow_updated,
    "a status that is saved": _saved(TaskState.STATUS_APPROVED),
    "a step that is skipped": _saved(TaskState.STATUS_SKIPPED),
    "a copy of the step": _copied,
    "a workflow state that is saved": _named_status,
    "a task that is switched off": lambda state, user: state.task.specific.deactivate(user=user),
}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("role", ["reviewer", "owner"])
def test_a_text_that_lacks_something_passes_the_review_on_no_route(gappy, route, role):
    state = waiting(gappy)
    with pytest.raises(PermissionDenied), transaction.atomic():
        ROUTES[route](state, getattr(gappy, role))
    state = TaskState.objects.get(pk=state.pk)
    assert (state.status, state.workflow_state.status) == ("in_progress", "in_progress")
    assert not ReviewDecision.objects.exists()
    assert not approved_review_exists(state.revision)
    with pytest.raises(AdoptionRefused, match="not been approved in review"):
        adopt(state.revision, by=gappy.adopter)


@pytest.mark.parametrize("route", [*ROUTES][:5])
def test_a_text_that_lacks_nothing_passes_on_each_regular_route(section, route):
    state = waiting(section)
    ROUTES[route](state, section.reviewer)
    assert approved_review_exists(state.revision)
    [decision] = ReviewDecision.objects.all()
    assert (decision.code, decision.language, decision.decided_by) == (section.code, "km", section.reviewer)
    assert AuditEntry.objects.filter(verb="conduct_codes.approve_text").count() == 1
    assert not Edition.objects.exists()


def test_the_refusal_names_the_article_with_its_number_and_heading(gappy):
    with pytest.raises(ReviewRefused, match=r"Article 2 \(ហាមវាយដំ\): It is a prohibition without a stipulated measure"):
        waiting(gappy).approve(user=gappy.reviewer)


@pytest.mark.parametrize("lost", [{"authority": ""}, {"procedure": ""}, {"decide_within_days": 0}, {"appeal_days": 0}])
def test_a_measure_that_is_not_complete_stops_the_approval(section, lost):
    Measure.objects.filter(slug="dismissal").update(**lost)
    with pytest.raises(ReviewRefused, match="The measure “Dismissal”"):
        waiting(section).approve(user=section.reviewer)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"hotlines": []}, "names no hotline"),
        ({"articles": [article(1, legal_basis="Law")]}, "no duty to report"),
        ({"articles": [article(1, "reporting")]}, "legal basis"),
    ],
)
def test_a_code_without_hotline_reporting_duty_or_legal_basis_is_not_approved(site, facts, sentence):
    section = make_section(**facts)
    with pytest.raises(ReviewRefused, match=sentence):
        waiting(section).approve(user=section.reviewer)


def test_a_published_translation_with_other_articles_stops_the_law_until_it_has_the_same(section):
    english = factories.make_code_page(section.code, "en", articles=[article(1, "reporting", "en")])
    state = waiting(section)
    with pytest.raises(ReviewRefused, match="The translation lacks this article: English"):
        state.approve(user=section.reviewer)
    english.articles = reread(section.page).articles
    english.save()
    TaskState.objects.get(pk=state.pk).approve(user=section.reviewer)
    assert approved_review_exists(state.revision)


def test_a_translation_is_compared_with_the_newest_words_of_the_law(section):
    english = factories.make_code_page(section.code, "en")
    law = reread(section.page)
    del law.articles[2]
    law.save_revision(user=section.editor)
    with pytest.raises(ReviewRefused, match="The translation has an article that the authoritative text lacks"):
        factories.approve(english)


# --- publishing makes no law ----------------------------------------------------------------------------------------


def test_publishing_a_page_in_an_open_review_makes_no_law_and_counts_as_no_approval(client, gappy):
    state = waiting(gappy)
    state.revision.publish(user=gappy.owner)
    assert reread(gappy.page).live
    assert TaskState.objects.get(pk=state.pk).status == TaskState.STATUS_CANCELLED
    with pytest.raises(AdoptionRefused, match="not been approved in review"):
        adopt(state.revision, by=gappy.adopter)
    assert not Edition.objects.exists()
    shown = client.get(reread(gappy.page).get_url()).content.decode()
    assert "សេចក្តីព្រាង មិនទាន់មានអានុភាព" in shown


def test_a_stock_approval_is_no_approval(site):
    page = factories.make_code_page()
    revision = page.save_revision()
    workflow, task = Workflow.objects.create(name="Stock"), GroupApprovalTask.objects.create(name="Stock")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    state = workflow.start(page, None)
    state.current_task_state.approve(user=factories.make_user(is_superuser=True))
    state.refresh_from_db()
    assert state.status == WorkflowState.STATUS_APPROVED
    assert not approved_review_exists(revision)


# --- three different people -----------------------------------------------------------------------------------------


def test_whoever_wrote_a_word_since_the_last_adoption_cannot_decide_on_it(section):
    writer = factories.make_role("reviewer", section.coordinator, factories.make_user("writer")).user
    page = reread(section.page)
    page.preamble = "Other words"
    page.save_revision(user=writer)
    page.preamble = "Other words again"
    state = factories.submit(page, by=section.editor)
    task = state.task.specific
    assert task.get_actions(page, writer) == []
    assert not task.user_can_access_editor(page, writer)
    for decide in (lambda: state.approve(user=writer), lambda: state.reject(user=writer, comment="No")):
        with pytest.raises(ReviewRefused, match="writer changed this text since it was last adopted"):
            decide()
        state.refresh_from_db()
    offered = [name for name, _label, _modal in task.get_actions(page, section.reviewer)]
    assert offered == ["reject", "approve", "approve"]
    state.approve(user=section.reviewer)


def test_even_the_platform_owner_does_not_approve_own_words(section):
    state = waiting(section, by=section.owner)
    with pytest.raises(ReviewRefused, match="owner changed this text"):
        state.approve(user=section.owner)


def test_a_reviewer_who_only_comments_did_not_write_the_text(section):
    state = waiting(section)
    page = reread(section.page).get_latest_revision_as_object()
    comment = page.save_revision(user=section.reviewer)
    state = TaskState.objects.get(pk=state.pk)
    assert state.revision == comment
    assert separation.authors_of(comment) == {section.editor.pk}
    state.approve(user=section.reviewer)
    assert approved_review_exists(comment)


def test_a_reviewer_who_changes_a_word_is_an_author_and_another_one_decides(section):
    waiting(section)
    page = reread(section.page).get_latest_revision_as_object()
    page.title = "A better title"
    page.save_revision(user=section.reviewer)
    state = page.current_workflow_task_state
    with pytest.raises(ReviewRefused, match="reviewer changed this text"):
        state.approve(user=section.reviewer)
    other = factories.make_role("reviewer", section.coordinator).user
    page.current_workflow_task_state.approve(user=other)


@pytest.mark.parametrize("kind", ["editor", "adopter", "hr", None])
def test_only_a_reviewer_of_the_coordinating_ministry_decides(section, kind):
    user = factories.make_role(kind, section.coordinator).user if kind else None
    for decide in ("approve", "reject"):
        with pytest.raises(ReviewRefused, match="Only a reviewer of the coordinating ministry"):
            getattr(waiting_again(section), decide)(user=user, comment="Because")


def waiting_again(section):
    return reread(section.page).current_workflow_task_state or waiting(section)


def test_a_reviewer_of_another_ministry_does_not_decide(section):
    foreign = factories.make_role("reviewer", section.code.owner).user
    with pytest.raises(ReviewRefused, match="Only a reviewer"):
        waiting(section).approve(user=foreign)


def test_adopter_is_neither_author_nor_reviewer(section):
    writer = factories.make_role("adopter", section.code.owner, section.editor).user
    checker = factories.make_role("adopter", section.code.owner, section.reviewer).user
    state = waiting(section)
    state.approve(user=section.reviewer)
    with pytest.raises(AdoptionRefused, match="editor changed this text since it was last adopted and cannot adopt it"):
        adopt(state.revision, by=writer)
    with pytest.raises(AdoptionRefused, match="reviewer approved this text in review and cannot adopt it"):
        adopt(state.revision, by=checker)
    assert not Edition.objects.exists()
    assert adopt(state.revision, by=section.adopter).number == 1


def test_adoption_refuses_a_text_whose_author_approved_it(section):
    state = waiting(section)
    state.approve(user=section.reviewer)
    Revision.objects.filter(pk=state.revision_id).update(user=section.reviewer)
    with pytest.raises(AdoptionRefused, match="reviewer wrote this text and approved it too"):
        adopt(state.revision, by=section.adopter)


def test_authors_of_an_adopted_text_may_review_the_next_one(section):
    state = waiting(section)
    state.approve(user=section.reviewer)
    adopt(state.revision, by=section.adopter)
    page = reread(section.page)
    page.preamble = "Next"
    state = factories.submit(page, by=section.adopter)
    assert separation.authors_of(state.revision) == {section.adopter.pk}
    factories.make_role("reviewer", section.coordinator, section.editor)
    state.approve(user=section.editor)
    assert approved_review_exists(state.revision)


# --- returned with a reason -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_a_return_without_a_reason_is_refused_in_the_language_of_the_page(section, comment):
    state = waiting(section)
    with pytest.raises(ReviewRefused, match="Write the reason"):
        state.reject(user=section.reviewer, comment=comment)
    with translation.override("km"), pytest.raises(ReviewRefused) as refused:
        TaskState.objects.get(pk=state.pk).reject(user=section.reviewer, comment=comment)
    assert "Write" not in str(refused.value)
    assert TaskState.objects.get(pk=state.pk).status == TaskState.STATUS_IN_PROGRESS


def test_the_database_refuses_a_return_without_a_reason(section):
    with pytest.raises(IntegrityError):
        ReviewDecision.objects.create(
            code=section.code,
            language="km",
            page=1,
            revision=1,
            words_sha256="",
            decision="returned",
            reason="",
            decided_at=moment(),
            decided_by=section.reviewer,
        )


def test_returns_by_code_counts_returns_and_those_that_were_cured(section, django_assert_num_queries):
    assert reviews.returns_by_code() == {}
    page = reread(section.page)
    for reason in ("Article 1", "Article 2"):
        factories.send_back(page, reason, by=section.reviewer, author=section.editor)
    assert reviews.returns_by_code() == {section.code.pk: (2, 0)}
    factories.approve(page, by=section.reviewer, author=section.editor)
    other = make_other(section)
    factories.send_back(other, "Article 3", by=section.owner)
    factories.send_back(page, "Article 4", by=section.reviewer, author=section.editor)
    with django_assert_num_queries(1):
        assert reviews.returns_by_code() == {section.code.pk: (3, 2), other.code_id: (1, 0)}


def make_other(section):
    return factories.make_code_page(factories.make_code(factories.make_sector("police")))


@pytest.mark.parametrize("statement", ["UPDATE {table} SET reason = 'x'", "DELETE FROM {table}"])
def test_a_decision_is_never_changed_or_deleted(section, statement):
    waiting(section).approve(user=section.reviewer)
    table = ReviewDecision._meta.db_table
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))
    reread(section.page).delete()
    assert ReviewDecision.objects.count() == 1


# --- exactly these words --------------------------------------------------------------------------------------------


def test_autosave_does_not_overwrite_what_was_reviewed(section):
    state = waiting(section)
    state.approve(user=section.reviewer)
    page = reread(section.page).get_latest_revision_as_object()
    page.preamble = "Slipped in afterwards"
    with pytest.raises(PermissionDenied, match="was reviewed"):
        page.save_revision(user=section.editor, overwrite_revision=state.revision)
    assert Revision.objects.get(pk=state.revision_id).content["preamble"] != "Slipped in afterwards"


def test_words_that_changed_past_the_models_after_the_review_are_not_adopted(section):
    state = waiting(section)
    state.approve(user=section.reviewer)
    content = state.revision.content | {"preamble": "Slipped in afterwards"}
    Revision.objects.filter(pk=state.revision_id).update(content=content)
    with pytest.raises(AdoptionRefused, match="not been approved in review"):
        adopt(Revision.objects.get(pk=state.revision_id), by=section.adopter)


@pytest.mark.parametrize("decide", ["approve", "return"])
def test_nobody_decides_on_words_that_were_not_on_the_page(section, decide):
    state = waiting(section)
    words = separation.words_sha256(state.revision.content)
    page = reread(section.page)
    page.preamble = "Changed meanwhile"
    page.save_revision(user=section.editor)
    facts = {"task_state": state, "words": words, "at": moment(), "by": section.reviewer}
    with pytest.raises(ReviewRefused, match="changed since you opened this page"):
        approve_text(**facts) if decide == "approve" else return_text(reason="No", **facts)


def test_a_decision_that_was_taken_is_not_taken_again(section):
    state = waiting(section)
    facts = {"words": separation.words_sha256(state.revision.content), "at": moment(TODAY), "by": section.reviewer}
    return_text(task_state=state, reason="Article 2", **facts)
    with pytest.raises(ReviewRefused, match="does not wait for review any more"):
        approve_text(task_state=state, **facts)
    [decision] = ReviewDecision.objects.all()
    assert (decision.reason, decision.decided_at) == ("Article 2", moment(TODAY))
    assert CoordinatingReviewTask.objects.count() == 1


def test_a_browser_that_stores_a_page_again_changes_no_word():
    articles = [{"type": "article", "id": "a", "value": {"text": "One\nTwo", "measures": [{"id": "1", "value": "x"}]}}]
    hotlines = [{"type": "hotline", "value": {"number": "117"}}]

    def content(articles, hotlines, **facts):
        return {"title": "T", "code": 1, "articles": json.dumps(articles), "hotlines": json.dumps(hotlines), **facts}

    before = content(articles, hotlines, preamble="P", comments=[])
    again = json.loads(json.dumps(articles).replace("\\n", "\\r\\n").replace('"1"', '"2"'))
    stored = content(again, [hotlines[0] | {"id": "new"}], preamble="P ", comments=[{"text": "!"}], live=True)
    assert separation.words_sha256(stored) == separation.words_sha256(before)
    renamed = content([articles[0] | {"id": "b"}], hotlines, preamble="P")
    assert separation.words_sha256(renamed) != separation.words_sha256(before)
    assert separation.words_sha256(before | {"title": "Other"}) != separation.words_sha256(before)
