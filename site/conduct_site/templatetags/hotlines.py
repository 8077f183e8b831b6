"""Whom to call, as the home page of the reader's language lists it."""

from django import template
from django.utils.translation import get_language

from conduct_site.models import HomePage

register = template.Library()


@register.inclusion_tag("conduct_site/_hotlines.html")
def hotlines() -> dict:
    """The numbers, and the day on which the one checked longest ago was last called."""
    home = HomePage.objects.live().filter(locale__language_code=get_language()).first()
    lines = home.hotlines if home else []
    return {"lines": lines, "checked_on": min((line.value["checked_on"] for line in lines), default=None)}
