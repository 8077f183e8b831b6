from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from conduct_codes.models.editions import (
    ArticleKind,
    Competence,
    Edition,
    Repetition,
    Seriousness,
    authoritative_language,
)
from conduct_codes.models.reference import Code, Measure, Topic, printed_measure
from conduct_codes.models.repeals import Repeal
from conduct_codes.page_form import CodePageForm
from conduct_codes.panels import ReviewPanel
from conduct_codes.rules import facts_of_page, review_due_on, words_of_page


def topic_choices():
    return [(topic.slug, topic.label) for topic in Topic.objects.all()]


def measure_choices():
    measures = Measure.objects.select_related("regime")
    return [(measure.slug, f"{measure.regime.label}: {measure.label}") for measure in measures]


class SlugChoiceBlock(blocks.ChoiceBlock):
    """A choice from a reference list by slug; reading a page does not ask the database for the list."""

    def normalize_choice(self, value):
        return value


class MeasureBlock(blocks.StructBlock):
    seriousness = blocks.ChoiceBlock(choices=Seriousness.choices, label=_("Seriousness"))
    repetition = blocks.ChoiceBlock(choices=Repetition.choices, label=_("Repetition"))
    measure = SlugChoiceBlock(
        choices=measure_choices,
        label=_("Measure"),
        help_text=_("Measures of the disciplinary regime of this code. To be confirmed by the legal office."),
    )


class ArticleBlock(blocks.StructBlock):
    """One article. The block's own id is the article's key: it stays through edits and translation."""

    number = blocks.CharBlock(max_length=12, label=_("Number"))
    kind = blocks.ChoiceBlock(choices=ArticleKind.choices, label=_("Kind"))
    topic = SlugChoiceBlock(choices=topic_choices, required=False, label=_("Topic"))
    competence = blocks.ChoiceBlock(choices=Competence.choices, required=False, label=_("Competence"))
    heading = blocks.CharBlock(max_length=200, label=_("Heading"))
    text = blocks.TextBlock(label=_("Text"))
    legal_basis = blocks.CharBlock(max_length=300, required=False, label=_("Legal basis"))
    measures = blocks.ListBlock(MeasureBlock(), default=[], label=_("Stipulated measures"))
    plain_words = blocks.TextBlock(
        required=False,
        label=_("In plain words"),
        help_text=_("What the article means for an officer, in short sentences. Shown beside it, not part of the law."),
    )

    class Meta:
        icon = "list-ol"
        label = _("Article")


class HotlineBlock(blocks.StructBlock):
    """A number to call, and the day on which somebody last called it."""

    number = blocks.CharBlock(max_length=20, label=_("Number"))
    what = blocks.CharBlock(max_length=120, label=_("Who answers"))
    checked_on = blocks.DateBlock(label=_("Last checked on"))

    class Meta:
        icon = "phone"
        label = _("Hotline")


class CodeIndexPage(Page):
    """The list of codes; the section of each sector lies below it."""

    max_count_per_parent = 1
    subpage_types = ["conduct_codes.CodePage"]
    template = "conduct_codes/code_index_page.html"

    class Meta:
        verbose_name = _("list of codes")

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = CodePage.objects.child_of(self).live().select_related("code__sector", "code__owner")
        in_force = {edition.code_id: edition for edition in Edition.objects.in_force_on(request.today)}
        repeals = Repeal.objects.standing_on(request.today).select_related("edition").order_by("edition__number")
        repealed = {repeal.edition.code_id: repeal for repeal in repeals}
        context["rows"] = [
            {"page": page, "edition": in_force.get(page.code_id), "repeal": repealed.get(page.code_id)}
            for page in pages.order_by("code__sector__order")
        ]
        return context


class CodePage(Page):
    """The words of a code in one language. Publishing it has no legal effect."""

    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="pages", verbose_name=_("code"))
    preamble = models.TextField(_("preamble"), blank=True)
    articles = StreamField([("article", ArticleBlock())], verbose_name=_("articles"), blank=True)
    # Article key → the SHA-256 of the words that its plain words explain; they are shown beside no others.
    explained = models.JSONField(default=dict, blank=True, editable=False)
    # Beside the text and never frozen with it: a number that changes is no change of the law.
    hotlines = StreamField([("hotline", HotlineBlock())], verbose_name=_("hotlines"), blank=True)

    base_form_class = CodePageForm
    parent_page_types = ["conduct_codes.CodeIndexPage"]
    subpage_types = []
    template = "conduct_codes/code_page.html"
    content_panels = [
        ReviewPanel(),
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("preamble"),
        FieldPanel("articles"),
        FieldPanel("plain_words_hold"),
        FieldPanel("hotlines"),
    ]

    class Meta:
        verbose_name = _("code page")

    @property
    def is_authoritative(self):
        """The first content language is the law; every other one is an unofficial translation."""
        return self.locale.language_code == authoritative_language()

    def clean(self):
        super().clean()
        others = CodePage.objects.filter(code_id=self.code_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.code_id and others.exists():
            raise ValidationError({"code": _("This code already has a page in this language.")})

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        """The edition in force as it was frozen, or the last one of a repealed code; own words only as a draft."""
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        editions = list(self.code.editions.order_by("-number"))
        edition = next((edition for edition in editions if edition.in_force_from <= request.today), None)
        if edition is None or getattr(request, "is_preview", False):
            context.update(edition=None, words=self.draft_words(), text_language=language)
        else:
            text = edition.text_in(language)
            context.update(edition=edition, text=text, words=text.words, text_language=text.language)
        repeals = Repeal.objects.standing_on(request.today).filter(edition__code=self.code_id)
        context["repeal"] = repeals.order_by("-edition__number").first()
        substantive = [each for each in editions if each.change_class == Edition.ChangeClass.SUBSTANTIVE]
        if substantive and not context["repeal"]:
            context["review_due_on"] = review_due_on(substantive[0].adopted_on, self.code.review_months)
        context["code"] = self.code
        context["editions"] = editions
        context["authoritative_page"] = None if self.is_authoritative else self.authoritative_page()
        return context

    def authoritative_page(self):
        """The published page of the same code in the language of the law, if there is one."""
        pages = CodePage.objects.live().filter(code_id=self.code_id)
        return pages.filter(locale__language_code=authoritative_language()).first()

    def draft_words(self):
        """The words of this page as they stand, with the facts of the authoritative page where there is one."""
        law = self if self.is_authoritative else self.authoritative_page() or self
        printed = {m.slug: printed_measure(m, self.locale.language_code) for m in Measure.objects.all()}
        return words_of_page(self, facts=facts_of_page(law, measures=printed))
