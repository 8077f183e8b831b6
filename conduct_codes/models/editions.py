import json

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from conduct_codes.models.reference import Code, printed_measure
from institutions.models.places import TwoScriptName
from jobs.storage import private_storage


def authoritative_language():
    """The first content language: its text is the law, every other one an unofficial translation."""
    return settings.WAGTAIL_CONTENT_LANGUAGES[0][0]


def _ending(**conditions):
    """The repeals that end an edition of an outer queryset: those of its code's newest edition of their day."""
    repeals = apps.get_model("conduct_codes", "Repeal").objects
    return repeals.filter(edition__code=OuterRef("code"), edition__number__gte=OuterRef("number"), **conditions)


class EditionQuerySet(models.QuerySet):
    def coming_after(self, day):
        """Editions that were adopted but are law only later than the day, unless the code is repealed by then."""
        ended = _ending(effective_on__lte=OuterRef("in_force_from"))
        return self.filter(in_force_from__gt=day).exclude(Exists(ended))

    def newest_begun_on(self, day):
        """The one edition of each code that is law on the day, or was until the code was repealed."""
        later = Edition.objects.filter(code=OuterRef("code"), number__gt=OuterRef("number"), in_force_from__lte=day)
        return self.filter(in_force_from__lte=day).exclude(Exists(later))

    def in_force_on(self, day):
        """The one edition of each code that is law on the day; none of a code that is repealed by then."""
        return self.newest_begun_on(day).exclude(Exists(_ending(effective_on__lte=day)))

    def of(self, code):
        return self.filter(code=code)

    def at_address(self, code_slug, number):
        """The edition that a permanent address names."""
        return self.filter(code__slug=code_slug, number=number)


class Edition(models.Model):
    """A code as it was adopted. Never updated; a later edition supersedes it."""

    class ChangeClass(models.TextChoices):
        SUBSTANTIVE = "substantive", _("Substantive change")
        CLARIFICATION = "clarification", _("Clarification")
        ERRATUM = "erratum", _("Erratum")

    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField()
    change_class = models.CharField(max_length=14, choices=ChangeClass)
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by")
    instrument = models.CharField(max_length=120)
    instrument_latin = models.CharField(max_length=120)
    instrument_number = models.CharField(max_length=60)
    signatory = models.CharField(max_length=160)
    signatory_latin = models.CharField(max_length=160)
    adopted_on = models.DateField()
    in_force_from = models.DateField()
    sign_by = models.DateField(
        null=True, blank=True, help_text="Day by which those whom it binds from its first day are to sign"
    )
    summary = models.TextField(blank=True)
    summary_latin = models.TextField(blank=True)
    revision = models.PositiveBigIntegerField(help_text="The approved Wagtail revision of the authoritative page")
    adopted_at = models.DateTimeField()
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["code", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="edition_number_unique_in_code"),
            models.UniqueConstraint(fields=["code", "revision"], name="edition_revision_adopted_once"),
            models.CheckConstraint(
                condition=Q(change_class="substantive", continues__isnull=True)
                | (~Q(change_class="substantive") & Q(continues__isnull=False)),
                name="edition_continues_unless_substantive",
            ),
            models.CheckConstraint(
                condition=Q(sign_by__isnull=True) | Q(change_class="substantive", sign_by__gte=F("in_force_from")),
                name="edition_signed_by_a_day_in_force",
            ),
        ]

    def __str__(self):
        return f"{self.code_id}/{self.number}"

    def get_absolute_url(self):
        return reverse("conduct_codes:edition", args=[self.code.slug, self.number])

    @property
    def chain_id(self):
        """The substantive edition at the head of this chain: a signature under any of it counts for all of it."""
        return self.continues_id or self.pk

    @property
    def instrument_label(self):
        return self.instrument if get_language() == "km" else self.instrument_latin

    @property
    def signatory_label(self):
        return self.signatory if get_language() == "km" else self.signatory_latin

    @property
    def summary_label(self):
        return self.summary if get_language() == "km" else self.summary_latin

    def text_in(self, language):
        """The newest frozen text in the language, else the authoritative one."""
        texts = {text.language: text for text in self.texts.order_by("revision")}
        return texts.get(language) or texts[authoritative_language()]

    def facts_in(self, language):
        """Key → number, kind and printed measures of each article, as every text of this edition states them."""
        return {
            str(article.key): {
                "number": article.number,
                "kind": article.kind,
                "measures": [measure.printed_in(language) for measure in article.measures.all()],
            }
            for article in self.articles.prefetch_related("measures")
        }


