"""A plan as a reader looks at it: what is new, changed with its words marked, removed, and as before. Pure."""

from dataclasses import dataclass

from conduct_codes.articles_in.sheet import COLUMNS
from conduct_codes.comparison import ArticleChange, ArticleText, Marked, MeasureText, compare_editions, marked


@dataclass(frozen=True)
class FactChange:
    """A field beside the text of the law that would change, as both sides print it."""

    label: str
    words: Marked


@dataclass(frozen=True)
class Row:
    """One article of a plan: "added", "changed", "missing" (in the file) or "same"."""

    kind: str
    change: ArticleChange
    facts: tuple = ()


@dataclass(frozen=True)
class Preview:
    """The rows of a plan and what becomes of the preamble."""

    rows: tuple
    preamble: Marked

    def of(self, kind):
        return [row for row in self.rows if row.kind == kind]

    @property
    def added(self):
        return self.of("added")

    @property
    def changed(self):
        return self.of("changed")

    @property
    def missing(self):
        return self.of("missing")

    @property
    def same(self):
        return self.of("same")

    @property
    def counts(self):
        """Kind → number of articles."""
        return {kind: len(self.of(kind)) for kind in ("added", "changed", "missing", "same")}


def preview_of(plan, *, vocabulary, printed, place):
    """printed: slug of a measure → what a text prints for it, and its degree; place: that of the page's language."""
    before, after = plan.standing.draft, plan.after
    old, new = ([_article(key, value, printed) for key, value in side.items()] for side in (before, after))
    rows = []
    for change in compare_editions(old, new).articles:
        key = change.article.key
        facts = ()
        if key in before and key in after:
            facts = tuple(_facts(before[key], after[key], vocabulary, place))
        kind = {"removed": "missing", "added": "added", "same": "same"}.get(change.kind, "changed")
        rows.append(Row("changed" if kind == "same" and facts else kind, change, facts))
    return Preview(tuple(rows), marked(plan.standing.preamble, plan.preamble))


def _facts(old, new, vocabulary, place):
    for name in ("topic", "competence"):
        if (old[name] or "") != (new[name] or ""):
            choices = getattr(vocabulary, name)
            labels = [choices.shown(side[name], place) if side[name] in choices.labels else "–" for side in (old, new)]
            yield FactChange(str(COLUMNS[name]), marked(*labels, 1.0))
    if old["plain_words"] != new["plain_words"]:
        yield FactChange(str(COLUMNS["plain_words"]), marked(old["plain_words"], new["plain_words"]))


def _article(key, value, printed):
    words = {name: value[name] or "" for name in ("number", "kind", "topic", "heading", "text", "legal_basis")}
    measures = (
        MeasureText(seriousness=row["seriousness"], repetition=row["repetition"], slug=row["measure"], **facts)
        for row in value["measures"]
        if (facts := printed.get(row["measure"]))
    )
    return ArticleText(key=key, **words, measures=tuple(measures))
