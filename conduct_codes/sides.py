"""Two editions as a comparison takes them: their frozen words in one language, with the topics and degrees behind."""

from dataclasses import dataclass

from django.utils.functional import cached_property

from conduct_codes.comparison import ArticleText, MeasureText, compare_codes, compare_editions
from conduct_codes.models import Article, Edition, EditionText
from conduct_codes.models.editions import authoritative_language


@dataclass
class Sides:
    """An edition beside another, in the language that both texts have; read in three queries."""

    old: Edition
    new: Edition
    language: str

    def __post_init__(self):
        texts = EditionText.objects.filter(edition__in=[self.old, self.new]).order_by("revision")
        self._texts = {(text.edition_id, text.language): text for text in texts}
        both = all((edition.pk, self.language) in self._texts for edition in (self.old, self.new))
        self.is_in_asked_language = both
        self.language = self.language if both else authoritative_language()

    @property
    def of_one_code(self):
        """True for two editions of a code, which pair by key; two codes pair by topic."""
        return self.old.code_id == self.new.code_id

    @property
    def printed(self):
        """(edition, frozen text) of each side, to be named at the foot of a printed page."""
        return [(edition, self._texts[edition.pk, self.language]) for edition in (self.old, self.new)]

    @cached_property
    def old_words(self):
        return self._texts[self.old.pk, self.language].words

    @cached_property
    def new_words(self):
        return self._texts[self.new.pk, self.language].words

    @cached_property
    def comparison(self):
        """The comparison of both texts, article by article."""
        rows = Article.objects.filter(edition__in=[self.old, self.new]).prefetch_related("measures")
        facts = {(row.edition_id, str(row.key)): row for row in rows}
        old, new = (
            [_article(words, facts[edition.pk, words["key"]]) for words in text["articles"]]
            for edition, text in ((self.old, self.old_words), (self.new, self.new_words))
        )
        compare = compare_editions if self.of_one_code else compare_codes
        return compare(old, new, weighed=self.old.code.regime_id == self.new.code.regime_id)


def _article(words, facts):
    """The words of a frozen article with the facts of its row; both list the measures in the order of adoption."""
    measures = zip(words["measures"], facts.measures.all(), strict=True)
    return ArticleText(
        key=words["key"],
        number=words["number"],
        kind=words["kind"],
        topic=facts.topic,
        heading=words["heading"],
        text=words["text"],
        legal_basis=words["legal_basis"],
        measures=tuple(_measure(printed, row) for printed, row in measures),
    )


def _measure(printed, row):
    # Editions that were frozen before a condition was stipulated do not print it.
    return MeasureText(
        seriousness=printed["seriousness"],
        repetition=printed["repetition"],
        slug=row.measure,
        name=printed["name"],
        authority=printed["authority"],
        council=printed["council"],
        appeal_days=printed["appeal_days"],
        degree=row.degree,
        procedure=printed.get("procedure", ""),
        decide_within_days=printed.get("decide_within_days", 0),
        appeal_to=printed.get("appeal_to", ""),
    )