class EditionTextQuerySet(models.QuerySet):
    def at_address(self, code_slug, number, language, revision=None):
        """The text that a permanent address names, at most one: the revision, or the latest."""
        texts = self.filter(edition__code__slug=code_slug, edition__number=number, language=language)
        texts = texts.filter(revision=revision) if revision else texts
        return texts.select_related("edition__code__owner").order_by("-revision")[:1]


class EditionText(models.Model):
    """The exact bytes of an edition in one language, and their SHA-256."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=12)
    revision = models.PositiveSmallIntegerField(default=1)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    objects = EditionTextQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "language", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "language", "revision"], name="edition_text_unique_revision")
        ]

    def __str__(self):
        return f"{self.edition_id}/{self.language}/{self.revision}"

    @cached_property
    def words(self):
        """The frozen text as title, preamble and a list of articles."""
        return json.loads(bytes(self.content).decode())

    @property
    def is_authoritative(self):
        return self.language == authoritative_language()


class EditionActQuerySet(models.QuerySet):
    def at_address(self, code_slug, number):
        """The act of the edition that a permanent address names."""
        return self.filter(edition__code__slug=code_slug, edition__number=number)


class EditionAct(models.Model):
    """The scan of the instrument that made an edition law, as it was handed in. Public, never changed."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="act")
    file = models.FileField(storage=private_storage, upload_to="acts/%Y/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    kept_at = models.DateTimeField()

    objects = EditionActQuerySet.as_manager()

    def __str__(self):
        return f"act of {self.edition_id}"

    @property
    def kind(self):
        """ "pdf", "jpg" or "png": by what the bytes were when they were kept."""
        return self.file.name.rsplit(".", 1)[-1]


class ArticleKind(models.TextChoices):
    PRINCIPLE = "principle", _("Principle")
    DUTY = "duty", _("Duty")
    PROHIBITION = "prohibition", _("Prohibition")
    REPORTING = "reporting", _("Reporting duty")
    PROCEDURE = "procedure", _("Procedure")
    PENALTY = "penalty", _("Discipline")
    FINAL = "final", _("Final provision")


class Competence(models.TextChoices):
    IDENTIFY = "identify", _("Identify")
    REFER = "refer", _("Refer")
    REPORT = "report", _("Report")
    RESPOND = "respond", _("Respond")


class Article(models.Model):
    """An article of an edition, without words: its key pairs it with the same article of another edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="articles")
    key = models.UUIDField()
    number = models.CharField(max_length=12)
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ArticleKind)
    topic = models.SlugField(blank=True)
    competence = models.CharField(max_length=10, choices=Competence, blank=True)

    class Meta:
        ordering = ["edition", "order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="article_key_unique_in_edition")]

    def __str__(self):
        return f"{self.edition_id}/{self.number}"


class Seriousness(models.TextChoices):
    MINOR = "minor", _("Minor")
    SERIOUS = "serious", _("Serious")
    GRAVE = "grave", _("Very serious")


class Repetition(models.TextChoices):
    FIRST = "first", _("First time")
    REPEATED = "repeated", _("Repeated")


class ArticleMeasure(TwoScriptName):
    """A measure stipulated by an article, copied from the regime at adoption."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="measures")
    seriousness = models.CharField(max_length=8, choices=Seriousness)
    repetition = models.CharField(max_length=8, choices=Repetition)
    measure = models.SlugField()
    degree = models.PositiveSmallIntegerField()
    authority = models.CharField(max_length=200)
    authority_latin = models.CharField(max_length=200)
    council_needed = models.BooleanField()
    procedure = models.CharField(max_length=300, blank=True)
    procedure_latin = models.CharField(max_length=300, blank=True)
    decide_within_days = models.PositiveSmallIntegerField(default=0)
    appeal_days = models.PositiveSmallIntegerField()
    appeal_to = models.CharField(max_length=200, blank=True)
    appeal_to_latin = models.CharField(max_length=200, blank=True)
    expunged_after_months = models.PositiveSmallIntegerField(null=True)
    certificate_effect = models.CharField(max_length=8)

    class Meta:
        ordering = ["article", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "seriousness", "repetition", "measure"], name="article_measure_stated_once"
            )
        ]

    def __str__(self):
        return f"{self.article_id}/{self.measure}"

    def printed_in(self, language):
        """The row that the text of the article prints for this measure."""
        return {"seriousness": self.seriousness, "repetition": self.repetition, **printed_measure(self, language)}
