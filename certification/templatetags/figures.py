"""Numbers inside a drawing, and short shares for a tile."""

from django import template

from institutions.templatetags.conduct import write_number

register = template.Library()


@register.filter
def plain(value):
    """A coordinate as SVG writes it, in every language."""
    return f"{value:g}"


@register.filter
def whole_percent(share):
    """A share between 0 and 1 without decimals; a dash where there is nobody."""
    return "–" if share is None else f"{write_number(share * 100, 0)}%"
