"""The values of a frozen text in the words of the page's language."""

from django import template
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.forms import STATEMENT_SENTENCES
from conduct_codes.models.editions import ArticleKind, Repetition, Seriousness

register = template.Library()


def _label(choices, value):
    return dict(choices.choices).get(value, value)


@register.filter
def kind_label(kind):
    """prohibition → Prohibition."""
    return _label(ArticleKind, kind)


@register.filter
def seriousness_label(seriousness):
    return _label(Seriousness, seriousness)


@register.filter
def repetition_label(repetition):
    return _label(Repetition, repetition)


@register.filter
def statement_sentence(slug):
    """What the signer confirmed by ticking the statement."""
    return dict(STATEMENT_SENTENCES).get(slug, slug)


@register.filter
def short_hash(sha256):
    """The first sixteen signs in groups of four: enough to compare by eye, the rest is at the edition's address."""
    return " ".join(sha256[start : start + 4] for start in range(0, 16, 4)) + " …"


@register.filter
def language_label(code):
    """The name of a content language in the language of the page."""
    return {"km": _("Khmer"), "en": _("English")}.get(code) or dict(settings.LANGUAGES).get(code, code)


STAGE_CLASSES = {
    "in-force": "st-ok",
    "due": "st-due",
    "overdue": "st-late",
    "repealed": "st-x",
    "review": "st-go",
    "approved": "st-go",
}


@register.filter
def stage_class(stage):
    """How the stage of a code is shown; a shape and a colour beside the word."""
    return STAGE_CLASSES.get(stage, "st-no")


@register.filter
def other_language(code):
    """The code if the text is not in the language of the page, for a lang attribute; else nothing."""
    return "" if code == get_language() else code


@register.simple_tag
def illustrative():
    """True where the texts were written for a demonstration."""
    return getattr(settings, "CONDUCT_DEMO", False)
