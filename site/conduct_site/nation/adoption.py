"""How the codes of the demo became law: written, approved in Wagtail's review, adopted, and some of them again."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import GroupPagePermission, Page, PageLogEntry, Revision, TaskState, WorkflowState

from conduct_codes.actions import adopt_edition, open_section
from conduct_codes.models import Code, CodePage, Edition
from conduct_site.nation import content
from conduct_site.nation.accounts import word_account
from conduct_site.nation.moments import moment
from conduct_site.nation.pages import Pages, add_code_pages, article_blocks
from institutions.actions import role_group
from institutions.models import Role
from jobs.actions import run_job
from jobs.models import Job


def allow(group, codename, page):
    """The group may do this (change_page, publish_page) to the page and to what lies below it."""
    permission = Permission.objects.get(content_type=ContentType.objects.get_for_model(Page), codename=codename)
    GroupPagePermission.objects.get_or_create(group=group, page=Page.objects.get(pk=page.pk), permission=permission)


class Adoptions:
    """Takes codes through writing, review and adoption, each on a day of its own."""

    def __init__(self, index, rng):
        self.index, self.rng = index, rng

    def first_edition(self, code, facts, day):
        """Write the pages of a code and make its first edition, in force from the day."""
        pages = add_code_pages(Pages(moment(day)), _fresh(self.index), code, facts)
        open_section(code=code, at=moment(day))
        for page in pages.values():
            # Stock approval publishes in the name of who approved.
            allow(role_group(Role.Kind.REVIEWER, code.owner), "publish_page", page)
        return self._adopt(code, pages, day, Edition.ChangeClass.SUBSTANTIVE)

    def next_edition(self, code, facts, day, change_class, summary):
        """Change the pages of a code to what the facts say and make its next edition, in force from the day."""
        pages = {page.locale.language_code: page for page in CodePage.objects.filter(code=code)}
        for language, page in pages.items():
            page.articles = page.articles.stream_block.to_python(article_blocks(facts, language))
        return self._adopt(code, pages, day, change_class, summary)

    def _adopt(self, code, pages, day, change_class, summary=None):
        at = moment(day, self.rng)
        editor, reviewer, adopter = (
            word_account(kind, code.owner.code) for kind in (Role.Kind.EDITOR, Role.Kind.REVIEWER, Role.Kind.ADOPTER)
        )
        pages["en"].save_revision(user=editor, log_action=True).publish()
        revision = approved(pages["km"], editor, reviewer)
        number = code.editions.count() + 1
        edition = adopt_edition(
            revision=revision,
            instrument="ប្រកាស",
            instrument_latin="Prakas",
            instrument_number=f"DEMO-{code.slug}-{number}",
            signatory=f"រដ្ឋមន្ត្រី {code.owner.name}",
            signatory_latin=f"Minister, {code.owner.name_latin}",
            adopted_on=day,
            in_force_from=day,
            change_class=change_class,
            summary=summary["km"] if summary else "",
            summary_latin=summary["en"] if summary else "",
            at=at,
            by=adopter,
        )
        _ask_at_once(edition, at)
        for page in pages.values():
            date_back(page, at)
        return edition


def _ask_at_once(edition, at):
    """Do the job that asks for signatures on its own day: the register held nobody then, the worker comes too late."""
    for job in Job.objects.filter(key=f"ask:{edition.pk}"):
        run_job(job_id=job.pk, clock=lambda: at + timedelta(minutes=1))


def approved(page, editor, reviewer):
    """The page's words as a revision that its section's stock review approved."""
    page.save_revision(user=editor, log_action=True)
    page = CodePage.objects.get(pk=page.pk)
    state = page.get_workflow().start(page, editor)
    state.current_task_state.specific.approve(user=reviewer, comment="")
    return TaskState.objects.get(workflow_state=state, status=TaskState.STATUS_APPROVED).revision


def _fresh(pages):
    return {language: Page.objects.get(pk=page.pk) for language, page in pages.items()}


def date_back(page, at):
    """What Wagtail dated with the clock of this machine is dated with the moment it stands for.

    Only what came since the page was last dated back: earlier revisions keep their day.
    """
    content_type = ContentType.objects.get_for_model(page)
    mine = {"content_type": content_type, "object_id": str(page.pk)}
    states = WorkflowState.objects.filter(**mine, created_at__gt=at)
    TaskState.objects.filter(workflow_state__in=states).update(started_at=at, finished_at=at)
    states.update(created_at=at)
    Revision.objects.filter(**mine, created_at__gt=at).update(created_at=at)
    PageLogEntry.objects.filter(page=page.pk, timestamp__gt=at).update(timestamp=at)
    Page.objects.filter(pk=page.pk).update(last_published_at=at, latest_revision_created_at=at)


def load_codes(index, calendar, rng):
    """Every code's editions: the first ones together, the later ones on the days the calendar names."""
    adoptions = Adoptions(index, rng)
    days = [calendar.first_editions_on, calendar.second_editions_on, calendar.erratum_on]
    for code in Code.objects.select_related("owner"):
        for (change_class, summary, facts), day in zip(content.editions_of(code.slug), days, strict=False):
            if summary is None:
                adoptions.first_edition(code, facts, day)
            else:
                adoptions.next_edition(code, facts, day, change_class, summary)
