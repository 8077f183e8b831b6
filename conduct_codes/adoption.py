"""Approved texts that wait to be made law, as the adopting authority sees them."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Revision

from conduct_codes import rules
from conduct_codes.gaps import in_sentences
from conduct_codes.models import Code, CodePage, Edition, Measure
from conduct_codes.models.editions import authoritative_language
from conduct_codes.permissions import can_adopt
from conduct_codes.reviews import approved_revisions
from institutions.models import Post


@dataclass
class Proposal:
    """One approved text of a code, what it still lacks, and the edition it became if it was adopted since."""

    code: Code
    revision: Revision
    page: CodePage
    gaps: list = field(default_factory=list)
    edition: Edition | None = None


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
    page_of = dict(pages.values_list("code", "pk"))
    approved = approved_revisions(page_of.values())
    newest = {code_id: max(approved.get(page_id, ()), default=None) for code_id, page_id in page_of.items()}
    revisions = Revision.objects.in_bulk([pk for pk in newest.values() if pk])
    measures = _measures_by_regime()
    rows = []
    for code in codes:
        edition, revision = editions.get(code.pk), revisions.get(newest.get(code.pk))
        waits = revision and (edition is None or revision.pk > edition.revision)
        rows.append(Row(code, edition, _proposal(code, revision, measures) if waits else None))
    return rows


def _proposal(code, revision, measures):
    # Only the articles: reading a whole page out of its revision asks the database for each of its keys.
    page = CodePage(articles=CodePage._meta.get_field("articles").to_python(revision.content["articles"]))
    gaps = rules.gaps_of(page, measures=measures.get(code.regime_id, set()))
    return Proposal(code, revision, page, in_sentences(gaps))


def _measures_by_regime():
    found = {}
    for regime, slug in Measure.objects.values_list("regime", "slug"):
        found.setdefault(regime, set()).add(slug)
    return found


def proposal_for(scope, revision_id):
    """The approved text that an address names; None unless the viewer may make law of it."""
    revision = Revision.objects.filter(pk=revision_id, content_type=ContentType.objects.get_for_model(CodePage)).first()
    page = revision and revision.as_object()
    if page is None or not page.is_authoritative or not can_adopt(scope, page.code):
        return None
    if revision.pk not in approved_revisions([page.pk]).get(page.pk, ()):
        return None
    proposal = _proposal(page.code, revision, _measures_by_regime())
    proposal.page = page
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
