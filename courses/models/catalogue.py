import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Code
from conduct_codes.models.editions import Competence
from courses import question_types, rules
from courses.attempt_rules import Limits
from institutions.models import Post, Role, Sector
from institutions.models.places import TwoScriptName


class CourseQuerySet(models.QuerySet):
    def editable_by(self, scope):
        """Courses of the sectors whose code an institution owns that the viewer edits for; all, for the platform owner.

        A course without a sector is everybody's, so it is the platform owner's to change.
        """
        if scope.user is not None and scope.user.is_superuser:
            return self
        return self.filter(scope.acting_as(Role.Kind.EDITOR).names_condition("sector__code__owner__path"))

    def of_the_profession(self, scope, *kinds):
        """Courses for everybody, and those of a sector in which a role of these kinds counts somebody today."""
        posts = Post.objects.serving_on(scope.today).countable_by(scope.acting_as(*kinds))
        return self.filter(Q(sector=None) | Exists(posts.filter(sector=OuterRef("sector"))))

    def taught_on(self, day):
        """Courses that are not retired by the day."""
        return self.exclude(retirement__retired_on__lte=day)


class Course(TwoScriptName):
    """A course: the fact that enrolments and requirements point at. Without a sector it serves all of them."""

    slug = models.SlugField(unique=True)
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT, related_name="courses")
    order = models.PositiveSmallIntegerField(default=0)
    is_ordered = models.BooleanField(
        _("lessons in their order"),
        default=False,
        help_text=_("A lesson opens when the required ones before it are done."),
    )

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]

    def __str__(self):
        return self.slug


class Lesson(models.Model):
    """A lesson of a course; its words are on a page per language."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    slug = models.SlugField()
    order = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(default=8)
    is_required = models.BooleanField(_("required"), default=True, help_text=_("The quiz waits for required lessons."))
    min_minutes = models.PositiveSmallIntegerField(
        _("minimum time in minutes"),
        null=True,
        blank=True,
        help_text=_("Reading faster is reported and hinders nobody. Empty: no minimum."),
    )

    class Meta:
        ordering = ["course", "order"]
        constraints = [
            models.UniqueConstraint(fields=["course", "slug"], name="lesson_slug_unique_in_course"),
            models.UniqueConstraint(fields=["course", "order"], name="lesson_order_unique_in_course"),
        ]

    def __str__(self):
        return f"{self.course_id}/{self.slug}"


class Quiz(models.Model):
    """The examination of a course: what is drawn, what must be right, how often, how soon and how long."""

    class Delay(models.IntegerChoices):
        NONE = 0, _("No wait")
        HOUR = 1, _("1 hour")
        DAY = 24, _("24 hours")

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="quiz")
    draw = models.PositiveSmallIntegerField(_("questions drawn"), default=10)
    pass_percent = models.PositiveSmallIntegerField(_("per cent to pass"), default=80)
    attempts_allowed = models.PositiveSmallIntegerField(
        _("tries allowed"), null=True, blank=True, help_text=_("Empty: as many as somebody needs.")
    )
    delay_hours = models.PositiveSmallIntegerField(
        _("wait before the next try"),
        choices=Delay,
        default=Delay.DAY,
        help_text=_("Time to read again what was wrong."),
    )
    delay_grows = models.BooleanField(
        _("the wait doubles with every further try"), default=False, help_text=_("Up to seven days.")
    )
    minutes_allowed = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, help_text=_("Empty: no time limit, which suits a slow link best.")
    )

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="quiz_pass_percent"),
            models.CheckConstraint(condition=Q(draw__gte=1), name="quiz_draws_something"),
            models.CheckConstraint(
                condition=Q(attempts_allowed__isnull=True) | Q(attempts_allowed__gte=1), name="quiz_allows_an_attempt"
            ),
            models.CheckConstraint(
                condition=Q(minutes_allowed__isnull=True) | Q(minutes_allowed__gte=1), name="quiz_allows_a_minute"
            ),
        ]

    def __str__(self):
        return f"quiz of {self.course_id}"

    @property
    def limits(self):
        """What the quiz sets for everybody, before overrides."""
        return Limits(
            attempts=self.attempts_allowed,
            delay=timedelta(hours=self.delay_hours),
            grows=self.delay_grows,
            minutes=self.minutes_allowed,
        )


class QuestionBankQuerySet(models.QuerySet):
    def editable_by(self, scope):
        """Banks of the courses that the viewer edits."""
        return self.filter(course__in=Course.objects.editable_by(scope))


class QuestionBank(models.Model):
    """The questions from which a course's quiz draws."""

    slug = models.SlugField(unique=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="banks")

    objects = QuestionBankQuerySet.as_manager()

    def __str__(self):
        return self.slug


