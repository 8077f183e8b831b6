"""Reviews of codes by the coordinating ministry: what was decided, what waits, and where each text is."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Count, OuterRef, Subquery, When
from wagtail.models import Page, TaskState, WorkflowState

from conduct_codes import rules
from conduct_codes.gaps import by_article, gaps_in, gaps_in_many, words_in
from conduct_codes.models import CodePage, CoordinatingReviewTask, Edition, EditionText, ReviewDecision
from conduct_codes.separation import in_the_way_of_review, words_sha256
from institutions.models import Role

NOT_DECIDED = {TaskState.STATUS_SKIPPED, TaskState.STATUS_CANCELLED}


def approved_revisions(page_ids):
    """Page id → ids of the revisions that the coordinating review approved, in two queries.

    A revision counts if the review finished and every other task of it, where there are others, approved the same
    revision: a text that was changed between two tasks was seen by nobody as a whole.
    """
    page_ids = list(page_ids)
    decided = {}
    approvals = ReviewDecision.objects.approvals().filter(page__in=page_ids)
    for page_id, revision in approvals.values_list("page", "revision"):
        decided.setdefault(page_id, set()).add(revision)
    passed = _passed_every_task(page_ids)
    return {page_id: revisions & passed.get(page_id, set()) for page_id, revisions in decided.items()}


def _passed_every_task(page_ids):
    """Page id → ids of the revisions that a finished review approved at every one of its tasks; one query."""
    states = TaskState.objects.filter(
        workflow_state__status=WorkflowState.STATUS_APPROVED,
        workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
        workflow_state__object_id__in=[str(page_id) for page_id in page_ids],
    ).exclude(status__in=NOT_DECIDED)
    reviews = {}
    for page_id, *fact in states.values_list(
        "workflow_state__object_id", "workflow_state", "task", "status", "revision"
    ):
        review, task, status, revision = fact
        page_id, tasks, approved = reviews.setdefault(review, (int(page_id), set(), {}))
        tasks.add(task)
        if status == TaskState.STATUS_APPROVED:
            approved.setdefault(revision, set()).add(task)
    found = {}
    for page_id, tasks, approved in reviews.values():
        found.setdefault(page_id, set()).update(revision for revision, done in approved.items() if done == tasks)
    return found


def returns_by_code():
    """Code id → (how often its texts were returned, how many of these were cured: approved later); one query."""
    counted = (
        ReviewDecision.objects.returns()
        .with_cure()
        .order_by()
        .values("code")
        .annotate(returned=Count("pk"), cured=Count(Case(When(is_cured=True, then="pk"))))
    )
    return {row["code"]: (row["returned"], row["cured"]) for row in counted}


# --- the reviewer's side --------------------------------------------------------------------------------------------


@dataclass
class Waiting:
    """A text that waits for a reviewer: since when, by whom it was sent, what it lacks article by article."""

    state: TaskState
    page: CodePage
    lacks: list

    @property
    def sent_by(self):
        return self.state.workflow_state.requested_by

    @property
    def words(self):
        """What a decision names, so that nobody decides on words that were not on the page."""
        return words_sha256(self.state.revision.content)


def states_waiting_for(user):
    """The passages of our review that this account may decide on, the longest waiting first."""
    tasks = CoordinatingReviewTask.objects.filter(active=True)
    if not user.is_superuser:
        tasks = tasks.filter(groups__in=user.groups.all())
    return (
        TaskState.objects.filter(task__in=tasks.values("pk"), status=TaskState.STATUS_IN_PROGRESS)
        .filter(workflow_state__status=WorkflowState.STATUS_IN_PROGRESS)
        .select_related("revision", "workflow_state__requested_by")
        .order_by("started_at", "pk")
    )


def waiting_for(user):
    """Every text that waits for this account's review, in a fixed number of queries."""
    states = list(states_waiting_for(user))
    ids = [int(state.workflow_state.object_id) for state in states]
    known = _with_code(CodePage.objects.filter(pk__in=ids)).in_bulk()
    states = [state for state in states if int(state.workflow_state.object_id) in known]
    pages = [words_in(state.revision, known[int(state.workflow_state.object_id)]) for state in states]
    lacking = gaps_in_many(pages)
    return [Waiting(*row[:2], by_article(row[2])) for row in zip(states, pages, lacking, strict=True)]


