"""Articles of a file against a page's draft: what is known of it in the database, the plan, and what it would show."""

import uuid

from django.conf import settings

from conduct_codes import articles_in
from conduct_codes.articles_in import document_out, sheet_out
from conduct_codes.articles_in.planning import FIELDS, Standing, plan_import
from conduct_codes.articles_in.preview import preview_of
from conduct_codes.articles_in.vocabulary import Choices, Vocabulary, choices_of
from conduct_codes.models import CodePage, Edition, Measure, Topic
from conduct_codes.models.editions import ArticleKind, Competence, Repetition, Seriousness, authoritative_language
from conduct_codes.models.reference import printed_measure


def vocabulary_of(code):
    """The choices of the articles of a code: every topic, and the measures of its own regime."""
    own, foreign = {}, {}
    for measure in Measure.objects.order_by("order"):
        names = own if measure.regime_id == code.regime_id else foreign
        names[measure.slug] = [measure.name, measure.name_latin]
    return Vocabulary(
        kind=choices_of(ArticleKind),
        topic=Choices({topic.slug: [topic.name, topic.name_latin] for topic in Topic.objects.all()}),
        competence=choices_of(Competence),
        seriousness=choices_of(Seriousness),
        repetition=choices_of(Repetition),
        measure=Choices(own),
        foreign=Choices(foreign),
    )


def draft_of(page):
    """The page as its authors left it last."""
    return page.get_latest_revision_as_object()


def values_of(page):
    """Key → plain values of each article of a page in memory."""
    return {
        str(child.id): {
            **{name: child.value.get(name) or "" for name in FIELDS if name != "measures"},
            "measures": [
                {name: row[name] for name in ("seriousness", "repetition", "measure")}
                for row in child.value["measures"]
            ],
        }
        for child in page.articles
    }


def standing_of(page, *, day):
    """What a file for this page is judged against."""
    draft = draft_of(page)
    law = None
    if not page.is_authoritative:
        first = CodePage.objects.filter(code=page.code_id, locale__language_code=authoritative_language()).first()
        law = values_of(draft_of(first)) if first else None
    edition = Edition.objects.in_force_on(day).of(page.code_id).first()
    in_force = _values_of_edition(edition, page.locale.language_code) if edition and law is None else {}
    return Standing(values_of(draft), in_force, law, draft.preamble)


def _values_of_edition(edition, language):
    """Key → values of the articles of an edition, in the words of its text in the language."""
    words = {article["key"]: article for article in edition.text_in(language).words["articles"]}
    return {
        str(article.key): {
            **{name: getattr(article, name) for name in ("number", "kind", "topic", "competence")},
            **{name: words[str(article.key)][name] for name in ("heading", "text", "legal_basis")},
            "plain_words": "",
            "measures": [
                {name: getattr(row, name) for name in ("seriousness", "repetition", "measure")}
                for row in article.measures.all()
            ],
        }
        for article in edition.articles.prefetch_related("measures")
        if str(article.key) in words
    }


def plan_of(page, reading, *, day):
    """What the reading would make of the page's draft."""
    return plan_import(reading, standing_of(page, day=day), new_key=uuid.uuid4)


def read_file(page, name, content):
    """The articles of a file for this page; raises articles_in.FileUnreadable."""
    return articles_in.read(name, content, vocabulary=vocabulary_of(page.code))


def blocks_of(page, values):
    """The raw blocks of a page's articles with these values; measures that stay keep the ids of their rows."""
    stored = {block["id"]: block["value"] for block in page.articles.get_prep_value()}
    before = values_of(page)
    blocks = []
    for key, value in values.items():
        kept = key in before and before[key]["measures"] == value["measures"]
        rows = [{"type": "item", "id": str(uuid.uuid4()), "value": row} for row in value["measures"]]
        measures = stored[key]["measures"] if kept else rows
        blocks.append({"type": "article", "id": key, "value": {**value, "measures": measures}})
    return blocks


def preview_for(page, plan):
    """What the plan would show to its reader, in the words of the page."""
    language = page.locale.language_code
    printed = {
        measure.slug: {**printed_measure(measure, language), "degree": measure.degree}
        for measure in Measure.objects.all()
    }
    place = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES].index(language)
    return preview_of(plan, vocabulary=vocabulary_of(page.code), printed=printed, place=place)


def written(page, file_format, *, is_template=False):
    """The articles of the page's draft as a file of the format in the page's language; of the template, none."""
    draft = draft_of(page)
    values = [] if is_template else list(values_of(draft).values())
    facts = {"vocabulary": vocabulary_of(page.code), "language": page.locale.language_code, "title": draft.title}
    if file_format == "xlsx":
        return sheet_out.write(values, **facts)
    return document_out.write(values, **facts, preamble="" if is_template else draft.preamble)