class QuestionQuerySet(models.QuerySet):
    def drawable_on(self, day):
        """Questions that a quiz of the day may draw: not retired, and without any of rules.question_gaps."""
        return self.in_use_on(day).tied().complete()

    def in_use_on(self, day):
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day))

    def tied(self):
        """Questions about an article of a code, or a topic that every code treats, that say what they ask for."""
        return self.filter(Q(article_key__isnull=False) | ~Q(topic="")).exclude(competence="")

    def complete(self):
        """Questions whose newest version has every text in every language of the site."""
        newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
        whole = self.annotate(written_in=Subquery(newest.values("languages")[:1]))
        for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
            whole = whole.filter(written_in__contains=f",{code},")
        return whole

    def of_course(self, course_id):
        return self.filter(bank__course=course_id)

    def editable_by(self, scope):
        return self.filter(bank__in=QuestionBank.objects.editable_by(scope))


class Question(models.Model):
    """A question, tied to an article of a code or, in a common course, to a topic that every code treats."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="questions")
    lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    code = models.ForeignKey(Code, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    article_key = models.UUIDField(null=True, blank=True)
    topic = models.SlugField(blank=True)
    competence = models.CharField(max_length=10, choices=Competence, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__isnull=True, article_key__isnull=True)
                | Q(code__isnull=False, article_key__isnull=False),
                name="question_article_has_code",
            )
        ]

    def __str__(self):
        return f"question {self.key}"

    def gaps(self, version):
        """Why the question with this newest version (or None) is never drawn: names of rules.question_gaps."""
        return rules.question_gaps(
            article_key=self.article_key,
            topic=self.topic,
            competence=self.competence,
            written_in=version.languages.strip(",").split(",") if version else None,
            languages=[code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES],
        )


class LanguagesField(models.CharField):
    """The languages in which a version is whole, ",en,km,": worked out from its other fields whenever it is written."""

    def pre_save(self, model_instance, add):
        found = question_types.languages(model_instance)
        value = f",{','.join(found)}," if found else ""
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class QuestionVersion(models.Model):
    """What a question said and which option was right; a change makes a new version, never an update.

    courses/question_types.py says what the JSON of each type holds.
    """

    Type = question_types.Type

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    type = models.CharField(max_length=10, choices=Type, default=Type.SINGLE)
    stem = models.JSONField(help_text="language → text")
    options = models.JSONField(help_text="[{id, text: {language: text}, feedback: {language: text}}]")
    key = models.JSONField(help_text="Ids of the right options; never sent to a browser before the end")
    details = models.JSONField(default=dict, blank=True, help_text="What to match to, the steps of a scenario")
    feedback = models.JSONField(default=dict, blank=True, help_text="language → text, read at the end by everybody")
    languages = LanguagesField(max_length=80, blank=True, editable=False)
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["question", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="question_version_unique")]

    def __str__(self):
        return f"{self.question_id}/{self.number}"

    def stem_in(self, language=None):
        return in_language(self.stem, language)

    def shuffled_ids(self):
        """The ids that an attempt puts in an order of its own; none where there is nothing to choose from."""
        return question_types.shuffled_ids(self)

    def option(self, option_id):
        """The option with its words; those of true and false are the page's own."""
        found = next(option for option in self.options if option["id"] == option_id)
        if self.type == self.Type.TRUE_FALSE:
            return {**found, "text": {get_language(): str(question_types.TRUE_FALSE[option_id])}}
        return found

    def choice(self, choice_id):
        """What an item of a matching question can be matched to."""
        return next(choice for choice in question_types.choices(self) if choice["id"] == choice_id)


def language_of(texts, language=None):
    """The language in which texts by language are shown: the one asked for (default: the page's), else the first of
    the site's languages that has words.
    """
    asked = language or get_language()
    order = [asked, *(code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES), *sorted(texts)]
    return next((code for code in order if texts.get(code)), asked)


def in_language(texts, language=None):
    """The text in the language asked for (default: the page's), else in one that there is."""
    return texts.get(language_of(texts, language), "")


def latest_versions(questions):
    """The newest version of each of the questions, in one query."""
    later = QuestionVersion.objects.filter(question=OuterRef("question"), number__gt=OuterRef("number"))
    return QuestionVersion.objects.filter(question__in=questions).exclude(Exists(later)).order_by(F("pk"))
