"""Two texts of law beside each other: articles paired, words marked, measures weighed. Pure: values in, values out.

Every marked text can be read back: the pieces of a side, joined, are that side's text to the last sign. What nobody
sees (zero-width signs, the width of a blank) makes no difference and is not marked.
"""

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

from institutions.khmer import segments

LEAST_ALIKE = 0.3
"""Below this share of common words both texts are marked as a whole: a word found here and there explains nothing."""

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True)
class MeasureText:
    """A stipulated measure as the text of an article prints it, with its degree of weight in its regime."""

    seriousness: str
    repetition: str
    slug: str
    name: str
    authority: str
    council: bool
    appeal_days: int
    degree: int
    procedure: str = ""
    decide_within_days: int = 0
    appeal_to: str = ""


@dataclass(frozen=True)
class ArticleText:
    """One article of a frozen text with what pairs it: its key between editions, its topic between codes."""

    key: str
    number: str
    kind: str
    topic: str
    heading: str
    text: str
    legal_basis: str = ""
    measures: tuple[MeasureText, ...] = ()


@dataclass(frozen=True)
class Piece:
    """A run of words; marked if the other side does not have it."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Marked:
    """Two texts with the words marked that only one of them has."""

    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    changed: bool = False


CONDITIONS = ("council", "procedure", "decide_within_days", "appeal_days", "appeal_to")


def _differing(old, new):
    return [name for name in CONDITIONS if getattr(old, name) != getattr(new, name)]


@dataclass(frozen=True)
class MeasureChange:
    """What became of one stipulated measure: "same", "added", "removed", "heavier", "lighter" or "changed"."""

    kind: str
    old: MeasureText | None = None
    new: MeasureText | None = None
    name: Marked = Marked()
    authority: Marked = Marked()

    @property
    def differing(self):
        """Names of the conditions that differ, such as "appeal_days"; each is marked as a whole."""
        return _differing(self.old, self.new) if self.old and self.new else []


@dataclass(frozen=True)
class ArticleChange:
    """One article on both sides: "same", "added", "removed", "renumbered" (in nothing else) or "changed"."""

    kind: str
    old: ArticleText | None
    new: ArticleText | None
    heading: Marked
    text: Marked
    legal_basis: Marked
    measures: tuple[MeasureChange, ...] = ()

    @property
    def article(self):
        """The article as it is called: by the newer side, where it has it."""
        return self.new or self.old

    @property
    def is_renumbered(self):
        return bool(self.old and self.new and self.old.number != self.new.number)

    @property
    def has_other_measures(self):
        return any(measure.kind != "same" for measure in self.measures)

    @property
    def is_of_other_kind(self):
        return bool(self.old and self.new and self.old.kind != self.new.kind)


KINDS = ("changed", "added", "removed", "renumbered", "same")


@dataclass(frozen=True)
class Comparison:
    """Everything that two texts differ in, in the order of the newer one."""

    articles: tuple[ArticleChange, ...]

    @property
    def differing(self):
        return [change for change in self.articles if change.kind != "same"]

    @property
    def unchanged(self):
        return [change for change in self.articles if change.kind == "same"]

    @property
    def counts(self):
        """Kind → number of articles, for each of KINDS."""
        return {kind: sum(change.kind == kind for change in self.articles) for kind in KINDS}


def compare_editions(old, new, *, weighed=True):
    """The articles of two editions, paired by key. weighed: their measures come of one regime, so degrees compare."""
    return Comparison(tuple(_change(*pair, weighed) for pair in _paired_by_key(old, new)))


def compare_codes(old, new, *, weighed=True):
    """The articles of two sectors' codes, paired by topic, whatever their numbers; one without a topic stands alone."""
    return Comparison(tuple(_change(*pair, weighed, numbered=False) for pair in _paired_by_topic(old, new)))


# --- pairs ----------------------------------------------------------------------------------------------------------


def _paired_by_key(old, new):
    before = {article.key: article for article in old}
    pairs = [(before.get(article.key), article) for article in new]
    return _with_removed(pairs, old)


def _paired_by_topic(old, new):
    """Articles of a topic in the order in which each code has them; the longer code's last ones stand alone."""
    before = defaultdict(list)
    for article in old:
        before[article.topic].append(article)
    pairs = []
    for article in new:
        alike = before[article.topic] if article.topic else []
        pairs.append((alike.pop(0) if alike else None, article))
    return _with_removed(pairs, old)


def _with_removed(pairs, old):
    """The pairs, and each old article that has none behind the one that it followed."""
    kept = {article.key for article, _new in pairs if article}
    following, last = defaultdict(list), None
    for article in old:
        if article.key in kept:
            last = article.key
        else:
            following[last].append((article, None))
    ordered = list(following[None])
    for article, new in pairs:
        ordered.append((article, new))
        ordered += following[article.key] if article else []
    return ordered


