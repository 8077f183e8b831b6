"""The public register of codes: where each one stands, when it is to be reviewed, what it still owes."""

from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, WorkflowState

from conduct_codes import rules
from conduct_codes.models import Article, Code, CodePage, Edition, Repeal
from conduct_codes.models.editions import ArticleKind, authoritative_language
from conduct_codes.reviews import approved_revisions, returns_by_code


class Stage(models.TextChoices):
    """Where a code stands, from its first draft to its end."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved, awaiting adoption")
    COMING = "coming", _("Adopted, not in force yet")
    IN_FORCE = "in-force", _("In force")
    DUE = "due", _("Review due")
    OVERDUE = "overdue", _("Review overdue")
    REPEALED = "repealed", _("Repealed")


@dataclass
class Row:
    """One code of the register. edition is the one in force, or the last one of a repealed code."""

    code: Code
    edition: Edition | None = None
    coming: Edition | None = None
    repeal: Repeal | None = None
    review_due_on: date | None = None
    review: str = ""
    next_text: str = ""
    unpenalised: int | None = None
    unpenalised_next: int | None = None
    returned: int = 0
    cured: int = 0

    @property
    def stage(self):
        """The one word for where the code stands; what is on the way to follow it is next_text."""
        if self.repeal:
            return Stage.REPEALED
        if self.edition:
            return {"due": Stage.DUE, "overdue": Stage.OVERDUE}.get(self.review, Stage.IN_FORCE)
        if self.coming:
            return Stage.COMING
        return Stage(self.next_text) if self.next_text else Stage.DRAFT

    @property
    def next_label(self):
        """What is on the way to follow the edition in force, or a repealed code; else nothing."""
        return Stage(self.next_text).label if self.next_text and (self.edition or self.coming or self.repeal) else ""


def register_rows(day):
    """Every code, in the order of the sectors, in a fixed number of queries."""
    rows = _standing_rows(Code.objects.all(), day)
    _add_texts(rows)
    counted = Article.objects.filter(edition__in=[row.edition for row in rows if row.edition])
    bare = dict(
        counted.filter(kind=ArticleKind.PROHIBITION, measures__isnull=True)
        .values_list("edition")
        .annotate(count=Count("pk"))
        .order_by()
    )
    returns = returns_by_code()
    for row in rows:
        if row.edition:
            row.unpenalised = bare.get(row.edition.pk, 0)
        row.returned, row.cured = returns.get(row.code.pk, (0, 0))
    return rows


def reviews_due(codes, day):
    """The rows of those codes whose review is due or overdue, the most pressing first; three queries."""
    rows = [row for row in _standing_rows(codes, day) if row.review in ("due", "overdue")]
    return sorted(rows, key=lambda row: row.review_due_on)


def _standing_rows(codes, day):
    """Rows with what is law, what is repealed, and when the review is due."""
    rows = {code.pk: Row(code) for code in codes.select_related("sector", "owner").order_by("sector__order")}
    repeals = Repeal.objects.standing_on(day).filter(edition__code__in=rows).select_related("edition")
    for repeal in repeals.order_by("edition__number"):
        rows[repeal.edition.code_id].repeal = repeal
    for edition in Edition.objects.filter(code__in=rows).order_by("code", "number"):
        _take(rows[edition.code_id], edition, day)
    for row in rows.values():
        if row.review_due_on and not row.repeal:
            row.review = rules.review_state(row.review_due_on, day)
    return list(rows.values())


def _take(row, edition, day):
    """Note the next edition of the code of a row, the oldest first."""
    edition.code = row.code
    if edition.in_force_from <= day:
        row.edition, row.coming = edition, None
    elif not (row.repeal and row.repeal.edition.number >= edition.number):
        row.coming = edition
    if edition.change_class == Edition.ChangeClass.SUBSTANTIVE:
        row.review_due_on = rules.review_due_on(edition.adopted_on, row.code.review_months)


def _add_texts(rows):
    """What each code's authoritative page is waiting for, and the prohibitions without a measure in that text."""
    pages = CodePage.objects.filter(code__in=[row.code for row in rows], locale__language_code=authoritative_language())
    pages = {
        code_id: (page_id, latest) for code_id, page_id, latest in pages.values_list("code", "pk", "latest_revision")
    }
    running = _pages_in_review([page_id for page_id, _latest in pages.values()])
    approved = approved_revisions([page_id for page_id, _latest in pages.values()])
    waiting = {}
    for row in rows:
        page_id, latest = pages.get(row.code.pk, (None, None))
        newest = max(approved.get(page_id, ()), default=None)
        adopted = (row.coming or row.edition).revision if row.coming or row.edition else 0
        if page_id in running:
            row.next_text, waiting[row.code.pk] = Stage.REVIEW.value, latest
        elif newest and newest > adopted:
            row.next_text, waiting[row.code.pk] = Stage.APPROVED.value, newest
    revisions = Revision.objects.in_bulk([pk for pk in waiting.values() if pk])
    for row in rows:
        revision = revisions.get(waiting.get(row.code.pk))
        if revision:
            articles = CodePage._meta.get_field("articles").to_python(revision.content["articles"])
            row.unpenalised_next = rules.prohibitions_without_measure(articles.get_prep_value())


def _pages_in_review(page_ids):
    states = WorkflowState.objects.filter(
        status__in=[WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES],
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(page_id) for page_id in page_ids],
    )
    return {int(page_id) for page_id in states.values_list("object_id", flat=True)}
