"""How the codes of the demo became law: written, approved by the coordinating ministry, adopted, and some again."""

from datetime import timedelta
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.utils import translation
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState

from conduct_codes.actions import adopt_edition, open_section
from conduct_codes.models import Code, CodePage, Edition
from conduct_site.nation import content
from conduct_site.nation.accounts import word_account
from conduct_site.nation.moments import moment
from conduct_site.nation.pages import Pages, add_code_pages, article_blocks, explained_by
from institutions import pdf
from institutions.khmer import to_khmer_digits
from institutions.models import Institution, Role
from institutions.templatetags.conduct import localdate
from jobs.actions import run_job
from jobs.models import Job

COORDINATOR = "mosvy"
RETURNED = "មាត្រា %(number)s ហាមឃាត់ ប៉ុន្តែមិនបានកំណត់ទណ្ឌកម្ម។ សូមបន្ថែមទណ្ឌកម្មតាមកម្រិតធ្ងន់ស្រាល។"

ACT = Path(__file__).parent / "typst" / "act.typ"
INSTRUMENT = "ប្រកាស"


class Adoptions:
    """Takes codes through writing, review and adoption, each on a day of its own."""

    def __init__(self, index, rng):
        self.index, self.rng = index, rng

    def first_edition(self, code, facts, day):
        """Write the pages of a code and make its first edition, in force from the day."""
        pages = add_code_pages(Pages(moment(day)), _fresh(self.index), code, facts)
        open_section(code=code, at=moment(day), reviewed_by=Institution.objects.get(code=COORDINATOR))
        return self._adopt(code, pages, day, Edition.ChangeClass.SUBSTANTIVE)

    def next_edition(self, code, facts, day, change_class, summary):
        """Change the pages of a code to what the facts say and make its next edition, in force from the day."""
        pages = {page.locale.language_code: page for page in CodePage.objects.filter(code=code)}
        for language, page in pages.items():
            page.articles = page.articles.stream_block.to_python(article_blocks(facts, language))
            page.explained = explained_by(facts, language)
        if change_class == Edition.ChangeClass.SUBSTANTIVE:
            self._return_once(code, pages["km"], facts, day - timedelta(days=9))
        return self._adopt(code, pages, day, change_class, summary)

    def _return_once(self, code, page, facts, day):
        """The review sent the text back once: a prohibition stood in it without a measure."""
        complete = page.articles
        page.articles, number = without_a_measure(page, facts)
        returned(page, code, moment(day), RETURNED % {"number": number})
        page.articles = complete

    def _adopt(self, code, pages, day, change_class, summary=None):
        at = moment(day, self.rng)
        editor, reviewer, adopter = (
            word_account(kind, code.owner.code) for kind in (Role.Kind.EDITOR, Role.Kind.REVIEWER, Role.Kind.ADOPTER)
        )
        pages["en"].save_revision(user=editor, log_action=True).publish()
        revision = approved(pages["km"], editor, reviewer, at)
        number = f"DEMO-{code.slug}-{code.editions.count() + 1}"
        signatory = f"រដ្ឋមន្ត្រី {code.owner.name}"
        edition = adopt_edition(
            revision=revision,
            instrument=INSTRUMENT,
            instrument_latin="Prakas",
            instrument_number=number,
            signatory=signatory,
            signatory_latin=f"Minister, {code.owner.name_latin}",
            adopted_on=day,
            in_force_from=day,
            change_class=change_class,
            summary=summary["km"] if summary else "",
            summary_latin=summary["en"] if summary else "",
            act=_act(code, number, signatory, at),
            at=at,
            by=adopter,
        )
        _ask_at_once(edition, at)
        for page in pages.values():
            date_back(page, at)
        return edition


def _act(code, number, signatory, at):
    """What stands for the scan of the signed act: a page that says that it is invented."""
    with translation.override("km"):
        inputs = {
            "owner": code.owner.name,
            "instrument": INSTRUMENT,
            "number": number,
            "title": code.name,
            "sentence": "លិខិតនេះជាឧទាហរណ៍ដែលបង្កើតឡើងសម្រាប់ការបង្ហាញ មិនមែនជាលិខិតផ្លូវការរបស់ស្ថាប័នណាមួយឡើយ។",
            "day": localdate(at),
            "signatory": signatory,
        }
    return pdf.render(ACT, inputs, at=at)


def _ask_at_once(edition, at):
    """Do the job that asks for signatures on its own day: the register held nobody then, the worker comes too late."""
    for job in Job.objects.filter(key=f"ask:{edition.pk}"):
        run_job(job_id=job.pk, clock=lambda: at + timedelta(minutes=1))


def submitted(page, editor):
    """Send the page's words to the review of its section, or back to it; the task state that waits."""
    page.save_revision(user=editor, log_action=True)
    page = CodePage.objects.get(pk=page.pk)
    state = page.current_workflow_state
    if state:
        state.resume(editor)
    else:
        state = page.get_workflow().start(page, editor)
    state.refresh_from_db()
    return state.current_task_state.specific


def approved(page, editor, reviewer, at):
    """The page's words as a revision that the coordinating ministry approved at the moment."""
    waiting = submitted(page, editor)
    waiting.approve(user=reviewer, at=at)
    return waiting.revision


def returned(page, code, at, reason):
    """The coordinating ministry sent the page's words back to their editor with the reason."""
    waiting = submitted(page, word_account(Role.Kind.EDITOR, code.owner.code))
    waiting.reject(user=word_account(Role.Kind.REVIEWER, code.owner.code), comment=reason, at=at)
    date_back(page, at)


def without_a_measure(page, facts):
    """The Khmer articles of the facts, the last prohibition without its measures, and the number of that article."""
    blocks = article_blocks(facts, "km")
    bare = next(block["value"] for block in reversed(blocks) if block["value"]["kind"] == "prohibition")
    bare["measures"] = []
    return page.articles.stream_block.to_python(blocks), to_khmer_digits(bare["number"])


def _fresh(pages):
    return {language: Page.objects.get(pk=page.pk) for language, page in pages.items()}


def date_back(page, at):
    """What Wagtail dated with the clock of this machine is dated with the moment it stands for.

    Only what came since the page was last dated back: earlier revisions keep their day.
    """
    content_type = ContentType.objects.get_for_model(page)
    mine = {"content_type": content_type, "object_id": str(page.pk)}
    passages = TaskState.objects.filter(workflow_state__in=WorkflowState.objects.filter(**mine))
    passages.filter(started_at__gt=at).update(started_at=at)
    passages.filter(finished_at__gt=at).update(finished_at=at)
    WorkflowState.objects.filter(**mine, created_at__gt=at).update(created_at=at)
    Revision.objects.filter(**mine, created_at__gt=at).update(created_at=at)
    PageLogEntry.objects.filter(page=page.pk, timestamp__gt=at).update(timestamp=at)
    dated = Page.objects.filter(pk=page.pk)
    dated.update(latest_revision_created_at=at)
    dated.filter(last_published_at__gt=at).update(last_published_at=at)


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
