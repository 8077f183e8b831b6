"""The words of articles, and which of them may be alleged to be breached on a day."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.models import Article, ArticleMeasure, Edition, EditionText
from conduct_codes.models.editions import ArticleKind
from institutions.models import Institution, Post

BREACHED_FIRST = (ArticleKind.PROHIBITION, ArticleKind.REPORTING)
RARELY_BREACHED = (
    ArticleKind.DUTY,
    ArticleKind.PROCEDURE,
    ArticleKind.PRINCIPLE,
    ArticleKind.PENALTY,
    ArticleKind.FINAL,
)
KIND_ORDER = {kind: rank for rank, kind in enumerate((*BREACHED_FIRST, *RARELY_BREACHED))}


@dataclass(frozen=True)
class Words:
    """What an article says in the frozen text, and in which language that text is."""

    heading: str
    text: str
    language: str


def words_of(editions):
    """(edition, key) → Words of every article of the editions: in the page's language where frozen, one query."""
    first = settings.WAGTAIL_CONTENT_LANGUAGES[0][0]
    texts = {}
    frozen = EditionText.objects.filter(edition__in=editions, language__in={first, get_language()})
    for text in frozen.order_by("revision"):
        if text.language == get_language() or text.edition_id not in texts or texts[text.edition_id].language == first:
            texts[text.edition_id] = text
    return {
        (edition, words["key"]): Words(words["heading"], words["text"], text.language)
        for edition, text in texts.items()
        for words in text.words["articles"]
    }


@dataclass(frozen=True)
class Choice:
    """An article that bound the person on the day, and the institutions at which they held such a post."""

    article: Article
    words: Words | None
    institutions: tuple[Institution, ...]

    @property
    def comes_first(self):
        return self.article.kind in BREACHED_FIRST


def choices_on(day, *, person, scope):
    """The articles that bound the person on the day through posts inside the officer's scope.

    Prohibitions and reporting duties come first, then the order of the code.
    """
    posts = Post.objects.visible_to(scope).of(person).serving_on(day).select_related("institution")
    places = {}
    for post in posts.order_by("starts_on", "pk"):
        places.setdefault(post.sector_id, {})[post.institution_id] = post.institution
    if not places:
        return []
    editions = Edition.objects.in_force_on(day).filter(code__sector__in=places)
    articles = list(
        Article.objects.filter(edition__in=editions)
        .select_related("edition__code__sector")
        .prefetch_related(Prefetch("measures", ArticleMeasure.objects.order_by("pk")))
    )
    words = words_of({article.edition_id for article in articles})
    found = [
        Choice(
            article,
            words.get((article.edition_id, str(article.key))),
            tuple(places[article.edition.code.sector_id].values()),
        )
        for article in articles
    ]
    return sorted(found, key=_first_what_is_breached_most)


def _first_what_is_breached_most(choice):
    article = choice.article
    return KIND_ORDER[article.kind], article.edition.code.sector.order, article.edition_id, article.order


def measure_line(measure):
    """A measure with who decides it and whether the council is heard, in one line."""
    facts = {
        "measure": measure.label,
        "authority": measure.authority if get_language() == "km" else measure.authority_latin,
    }
    if measure.council_needed:
        return _("%(measure)s (decided by: %(authority)s; the disciplinary council is heard)") % facts
    return _("%(measure)s (decided by: %(authority)s)") % facts


def other_measures(file):
    """Measures of the case's edition that are not stipulated for such a breach, each once, own article's first."""
    case = file.case
    taken = {measure.measure for measure in file.stipulated}
    others = []
    rows = list(ArticleMeasure.objects.filter(article__edition=case.article.edition_id).order_by("degree", "pk"))
    for measure in sorted(rows, key=lambda measure: measure.article_id != case.article_id):
        if measure.measure not in taken:
            taken.add(measure.measure)
            others.append(measure)
    return others