def review_for(user, task_state_id):
    """The text in review that an address names, with all its words; None unless this account may decide on it."""
    state = states_waiting_for(user).filter(pk=task_state_id).first()
    if state is None:
        return None
    page = state.revision.as_object()
    return Waiting(state, page, by_article(gaps_in(page)))


# --- the author's side ----------------------------------------------------------------------------------------------


@dataclass
class Text:
    """One language of a code, where it is on its way to being law, and what it still lacks."""

    page: CodePage
    stage: str
    edition: Edition | None
    decision: ReviewDecision | None
    waiting_since: object = None
    lacks: list = field(default_factory=list)


def texts_for(scope):
    """Every text that the viewer edits, the law before its translations, in a fixed number of queries."""
    owned = scope.acting_as(Role.Kind.EDITOR).names_condition("code__owner__path")
    newest = ReviewDecision.objects.filter(page=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    pages = _with_code(CodePage.objects.filter(owned).select_related("latest_revision"))
    pages = sorted(pages.annotate(newest_decision=Subquery(newest)), key=_law_first)
    decisions = ReviewDecision.objects.in_bulk([page.newest_decision for page in pages if page.newest_decision])
    codes = {page.code_id for page in pages}
    editions = {edition.code_id: edition for edition in Edition.objects.filter(code__in=codes).order_by("number")}
    frozen = set(EditionText.objects.filter(edition__in=editions.values()).values_list("edition__code", "language"))
    open_states = _open_states(pages)
    texts = []
    for page in pages:
        text = Text(page, "", editions.get(page.code_id), decisions.get(page.newest_decision))
        text.stage, text.waiting_since = _stage(page, text, open_states.get(page.pk), frozen)
        texts.append(text)
    unfinished = [text for text in texts if text.stage != "adopted"]
    words = [words_in(text.page.latest_revision, text.page) for text in unfinished]
    for text, gaps in zip(unfinished, gaps_in_many(words), strict=True):
        text.lacks = by_article(gaps)
    return texts


def _law_first(page):
    return page.code.sector.order, page.code_id, not page.is_authoritative


def _open_states(pages):
    """Page id → its review that goes on or that was returned; one query."""
    states = WorkflowState.objects.active().filter(
        base_content_type=ContentType.objects.get_for_model(Page), object_id__in=[str(page.pk) for page in pages]
    )
    return {int(state.object_id): state for state in states.select_related("current_task_state")}


def _stage(page, text, open_state, frozen):
    law_adopted = text.edition.revision if text.edition else None
    adopted = law_adopted if (page.code_id, page.locale.language_code) in frozen else None
    decision = text.decision
    approved = decision.revision if decision and decision.decision == ReviewDecision.Decision.APPROVED else None
    in_review = bool(open_state and open_state.status == WorkflowState.STATUS_IN_PROGRESS)
    stage = rules.stage_of_text(
        in_review=in_review,
        returned=bool(open_state) and not in_review,
        approved=approved,
        adopted=adopted,
        latest=page.latest_revision_id,
    )
    passage = open_state and open_state.current_task_state
    return stage, passage.started_at if in_review and passage else None


def _with_code(pages):
    return pages.select_related("code__owner", "code__sector", "locale")


# --- in the editor --------------------------------------------------------------------------------------------------


def standing_in_editor(page, user):
    """What the editor shows above a text: what it lacks, whether it waits for review, why it was returned."""
    task = page.current_workflow_task
    reviews = isinstance(task, CoordinatingReviewTask) and task.is_reviewer(user)
    decision = ReviewDecision.objects.filter(page=page.pk).first()
    returned = decision and decision.decision == ReviewDecision.Decision.RETURNED
    return {
        "lacks": by_article(gaps_in(page)),
        "in_review": isinstance(task, CoordinatingReviewTask),
        "returned": decision if returned else None,
        "in_the_way": in_the_way_of_review(user, page.get_latest_revision()) if reviews else None,
    }
