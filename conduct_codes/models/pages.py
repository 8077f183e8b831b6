from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from conduct_codes.models.editions import ArticleKind, Competence, Edition, Repetition, Seriousness
from conduct_codes.models.reference import Code, Measure, Topic


def topic_choices():
    return [(topic.slug, topic.label) for topic in Topic.objects.all()]


def measure_choices():
    measures = Measure.objects.select_related("regime")
    return [(measure.slug, f"{measure.regime.label}: {measure.label}") for measure in measures]


class MeasureBlock(blocks.StructBlock):
    seriousness = blocks.ChoiceBlock(choices=Seriousness.choices, label=_("Seriousness"))
    repetition = blocks.ChoiceBlock(choices=Repetition.choices, label=_("Repetition"))
    measure = blocks.ChoiceBlock(choices=measure_choices, label=_("Measure"))


class ArticleBlock(blocks.StructBlock):
    """One article. The block's own id is the article's key: it stays through edits and translation."""

    number = blocks.CharBlock(max_length=12, label=_("Number"))
    kind = blocks.ChoiceBlock(choices=ArticleKind.choices, label=_("Kind"))
    topic = blocks.ChoiceBlock(choices=topic_choices, required=False, label=_("Topic"))
    competence = blocks.ChoiceBlock(choices=Competence.choices, required=False, label=_("Competence"))
    heading = blocks.CharBlock(max_length=200, label=_("Heading"))
    text = blocks.TextBlock(label=_("Text"))
    legal_basis = blocks.CharBlock(max_length=300, required=False, label=_("Legal basis"))
    measures = blocks.ListBlock(MeasureBlock(), default=[], label=_("Stipulated measures"))

    class Meta:
        icon = "list-ol"
        label = _("Article")


class CodeIndexPage(Page):
    """The list of codes; the section of each sector lies below it."""

    max_count_per_parent = 1
    subpage_types = ["conduct_codes.CodePage"]
    template = "conduct_codes/code_index_page.html"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        today = timezone.localdate()
        pages = CodePage.objects.child_of(self).live().select_related("code__sector", "code__owner")
        in_force = {edition.code_id: edition for edition in Edition.objects.in_force_on(today)}
        context["rows"] = [
            {"page": page, "edition": in_force.get(page.code_id)}
            for page in pages.order_by("code__sector__order")
        ]
        return context


class CodePage(Page):
    """The words of a code in one language. Publishing it has no legal effect."""

    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="pages")
    preamble = models.TextField(_("preamble"), blank=True)
    articles = StreamField([("article", ArticleBlock())], verbose_name=_("articles"), blank=True)

    parent_page_types = ["conduct_codes.CodeIndexPage"]
    subpage_types = []
    template = "conduct_codes/code_page.html"
    content_panels = [*Page.content_panels, FieldPanel("code"), FieldPanel("preamble"), FieldPanel("articles")]

    class Meta:
        verbose_name = _("code page")

    @property
    def is_authoritative(self):
        """The first content language is the law; every other one is an unofficial translation."""
        return self.locale.language_code == settings.WAGTAIL_CONTENT_LANGUAGES[0][0]

    def clean(self):
        super().clean()
        others = CodePage.objects.filter(code_id=self.code_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.code_id and others.exists():
            raise ValidationError({"code": _("This code already has a page in this language.")})

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        today = timezone.localdate()
        edition = Edition.objects.in_force_on(today).filter(code=self.code).select_related("code__owner").first()
        context["code"] = self.code
        context["edition"] = edition
        if edition:
            texts = {text.language: text for text in edition.texts.order_by("revision")}
            text = texts.get(self.locale.language_code) or next(t for t in texts.values() if t.is_authoritative)
            context["text"] = text
            context["words"] = text.words
        else:
            from conduct_codes.rules import words_of_page

            context["words"] = words_of_page(self, measures=measure_labels(self.locale.language_code))
        context["earlier"] = list(self.code.editions.order_by("-number")) if edition else []
        return context


def measure_labels(language):
    """Measure slug → the words that the text of an article prints for it."""
    km = language == "km"
    return {
        measure.slug: {
            "name": measure.name if km else measure.name_latin,
            "authority": measure.authority if km else measure.authority_latin,
            "council": measure.council_needed,
            "appeal_days": measure.appeal_days,
        }
        for measure in Measure.objects.all()
    }
