"""What a lesson page is made of: text first, then what text cannot do."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from conduct_codes.models import Article, Edition, EditionText, Topic
from conduct_codes.models.pages import SlugChoiceBlock
from courses.file_kinds import KINDS, kind_of
from courses.scenario_rules import problems

RICH_TEXT = ["h2", "h3", "bold", "ul", "ol", "blockquote"]
PLAIN = ["bold", "ul"]


def article_choices():
    """Articles of the editions in force, and topics that every code treats, as a scenario cites them."""
    editions = Edition.objects.in_force_on(timezone.localdate()).select_related("code").order_by("code__slug")
    headings = {}
    for text in EditionText.objects.filter(edition__in=editions, language="en").order_by("revision"):
        headings |= {(text.edition_id, words["key"]): words["heading"] for words in text.words["articles"]}
    numbers = Article.objects.filter(edition__in=editions).order_by("edition", "order")
    rows = [(edition.pk, edition.code) for edition in editions]
    choices = []
    for pk, code in rows:
        choices += [
            (f"{code.slug}:{article.key}", f"{code.slug} {article.number}: {headings.get((pk, str(article.key)), '')}")
            for article in numbers
            if article.edition_id == pk
        ]
    topics = [
        (f"topic:{topic.slug}", _("Reader's own code: %(topic)s") % {"topic": topic.label}) for topic in _topics()
    ]
    return [*topics, *choices]


def _topics():
    return Topic.objects.order_by("order")


class ImageBlock(blocks.StructBlock):
    """A picture with the words that stand for it."""

    image = ImageChooserBlock(label=_("Image"))
    description = blocks.CharBlock(
        max_length=300, label=_("Description"), help_text=_("What a person who cannot see the picture needs to know.")
    )
    caption = blocks.CharBlock(required=False, max_length=200, label=_("Caption"))

    class Meta:
        icon = "image"
        label = _("Image")


class _FileBlock(blocks.StructBlock):
    """A block whose files must be of certain kinds."""

    kinds = {}

    def clean(self, value):
        cleaned = super().clean(value)
        errors = {}
        for name, group in self.kinds.items():
            kind = kind_of(cleaned[name].filename) if cleaned.get(name) else None
            if cleaned.get(name) and (kind is None or kind.group != group):
                endings = ", ".join(f".{ending}" for ending, each in KINDS.items() if each.group == group)
                errors[name] = ValidationError(_("Choose a file of one of these kinds: %s.") % endings)
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class VideoBlock(_FileBlock):
    """A video with captions, fetched only when somebody plays it."""

    kinds = {"file": "video", "captions": "captions"}

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    file = DocumentChooserBlock(label=_("Video"))
    captions = DocumentChooserBlock(label=_("Captions"))
    transcript = blocks.RichTextBlock(features=PLAIN, required=False, label=_("What is said and shown"))

    class Meta:
        icon = "media"
        label = _("Video")


class AudioBlock(_FileBlock):
    """A recording with its transcript, fetched only when somebody plays it."""

    kinds = {"file": "audio"}

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    file = DocumentChooserBlock(label=_("Recording"))
    transcript = blocks.RichTextBlock(features=PLAIN, label=_("What is said"))

    class Meta:
        icon = "media"
        label = _("Recording")


class RevealBlock(blocks.StructBlock):
    """A question to think about, and the answer behind it."""

    question = blocks.CharBlock(max_length=300, label=_("What stands open"))
    answer = blocks.RichTextBlock(features=PLAIN, label=_("What is revealed"))

    class Meta:
        icon = "view"
        label = _("Reveal")


class ChecklistBlock(blocks.StructBlock):
    """Lines to tick; a person's ticks are kept with their progress."""

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    lines = blocks.ListBlock(blocks.CharBlock(max_length=300), min_num=1, max_num=30, label=_("Lines"))

    class Meta:
        icon = "tick"
        label = _("Checklist")


class DownloadBlock(_FileBlock):
    """A document to keep."""

    kinds = {"file": "document"}

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    file = DocumentChooserBlock(label=_("Document"))

    class Meta:
        icon = "download"
        label = _("Download")


class ChoiceBlock(blocks.StructBlock):
    """One way on from a scene."""

    text = blocks.CharBlock(max_length=300, label=_("Choice"))
    to = blocks.CharBlock(max_length=30, label=_("Leads to the scene"))


class SceneBlock(blocks.StructBlock):
    """One scene of a scenario; without choices it is an end."""

    key = blocks.RegexBlock(
        regex=r"^[a-z0-9-]{1,30}$",
        label=_("Name of the scene"),
        help_text=_("For the choices that lead here; readers do not see it. Small letters, digits, hyphens."),
        error_messages={"invalid": _("Use small letters a to z, digits and hyphens.")},
    )
    text = blocks.RichTextBlock(features=PLAIN, label=_("What happens"))
    article = SlugChoiceBlock(
        choices=article_choices,
        required=False,
        label=_("Article"),
        help_text=_("The article that says what was right or wrong about the way here."),
    )
    choices = blocks.ListBlock(ChoiceBlock(), min_num=0, max_num=6, default=[], label=_("Choices"))


class ScenarioBlock(blocks.StructBlock):
    """A story that goes on as its reader chooses. Every choice leads somewhere, every way can end."""

    title = blocks.CharBlock(max_length=200, label=_("Title"))
    scenes = blocks.ListBlock(
        SceneBlock(), min_num=2, max_num=30, label=_("Scenes"), help_text=_("The story begins with the first one.")
    )

    sentences = {
        "twice": _("Two scenes are called “%(key)s”. Give one of them another name."),
        "nowhere": _("A choice leads to “%(key)s”, but no scene is called that."),
        "unreached": _("No choice leads to this scene."),
        "endless": _("From this scene no end can be reached. Let a choice lead to a scene without choices."),
    }

    class Meta:
        icon = "decisiontree"
        label = _("Scenario")

    def clean(self, value):
        cleaned = super().clean(value)
        scenes = [(scene["key"], [choice["to"] for choice in scene["choices"]]) for scene in cleaned["scenes"]]
        wrong = problems(scenes)
        if wrong:
            errors = {}
            for place, name, key in wrong:
                errors.setdefault(place, []).append(str(self.sentences[name]) % {"key": key})
            lines = [f"{place + 1}. {' '.join(sentences)}" for place, sentences in sorted(errors.items())]
            raise StructBlockValidationError(non_block_errors=[ValidationError(line) for line in lines])
        return cleaned


def lesson_body():
    """The kinds of blocks of a lesson page, in the order in which an editor is offered them."""
    return [
        ("text", blocks.RichTextBlock(features=RICH_TEXT, label=_("Text"))),
        ("image", ImageBlock()),
        ("video", VideoBlock()),
        ("audio", AudioBlock()),
        ("reveal", RevealBlock()),
        ("checklist", ChecklistBlock()),
        ("scenario", ScenarioBlock()),
        ("download", DownloadBlock()),
    ]
