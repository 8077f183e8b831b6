"""What a text lacks before it may become law: found article by article, and said to the people who must fill it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.models import CodePage, Measure

SENTENCES = {
    "empty": _("The code has no article."),
    "reporting": _("The code states no duty to report."),
    "basis": _("No article names its legal basis."),
    "hotline": _("The page names no hotline to call."),
    "number": _("It has no number, or one that another article has."),
    "words": _("Its kind, heading or text is missing."),
    "measure": _("It is a prohibition without a stipulated measure."),
    "regime": _("A stipulated measure is not one of the code's disciplinary regime."),
    "twice": _("The same measure is stated twice."),
    "authority": _("The measure “%(about)s” names no authority that decides."),
    "procedure": _("The measure “%(about)s” states no procedure."),
    "limit": _("The measure “%(about)s” has no time limit for the decision."),
    "appeal": _("The measure “%(about)s” names no way to appeal."),
    "missing": _("The translation lacks this article: %(about)s."),
    "extra": _("The translation has an article that the authoritative text lacks: %(about)s."),
    "order": _("The translation has its articles in another order: %(about)s."),
}


@dataclass
class Lack:
    """One article, or the code as a whole where there is no number, and the sentences that hold for it."""

    number: str
    heading: str
    key: str
    sentences: list = field(default_factory=list)

    @property
    def of_article(self):
        return bool(self.key)


def by_article(gaps):
    """The gaps as a list to work through: the code as a whole first, then article by article."""
    lacks = {}
    for gap in sorted(gaps, key=lambda gap: bool(gap.key)):
        lack = lacks.setdefault(gap.key, Lack(gap.number or "–", gap.heading, gap.key))
        sentence = str(SENTENCES[gap.reason]) % {"about": gap.about}
        if sentence not in lack.sentences:
            lack.sentences.append(sentence)
    return list(lacks.values())


def in_sentences(gaps):
    """One line for each article that lacks something, with all that it lacks."""
    lines = []
    for lack in by_article(gaps):
        said = " ".join(lack.sentences)
        where = say("Article %(number)s (%(heading)s):") % {"number": lack.number, "heading": lack.heading or "–"}
        lines.append(f"{where} {said}" if lack.of_article else said)
    return lines


def gaps_in(page):
    """What the words of this code page lack, as they stand in memory."""
    return gaps_in_many([page])[0]


def gaps_in_many(pages):
    """What each of these code pages lacks, in a fixed number of queries."""
    measures = _measures_by_regime()
    others = CodePage.objects.filter(code__in={page.code_id for page in pages}).select_related("locale")
    others = list(others.select_related("latest_revision"))
    laws = {page.code_id: page for page in others if page.is_authoritative}
    live = [page for page in others if page.live]
    return [
        _gaps_of_law(page, measures.get(page.code.regime_id, {}), live)
        if page.is_authoritative
        else _gaps_of_translation(page, laws.get(page.code_id))
        for page in pages
    ]


def words_in(revision, page):
    """The articles and hotlines of a revision of this page in memory; the page itself where there is none.

    Reading a whole page out of its revision asks the database for each key of the page; a list cannot afford that.
    """
    if revision is None:
        return page
    streams = {
        name: CodePage._meta.get_field(name).to_python(revision.content.get(name) or "[]")
        for name in ("articles", "hotlines")
    }
    title = revision.content.get("title", "")
    return CodePage(pk=page.pk, code=page.code, locale=page.locale, title=title, **streams)


def _measures_by_regime():
    found = {}
    for measure in Measure.objects.all():
        known = rules.KnownMeasure(measure.label, rules.lacks_of_measure(measure))
        found.setdefault(measure.regime_id, {})[measure.slug] = known
    return found


def _gaps_of_law(page, measures, live):
    """A published translation is frozen with the law, so it must have its articles."""
    gaps = rules.gaps_of(page, measures=measures)
    for other in live:
        if other.code_id == page.code_id and other.locale_id != page.locale_id:
            gaps += rules.gaps_between(page, other, about=_language(other))
    return gaps


def _gaps_of_translation(page, law):
    """A translation is compared with the text of the law as its authors left it."""
    gaps = rules.gaps_of_words(page)
    if law:
        gaps += rules.gaps_between(words_in(law.latest_revision, law), page, about=_language(page))
    return gaps


def _language(page):
    return {"km": say("Khmer"), "en": say("English")}.get(page.locale.language_code, page.locale.language_code)
