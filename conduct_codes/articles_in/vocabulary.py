"""The words that stand for a choice in a file: in Khmer, in English, or the short name itself."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation

from institutions.khmer import comparison_key


def in_languages(label):
    """A label in every content language, in their order."""
    labels = []
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        with translation.override(code):
            labels.append(str(label))
    return labels


@dataclass(frozen=True)
class Choices:
    """Slug → its label in each language; the label of the page's language is what a file offers."""

    labels: dict = field(default_factory=dict)

    def __post_init__(self):
        names = {}
        for slug, labels in self.labels.items():
            for name in (slug, *labels):
                names.setdefault(comparison_key(name), slug)
        for place in range(max((len(labels) for labels in self.labels.values()), default=0)):
            for slug in self.labels:
                names[comparison_key(self.shown(slug, place))] = slug
        object.__setattr__(self, "_names", names)

    def find(self, text):
        """The slug that a cell means; None for an unknown word."""
        return self._names.get(comparison_key(text))

    def shown(self, slug, place):
        """The label in a language (its place among the content languages); with the slug, where two are alike."""
        label = self.labels[slug][place]
        same = Counter(labels[place] for labels in self.labels.values())
        return f"{label} [{slug}]" if same[label] > 1 else label

    def offered(self, place):
        return [self.shown(slug, place) for slug in self.labels]


@dataclass(frozen=True)
class Vocabulary:
    """The choices that an article of one code has. foreign: the measures that other regimes have and this one lacks."""

    kind: Choices
    topic: Choices
    competence: Choices
    seriousness: Choices
    repetition: Choices
    measure: Choices
    foreign: Choices = Choices()


def choices_of(enumeration):
    """The choices of a TextChoices in every language."""
    return Choices({member.value: in_languages(member.label) for member in enumeration})
