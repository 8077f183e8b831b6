"""Whom to call, as the code on the page lists it, else the home page of the reader's language."""

from django import template
from django.utils.translation import get_language

from conduct_site.models import HomePage

register = template.Library()


@register.inclusion_tag("conduct_site/_hotlines.html", takes_context=True)
def hotlines(context) -> dict:
    """The numbers, and the day on which the one checked longest ago was last called."""
    lines = getattr(context.get("page"), "hotlines", None)
    if not lines:
        home = HomePage.objects.live().filter(locale__language_code=get_language()).first()
        lines = home.hotlines if home else []
    return {"lines": lines, "checked_on": min((line.value["checked_on"] for line in lines), default=None)}
