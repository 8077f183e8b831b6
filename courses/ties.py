"""What the questions of a bank can be about, as texts of a file or a form and as facts of the database."""

from uuid import UUID

from django.utils.translation import gettext as _

from conduct_codes.models import Article, Code, Edition, Topic
from conduct_codes.models.editions import Competence


class TieUnknown(ValueError):
    """A tie names something that is not there; str() says what."""


class Ties:
    """The codes, articles in force, topics and lessons that a bank's questions may name; four queries."""

    def __init__(self, bank, day):
        self.lessons = {lesson.slug: lesson for lesson in bank.course.lessons.order_by("order")}
        self.topics = {topic.slug: topic for topic in Topic.objects.order_by("order")}
        sector = bank.course.sector_id
        codes = Code.objects.filter(sector=sector) if sector else Code.objects.none()
        self.codes = {code.slug: code for code in codes}
        editions = Edition.objects.in_force_on(day).filter(code__in=self.codes.values())
        articles = Article.objects.filter(edition__in=editions).select_related("edition").order_by("edition", "order")
        self.articles = {(article.edition.code_id, article.number): article for article in articles}
        self.numbers = {(article.edition.code_id, article.key): article.number for article in articles}

    def facts(self, ties: dict) -> dict:
        """The facts that texts name; what they leave out is left out. Raises TieUnknown."""
        facts = {}
        if value := ties.get("competence"):
            facts["competence"] = self._known(value.lower(), Competence.values, _("The competence"))
        if value := ties.get("topic"):
            facts["topic"] = self._known(value, self.topics, _("The topic"))
        if value := ties.get("lesson"):
            facts["lesson"] = self.lessons[self._known(value, self.lessons, _("The lesson"))]
        if value := ties.get("article"):
            code = self.code(ties.get("code"))
            facts |= {"code": code, "article_key": self.article_key(code, value)}
        return facts

    def _known(self, value, known, what):
        if value not in known:
            offered = ", ".join(known) or "–"
            raise TieUnknown(
                _("%(what)s “%(value)s” is not known here; there are: %(offered)s.")
                % {"what": what, "value": value[:60], "offered": offered}
            )
        return value

    def code(self, slug):
        """The code that is named, else the only one there is."""
        if not slug and len(self.codes) == 1:
            return next(iter(self.codes.values()))
        return self.codes[self._known(slug or "", self.codes, _("The code"))]

    def article_key(self, code, value):
        """The key of an article by its number in the edition in force, or by the key itself."""
        if (code.pk, value) in self.articles:
            return self.articles[code.pk, value].key
        try:
            key = UUID(value)
        except ValueError as error:
            numbers = ", ".join(number for code_id, number in self.articles if code_id == code.pk) or "–"
            raise TieUnknown(
                _("Article “%(value)s” is not in the edition in force; there are: %(offered)s.")
                % {"value": value[:60], "offered": numbers}
            ) from error
        if not Article.objects.filter(edition__code=code, key=key).exists():
            raise TieUnknown(_("No edition of the code has the article “%(value)s”.") % {"value": value[:60]})
        return key

    def article_choices(self):
        """(code, number) of every article in force, in order."""
        slugs = {code.pk: slug for slug, code in self.codes.items()}
        return [(slugs[code_id], number) for code_id, number in self.articles]

    def texts(self, question) -> dict:
        """What a question is about, as texts that facts() reads again."""
        slugs = {code.pk: slug for slug, code in self.codes.items()}
        number = self.numbers.get((question.code_id, question.article_key))
        return {
            "competence": question.competence,
            "code": slugs.get(question.code_id, ""),
            "article": number or (str(question.article_key) if question.article_key else ""),
            "topic": question.topic,
            "lesson": next((slug for slug, lesson in self.lessons.items() if lesson.pk == question.lesson_id), ""),
        }
