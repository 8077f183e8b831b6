"""An article of the edition in force, quoted word for word for whoever must read it again."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language

from conduct_codes.models import Article, Edition, EditionText, Repeal
from institutions.models import Post


class Reference(NamedTuple):
    """What is to be quoted: an article of one code by its key, or what the reader's own code says on a topic."""

    code_id: int | None = None
    article_key: UUID | None = None
    topic: str = ""


@dataclass(frozen=True)
class Citation:
    """One article as it was frozen: where it stands, its words, and the language in which they are."""

    code: str
    edition: int
    key: str
    number: str
    heading: str
    text: str
    language: str
    is_repealed: bool = False


def cite(references, *, person, day: date) -> dict[Reference, Citation]:
    """The article of the edition in force on the day for each reference that has one, in the page's language.

    An article that is named by its code is still quoted, and said to be repealed, once that code is.

    A topic is looked up in the codes that bind the person through a post of that day, the oldest post first. Four
    queries whatever the number of references; a reference without an article in force is left out.
    """
    references = set(references)
    if not references:
        return {}
    sectors = _sectors_of(person, day)
    named = {reference.code_id for reference in references if reference.code_id}
    begun = Edition.objects.newest_begun_on(day).filter(Q(code__in=named) | Q(code__sector__in=sectors))
    repealed = Exists(Repeal.objects.standing_on(day).filter(edition__code=OuterRef("code")))
    editions = {edition.code_id: edition for edition in begun.annotate(is_repealed=repealed).select_related("code")}
    own = sorted(
        (each for each in editions.values() if each.code.sector_id in sectors and not each.is_repealed),
        key=lambda edition: sectors.index(edition.code.sector_id),
    )
    articles = _articles_of(editions.values(), references)
    words = _words_of({article.edition_id for article in articles})
    repealed = {edition.pk for edition in editions.values() if edition.is_repealed}
    found = {}
    for reference in references:
        read = [editions[reference.code_id]] if reference.code_id in editions else []
        article = _first_match(reference, read if reference.code_id else own, articles)
        if article and article.edition_id in words:
            found[reference] = _quote(article, words[article.edition_id], article.edition_id in repealed)
    return found


def _sectors_of(person, day):
    posts = Post.objects.of(person).serving_on(day).order_by("starts_on", "pk")
    return list(dict.fromkeys(posts.values_list("sector_id", flat=True)))


def _articles_of(editions, references):
    keys = {reference.article_key for reference in references if reference.article_key}
    topics = {reference.topic for reference in references if reference.topic}
    asked = Q(key__in=keys) | Q(topic__in=topics)
    return list(Article.objects.filter(asked, edition__in=editions).select_related("edition__code"))


def _first_match(reference, editions, articles):
    """By key first; by topic where the edition in force has no such key any more."""
    for edition in editions:
        own = [article for article in articles if article.edition_id == edition.pk]
        by_key = [article for article in own if article.key == reference.article_key]
        by_topic = [article for article in own if reference.topic and article.topic == reference.topic]
        if by_key or by_topic:
            return (by_key or by_topic)[0]
    return None


def _words_of(editions):
    """The newest frozen text of each edition in the page's language, else in the authoritative one."""
    by_language = {}
    for text in EditionText.objects.filter(edition__in=editions).order_by("revision"):
        by_language.setdefault(text.edition_id, {})[text.language] = text
    first = settings.WAGTAIL_CONTENT_LANGUAGES[0][0]
    return {
        edition: texts.get(get_language()) or texts.get(first) or next(iter(texts.values()))
        for edition, texts in by_language.items()
    }


def _quote(article, text, is_repealed):
    words = next(words for words in text.words["articles"] if words["key"] == str(article.key))
    return Citation(
        code=article.edition.code.slug,
        edition=article.edition.number,
        key=str(article.key),
        number=article.number,
        heading=words["heading"],
        text=words["text"],
        language=text.language,
        is_repealed=is_repealed,
    )
