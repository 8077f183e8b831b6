"""Taking the articles of a file into a page: a new draft revision, never published and never law."""

from django.db import transaction
from django.utils.translation import gettext as _

from conduct_codes.importing import blocks_of, draft_of, plan_of
from conduct_codes.models import CodePage
from conduct_codes.plain_words import explained_after, said_of
from institutions.audit import record


class ImportRefused(Exception):
    """Nothing was written; str() says why."""


class DraftMoved(ImportRefused):
    """The draft is not the one that the plan was shown for; plan is what the file would do now."""

    def __init__(self, plan):
        self.plan = plan
        super().__init__(
            _("The draft was changed meanwhile. Nothing was imported. Look at what the file would do now.")
        )


def closed_to_import(page):
    """Why no file can be taken into the page at this time, as a sentence; None if one can."""
    if page.workflow_in_progress:
        return _("This text is in review. Its words can change again once the review has ended.")
    if page.locked or page.get_lock():
        return _("This page is locked. Unlock it first.")
    return None


@transaction.atomic
def import_articles(*, page, reading, judged, remove_missing, at, day, by):
    """The plan, carried out as a new draft revision of the page; a file that changes nothing leaves no revision.

    judged is the plan that somebody agreed to, as Plan.judged: raises DraftMoved if it would be another one now, and
    ImportRefused where the page is closed or the file has problems.
    """
    page = CodePage.objects.select_for_update().select_related("locale").get(pk=page.pk)
    closed = closed_to_import(page)
    if closed:
        raise ImportRefused(closed)
    plan = plan_of(page, reading, day=day)
    if plan.judged != judged:
        raise DraftMoved(plan)
    refusals = plan.refusals(remove_missing=remove_missing)
    if refusals:
        raise ImportRefused(" ".join(note.text for note in refusals[:3]))
    if plan.changes_something(remove_missing=remove_missing):
        _write(page, plan, remove_missing, by)
        record(
            verb="conduct_codes.import_articles", subject=f"page:{page.pk}", at=at, by=by, institution=page.code.owner
        )
    return plan


def _write(page, plan, remove_missing, by):
    draft = draft_of(page)
    said_before = said_of(draft)
    blocks = blocks_of(draft, plan.result(remove_missing=remove_missing))
    draft.articles = draft.articles.stream_block.to_python(blocks)
    draft.preamble = plan.preamble
    draft.explained = explained_after(draft, before=said_before)
    draft.save_revision(user=by, log_action=True)
