"""Which subjects a draw takes first: the prohibitions and the duties to report of the codes in force."""

from collections import defaultdict

from conduct_codes.models import Article, Edition
from conduct_codes.models.editions import ArticleKind

PRESSING = (ArticleKind.PROHIBITION, ArticleKind.REPORTING)


class Pressing:
    """The articles of every edition that a draw takes first, read once in two queries for any number of days."""

    def __init__(self):
        self._editions = list(Edition.objects.order_by("number").values_list("code", "in_force_from", "pk"))
        self._subjects = defaultdict(set)
        articles = Article.objects.filter(kind__in=PRESSING)
        for edition, key, topic in articles.values_list("edition", "key", "topic"):
            self._subjects[edition].update({str(key), topic} - {""})
        self._found = {}

    def on(self, day):
        """Article keys and topics, as text, of the prohibitions and reporting duties in force on the day."""
        in_force = {code: pk for code, since, pk in self._editions if since <= day}
        editions = frozenset(in_force.values())
        if editions not in self._found:
            self._found[editions] = frozenset().union(*(self._subjects[pk] for pk in editions))
        return self._found[editions]
