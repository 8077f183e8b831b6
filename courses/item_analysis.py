"""How the questions of a course fare: everybody's first try, as far as the viewer may count whoever made it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from courses import marking
from courses.item_rules import Figures, Tally, figures, findings, option_figures
from courses.models import Attempt, AttemptMark, Course, LessonPage, Question, QuestionVersion
from courses.models.catalogue import latest_versions
from courses.question_types import WITH_OFFERED_ANSWERS, Type, option_ids
from institutions.matrix import Resource, kinds_reaching
from institutions.models import Area, Post, Sector

WHO = kinds_reaching(Resource.ITEM_FIGURES)
DAYS_OFFERED = 6


def courses_of(scope):
    """The courses whose questions the viewer may see figures of."""
    return Course.objects.of_the_profession(scope, *WHO).order_by("order", "slug")


@dataclass(frozen=True)
class Cut:
    """Which tries are meant: of people in a sector, in a province (two-digit code), handed in within these days."""

    sector: Sector | None = None
    province: Area | None = None
    since: date | None = None
    before: date | None = None


def first_tries(scope, course, cut=None):
    """Closed first tries of people who served, on the day of the try, where the viewer may count."""
    cut = cut or Cut()
    posts = Post.objects.countable_by(scope.acting_as(*WHO)).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("day")),
        person=OuterRef("enrolment__person"),
        starts_on__lte=OuterRef("day"),
    )
    if cut.sector:
        posts = posts.filter(sector=cut.sector)
    if cut.province:
        posts = posts.filter(institution__area__code__startswith=cut.province.code)
    tries = Attempt.objects.closed().filter(number=1, enrolment__course=course).annotate(day=TruncDate("closed_at"))
    if cut.since:
        tries = tries.filter(day__gte=cut.since)
    if cut.before:
        tries = tries.filter(day__lt=cut.before)
    return tries.filter(Exists(posts))


def newest_marks(tries):
    """The mark of each try that counts today."""
    later = AttemptMark.objects.filter(attempt=OuterRef("attempt"), number__gt=OuterRef("number"))
    return AttemptMark.objects.filter(attempt__in=tries.values("pk")).exclude(Exists(later)).order_by()


def tallies_of(marks, versions):
    """Version id → [(answer, Tally)] of the tries with these marks, counted by the database."""
    question = "attempt__questions__"
    rows = marks.filter(**{f"{question}version__in": versions.keys()}).values_list(
        f"{question}version", f"{question}answer", "total"
    )
    counted = rows.annotate(many=Count("pk"), earned=Sum("points"), squares=Sum(F("points") * F("points")))
    found = defaultdict(list)
    for version_id, answer, length, count, points, squares in counted:
        earned = float(marking.credit(versions[version_id], answer))
        found[version_id].append((answer, Tally(earned, count, float(points), float(squares), length)))
    return found


@dataclass(frozen=True)
class Item:
    """A question with its newest version, its figures over all versions, and those before a day if one was asked."""

    question: Question
    version: QuestionVersion
    figures: Figures
    findings: list
    earlier: Figures | None = None

    @property
    def change(self):
        """By how much more (or less) of the mark is earned than before; None where either is unknown."""
        if not (self.earlier and self.earlier.is_shown and self.figures.is_shown):
            return None
        return self.figures.facility - self.earlier.facility


def items_of(scope, course, cut):
    """Every question of the course as an Item, the hardest first, then those of which too little is known.

    With cut.since the figures are those from that day on, and earlier those before it. The number of queries does not
    depend on the number of questions or tries.
    """
    questions = list(Question.objects.of_course(course).select_related("code").order_by("pk"))
    newest = {version.question_id: version for version in latest_versions(questions)}
    versions = QuestionVersion.objects.in_bulk(
        QuestionVersion.objects.filter(question__in=questions).values_list("pk", flat=True)
    )
    now = _by_question(scope, course, cut, versions)
    before = _by_question(scope, course, _earlier(cut), versions) if cut.since else None
    items = []
    for question in questions:
        if question.pk not in newest:
            continue
        found = figures(now[question.pk])
        earlier = figures(before[question.pk]) if before is not None else None
        items.append(Item(question, newest[question.pk], found, findings(found), earlier))
    return sorted(items, key=lambda item: (not item.figures.is_shown, item.figures.facility or 0, item.question.pk))


def _earlier(cut):
    return Cut(cut.sector, cut.province, before=cut.since)


def _by_question(scope, course, cut, versions):
    found = defaultdict(list)
    for version_id, counted in tallies_of(newest_marks(first_tries(scope, course, cut)), versions).items():
        found[versions[version_id].question_id].extend(tally for _answer, tally in counted)
    return found


def days_of_change(course):
    """The latest days on which a lesson of the course was published or a question was written anew, latest first."""
    published = LessonPage.objects.filter(lesson__course=course, last_published_at__isnull=False)
    moments = list(published.values_list("last_published_at", flat=True))
    later = QuestionVersion.objects.filter(question__bank__course=course, number__gt=1)
    moments += later.values_list("written_at", flat=True)
    return sorted({timezone.localdate(moment) for moment in moments}, reverse=True)[:DAYS_OFFERED]


@dataclass
class VersionFigures:
    """One wording of a question: since when it is asked, how it fared, and what was chosen."""

    version: QuestionVersion
    figures: Figures
    findings: list
    options: list = field(default_factory=list)


class ItemStudy:
    """One question in full: each version, each sector and each province."""

    def __init__(self, scope, question):
        self.scope, self.question = scope, question
        self.course = question.bank.course

    @cached_property
    def _versions(self):
        return {version.pk: version for version in self.question.versions.order_by("-number")}

    @cached_property
    def _marks(self):
        return newest_marks(first_tries(self.scope, self.course))

    @cached_property
    def versions(self):
        """The figures of each version, the newest first."""
        counted = tallies_of(self._marks, self._versions)
        return [self._version(version, counted[version.pk]) for version in self._versions.values()]

    @staticmethod
    def _version(version, counted):
        found = figures(tally for _answer, tally in counted)
        return VersionFigures(version, found, findings(found), _options(version, counted))

    @cached_property
    def _places(self):
        """(sector id, province code) → tallies of the tries of people who served there on the day of their try."""
        serving = "attempt__enrolment__person__posts__"
        day = TruncDate("attempt__closed_at")
        acting = self.scope.acting_as(*WHO)
        rows = (
            self._marks.annotate(day=day)
            .filter(
                acting.condition(f"{serving}institution__path", f"{serving}institution__area__code"),
                Q(**{f"{serving}ends_on__isnull": True}) | Q(**{f"{serving}ends_on__gte": F("day")}),
                **{f"{serving}starts_on__lte": F("day")},
            )
            .filter(attempt__questions__version__in=self._versions.keys())
            .values_list(
                "pk",
                f"{serving}sector",
                f"{serving}institution__area__code",
                "attempt__questions__version",
                "attempt__questions__answer",
            )
        )
        sectors, provinces, earned = defaultdict(dict), defaultdict(dict), {}
        for mark, sector, area, version, answer in rows.iterator(chunk_size=5000):
            key = (version, repr(answer))
            if key not in earned:
                earned[key] = float(marking.credit(self._versions[version], answer))
            sectors[sector][mark] = earned[key]
            if area:
                provinces[area[:2]][mark] = earned[key]
        return sectors, provinces

    @cached_property
    def by_sector(self):
        """(sector, Figures) of each sector somebody serves in, by its order."""
        found = self._places[0]
        return [(sector, _plain(found[sector.pk])) for sector in Sector.objects.filter(pk__in=found)]

    @cached_property
    def by_province(self):
        """(province, Figures) of each province somebody serves in."""
        found = self._places[1]
        return [(area, _plain(found[area.code])) for area in Area.objects.filter(code__in=found)]


def _plain(earned):
    """Figures without discrimination: a person with two posts counts once in each place."""
    return figures([Tally(worth, 1, worth, worth**2, 1) for worth in earned.values()])


def _options(version, counted):
    """What was chosen of the answers offered; nothing where answers are typed, matched or put in order."""
    if version.type not in WITH_OFFERED_ANSWERS:
        return []
    single = version.type in (Type.SINGLE, Type.TRUE_FALSE)
    chosen = [([answer] if single else answer or [], tally) for answer, tally in counted]
    return option_figures(chosen, option_ids(version), version.key)
