"""What is under way today in the demo: texts that wait for the reviewer, and one that was returned to its editor."""

from datetime import timedelta

from wagtail.models import Comment

from conduct_codes.models import Code, CodePage
from conduct_site.nation import content
from conduct_site.nation.accounts import word_account
from conduct_site.nation.adoption import RETURNED, date_back, returned, submitted, without_a_measure
from conduct_site.nation.moments import moment, working_day
from institutions.models import Role

WHOLE, LACKING, SENT_BACK = "education", "tourism", "media"
HEADING = "ពាក្យ «កុមារ» គួរមានន័យដូចក្នុងមាត្រា ១។"


def load_reviews(calendar):
    """One text waits with nothing missing, one with a prohibition that has no measure, one was returned for that."""
    _wait(WHOLE, moment(working_day(calendar.today - timedelta(days=3))))
    _wait(LACKING, moment(working_day(calendar.today - timedelta(days=6))), lacking=True)
    _send_back(SENT_BACK, moment(working_day(calendar.today - timedelta(days=12))))


def _page(slug):
    return CodePage.objects.select_related("code__owner").get(code__slug=slug, locale__language_code="km")


def _wait(slug, at, lacking=False):
    page = _page(slug)
    if lacking:
        page.articles, _number = without_a_measure(page, content.code(slug))
    else:
        last = page.articles[len(page.articles) - 1]
        last.value["text"] = f"{last.value['text']}\nបញ្ជីឈ្មោះអ្នកដែលមិនទាន់ចុះហត្ថលេខា ត្រូវពិនិត្យរៀងរាល់ត្រីមាស។"
    submitted(page, word_account(Role.Kind.EDITOR, page.code.owner.code))
    date_back(page, at)


def _send_back(slug, at):
    page = _page(slug)
    page.articles, number = without_a_measure(page, content.code(slug))
    code = Code.objects.select_related("owner").get(slug=slug)
    returned(page, code, at, RETURNED % {"number": number})
    comment = Comment.objects.create(
        page=page.page_ptr,
        user=word_account(Role.Kind.REVIEWER, code.owner.code),
        text=HEADING,
        contentpath=f"articles.{page.articles[1].id}.text",
        revision_created=CodePage.objects.get(pk=page.pk).latest_revision,
    )
    Comment.objects.filter(pk=comment.pk).update(created_at=at, updated_at=at)
