"""Author, reviewer and adopter are three different people: who wrote a text, and who stands in the way of whom."""

import json

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import Page, Revision

from conduct_codes import rules
from conduct_codes.models import CodePage, Edition, ReviewDecision
from institutions.khmer import tidy_legal_text

WROTE_AND_REVIEWS = _(
    "%(account)s changed this text since it was last adopted and cannot review it. "
    "Author, reviewer and adopter are three different people."
)
WROTE_AND_ADOPTS = _(
    "%(account)s changed this text since it was last adopted and cannot adopt it. "
    "Author, reviewer and adopter are three different people."
)
REVIEWED_AND_ADOPTS = _(
    "%(account)s approved this text in review and cannot adopt it. "
    "Author, reviewer and adopter are three different people."
)
REVIEWED_OWN = _(
    "%(account)s wrote this text and approved it too. Another reviewer must approve it. "
    "Author, reviewer and adopter are three different people."
)


BOOKKEEPING = {"explained"}
CAME_LATER = {"plain_words"}
"""Fields of an article that older revisions lack; empty, they say what lacking they said."""


def words_sha256(content):
    """The SHA-256 of what a revision's content says: the title and every field of a code page, no bookkeeping.

    Line ends and the ids of rows inside an article say nothing: an editor that only stores a page again, as a browser
    sends it, changes no word.
    """
    fields = [field for field in CodePage._meta.local_fields if not field.primary_key and field.name not in BOOKKEEPING]
    said = {field.name: _said(content.get(field.name), field) for field in fields}
    said["title"] = _tidy(content.get("title"))
    return rules.sha256_of(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode())


def _said(value, field):
    if not isinstance(field, StreamField):
        return _tidy(value)
    blocks = json.loads(value) if isinstance(value, str) else value or []
    keyed = field.name == "articles"
    return [[block["type"], block.get("id") if keyed else "", _tidy(block["value"])] for block in blocks]


def _tidy(value):
    if isinstance(value, dict) and value.get("type") == "item":  # a row of a list block; older ones are the value alone
        return _tidy(value["value"])
    if isinstance(value, dict):
        return {name: _tidy(part) for name, part in value.items() if name != "id" and (part or name not in CAME_LATER)}
    if isinstance(value, list):
        return [_tidy(part) for part in value]
    return tidy_legal_text(value) if isinstance(value, str) else value or ""


def authors_of(revision):
    """Ids of the accounts that changed the words of this page since its code was last adopted, up to the revision.

    A revision that says what the one before it said, as one that only adds a comment, has no author.
    """
    if revision is None:
        return set()
    code_id = revision.content.get("code")
    adopted = Edition.objects.filter(code=code_id, revision__lt=revision.pk).order_by("-revision").first()
    since = adopted.revision if adopted else 0
    pages = ContentType.objects.get_for_model(Page)
    mine = Revision.objects.filter(base_content_type=pages, object_id=revision.object_id)
    before = mine.filter(pk__lte=since).order_by("-pk").first()
    said = words_sha256(before.content) if before else None
    authors = set()
    later = mine.filter(pk__gt=since, pk__lte=revision.pk).order_by("pk")
    for user_id, content in later.values_list("user", "content"):
        says = words_sha256(content)
        if says != said and user_id:
            authors.add(user_id)
        said = says
    return authors


def is_author(user, revision):
    return user.pk in authors_of(revision)


def reviewers_of(revision):
    """Ids of the accounts that approved exactly this revision."""
    approvals = ReviewDecision.objects.approvals().of_revision(revision)
    return set(approvals.values_list("decided_by", flat=True))


def in_the_way_of_review(user, revision):
    """Why this account may not decide on the text in review, as a sentence; None if it may."""
    return _named(WROTE_AND_REVIEWS, user) if is_author(user, revision) else None


def in_the_way_of_adoption(user, revision):
    """Why this account may not make law of the text, as a sentence; None if it may."""
    authors, reviewers = authors_of(revision), reviewers_of(revision)
    if user.pk in authors:
        return _named(WROTE_AND_ADOPTS, user)
    if user.pk in reviewers:
        return _named(REVIEWED_AND_ADOPTS, user)
    if authors & reviewers:
        decision = ReviewDecision.objects.approvals().of_revision(revision).filter(decided_by__in=authors).first()
        return _named(REVIEWED_OWN, decision.decided_by)
    return None


def _named(sentence, user):
    return str(sentence) % {"account": user.username}