def _change(old, new, weighed, numbered=True):
    a, b = old or _NOTHING, new or _NOTHING
    heading, text = marked(a.heading, b.heading, LEAST_ALIKE), marked(a.text, b.text, LEAST_ALIKE)
    legal_basis = marked(a.legal_basis, b.legal_basis, LEAST_ALIKE)
    measures = tuple(compare_measures(a.measures, b.measures, weighed=weighed))
    if old is None or new is None:
        kind = "added" if old is None else "removed"
    elif (
        heading.changed
        or text.changed
        or legal_basis.changed
        or old.kind != new.kind
        or any(each.kind != "same" for each in measures)
    ):
        kind = "changed"
    else:
        kind = "renumbered" if numbered and old.number != new.number else "same"
    return ArticleChange(kind, old, new, heading, text, legal_basis, measures)


_NOTHING = ArticleText("", "", "", "", "", "")


# --- measures -------------------------------------------------------------------------------------------------------


def compare_measures(old, new, *, weighed=True):
    """What became of each measure, by seriousness and repetition; a measure replaced by another is weighed against it.

    Two regimes count degrees each in its own way: then nothing is said to be heavier or lighter.
    """
    places = list(dict.fromkeys(_place(measure) for measure in (*old, *new)))
    for place in places:
        before = [measure for measure in old if _place(measure) == place]
        after = [measure for measure in new if _place(measure) == place]
        yield from _compare_place(before, after, weighed)


def _place(measure):
    return measure.seriousness, measure.repetition


def _compare_place(before, after, weighed):
    kept = {measure.slug for measure in before} & {measure.slug for measure in after}
    after_by_slug = {measure.slug: measure for measure in after}
    for measure in before:
        if measure.slug in kept:
            yield _measure_change(measure, after_by_slug[measure.slug], weighed)
    gone = sorted((each for each in before if each.slug not in kept), key=lambda each: each.degree)
    come = sorted((each for each in after if each.slug not in kept), key=lambda each: each.degree)
    for old, new in zip_longest(gone, come):
        yield _measure_change(old, new, weighed)


def _measure_change(old, new, weighed):
    name = marked(old.name if old else "", new.name if new else "")
    authority = marked(old.authority if old else "", new.authority if new else "")
    if old is None or new is None:
        kind = "added" if old is None else "removed"
    elif weighed and old.degree != new.degree:
        kind = "heavier" if new.degree > old.degree else "lighter"
    else:
        alike = not _differing(old, new)
        kind = "same" if alike and not name.changed and not authority.changed else "changed"
    return MeasureChange(kind, old, new, name, authority)


# --- words ----------------------------------------------------------------------------------------------------------


def marked(old, new, least=0.0):
    """Both texts with the words marked that the other does not have.

    Where less than the share `least` of their words is common, both are marked as a whole.
    """
    before, after = _tokens(old), _tokens(new)
    keys = [key for _text, key in before], [key for _text, key in after]
    if keys[0] == keys[1]:
        return Marked(_pieces(before, [False] * len(before)), _pieces(after, [False] * len(after)))
    marks = _differences(*keys, least)
    return Marked(_pieces(before, marks[0]), _pieces(after, marks[1]), changed=True)


def _tokens(text):
    """(signs as they are, what counts of them) for each word; blanks and unseen signs go with the word before."""
    visible = text.translate(_UNSEEN)
    tokens, place = [], 0
    for segment in segments(visible):
        start = place
        for sign in segment:
            while text[place] != sign:
                place += 1
            place += 1
        key = "\n" if "\n" in segment and not segment.strip() else segment.strip()
        if key or not tokens:
            tokens.append([text[start:place], key])
        else:
            tokens[-1][0] += text[start:place]
    if place < len(text):
        if tokens:
            tokens[-1][0] += text[place:]
        else:
            tokens.append([text[place:], ""])
    return [(signs, key) for signs, key in tokens]


def _differences(old, new, least):
    """Which words of each side the other does not have, as two lists of bool."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    words = sum(_is_word(key) for key in old), sum(_is_word(key) for key in new)
    common = sum(_is_word(key) for block in blocks for key in old[block.a : block.a + block.size])
    marks = [True] * len(old), [True] * len(new)
    if 2 * common < least * sum(words):
        return marks
    ends = (0, 0), (len(old), len(new))
    for block in blocks:
        inside = ends[0] < (block.a, block.b) and (block.a + block.size, block.b + block.size) != ends[1]
        if inside and not any(map(_is_word, old[block.a : block.a + block.size])):
            continue  # a full stop between two changed words is changed with them
        marks[0][block.a : block.a + block.size] = [False] * block.size
        marks[1][block.b : block.b + block.size] = [False] * block.size
    return marks


def _is_word(key):
    return any(sign.isalnum() for sign in key)


def _pieces(tokens, marks):
    runs = groupby(zip(tokens, marks, strict=True), key=lambda pair: pair[1])
    return tuple(Piece("".join(token[0] for token, _mark in run), mark) for mark, run in runs)
