"""Approved texts that wait to be made law, as the adopting authority sees them."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Revision

from conduct_codes import rules
from conduct_codes.gaps import by_article, gaps_in, gaps_in_many, words_in
from conduct_codes.models import Code, CodePage, Edition
from conduct_codes.models.editions import authoritative_language
from conduct_codes.permissions import can_adopt
from conduct_codes.reviews import approved_revisions
from conduct_codes.separation import in_the_way_of_adoption
from institutions.models import Post


@dataclass
class Proposal:
    """One approved text of a code, what it lacks article by article, and the edition it became if it was adopted."""

    code: Code
    revision: Revision
    page: CodePage
    lacks: list = field(default_factory=list)
    edition: Edition | None = None
    in_the_way: str = ""
    """Why the viewer may not be the one to adopt it; empty where nothing stands in the way."""


@dataclass
class Row:
    """A code of the adopter's: its newest edition, and the text that waits for adoption, if one does."""

    code: Code
    edition: Edition | None
    proposal: Proposal | None


def rows_for(scope):
    """Every code that the viewer may adopt, in a fixed number of queries."""
    codes = list(Code.objects.adoptable_by(scope).select_related("owner", "sector"))
    editions = {edition.code_id: edition for edition in Edition.objects.filter(code__in=codes).order_by("number")}
    pages = CodePage.objects.filter(code__in=codes, locale__language_code=authoritative_language())
    page_of = {page.code_id: page for page in pages.select_related("code", "locale")}
    approved = approved_revisions([page.pk for page in page_of.values()])
    newest = {code_id: max(approved.get(page.pk, ()), default=None) for code_id, page in page_of.items()}
    revisions = Revision.objects.in_bulk([pk for pk in newest.values() if pk])
    proposals = {}
    for code in codes:
        edition, revision = editions.get(code.pk), revisions.get(newest.get(code.pk))
        if revision and (edition is None or revision.pk > edition.revision):
            proposals[code.pk] = Proposal(code, revision, words_in(revision, page_of[code.pk]))
    lacking = gaps_in_many([proposal.page for proposal in proposals.values()])
    for proposal, gaps in zip(proposals.values(), lacking, strict=True):
        proposal.lacks = by_article(gaps)
    return [Row(code, editions.get(code.pk), proposals.get(code.pk)) for code in codes]


def proposal_for(scope, revision_id):
    """The approved text that an address names; None unless the viewer may make law of it."""
    revision = Revision.objects.filter(pk=revision_id, content_type=ContentType.objects.get_for_model(CodePage)).first()
    page = revision and revision.as_object()
    if page is None or not page.is_authoritative or not can_adopt(scope, page.code):
        return None
    if revision.pk not in approved_revisions([page.pk]).get(page.pk, ()):
        return None
    proposal = Proposal(page.code, revision, page, by_article(gaps_in(page)))
    proposal.in_the_way = in_the_way_of_adoption(scope.user, revision) or ""
    proposal.edition = Edition.objects.of(page.code).filter(revision=revision.pk).first()
    return proposal


def translations_of(page):
    """What becomes of each other language if the page is adopted: "frozen", "differs", "draft" or "missing"."""
    others = {
        other.locale.language_code: other
        for other in CodePage.objects.filter(code=page.code_id).exclude(locale=page.locale_id).select_related("locale")
    }
    keys = rules.article_keys(page)
    states = []
    for language, name in settings.WAGTAIL_CONTENT_LANGUAGES[1:]:
        other = others.get(language)
        if other is None:
            state = "missing"
        elif not other.live:
            state = "draft"
        else:
            state = "frozen" if rules.article_keys(other) == keys else "differs"
        states.append({"language": language, "name": name, "state": state})
    return states


def people_to_ask(scope, code, day):
    """How many people of the adopter's institutions hold a post today that the code binds."""
    posts = Post.objects.serving_on(day).countable_by(scope.acting_as("adopter"))
    return posts.filter(sector=code.sector_id).values("person").distinct().count()
