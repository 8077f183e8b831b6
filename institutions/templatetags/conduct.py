"""Numbers, dates, shares and two-script names as the language of the page writes them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from institutions.actions import contact_of
from institutions.khmer import keep_together, to_khmer_digits

register = template.Library()

KHMER_MARKS = str.maketrans(",.", ".,")
KHMER_BLOCKS = ((0x1780, 0x17FF), (0x19E0, 0x19FF))


def is_khmer_page() -> bool:
    return (get_language() or "").split("-")[0] == "km"


def has_khmer(text: str) -> bool:
    return any(low <= ord(letter) <= high for letter in text for low, high in KHMER_BLOCKS)


def digits(text: str) -> str:
    """The text with the digits of the page's language; for counts and dates, never for identifiers."""
    return to_khmer_digits(text) if is_khmer_page() else text


def write_number(value: int | float | Decimal, places: int | None = None) -> str:
    """12,400.5 on an English page, ១២.៤០០,៥ on a Khmer one."""
    number = Decimal(str(value))
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{number:,f}"
    return digits(text.translate(KHMER_MARKS) if is_khmer_page() else text)


@register.filter
def localnum(value, places: int | None = None) -> str:
    """A number grouped and set in the page's digits; text gets the digits only; nothing stays nothing."""
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return write_number(value, places)
    return digits(str(value))


@register.filter
def percent(part, whole=None) -> str:
    """A share with one decimal: `{{ part|percent:whole }}`, or of a value from 0 to 1. A dash where it has no base."""
    if part is None or whole == 0:
        return "–"
    share = Decimal(str(part)) if whole is None else Decimal(str(part)) / Decimal(str(whole))
    return f"{write_number(share * 100, 1)}%"


@register.filter
def localdate(value) -> str:
    """Day, month by name, year; a moment is first brought to the site's time zone."""
    if not value:
        return ""
    day = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    if not isinstance(day, date):
        return str(value)
    return digits(dateformat.format(day, "j F Y"))


@register.filter
def localtime(value) -> str:
    """Day and time of a moment in the site's time zone."""
    if not value:
        return ""
    moment = timezone.localtime(value) if timezone.is_aware(value) else value
    return _("%(day)s, %(time)s") % {"day": localdate(moment), "time": digits(dateformat.format(moment, "H:i"))}


@register.filter
def in_language(thing) -> str | SafeString:
    """The name of a thing in the script of the page; marked with its language where only the other one exists."""
    if not thing:
        return ""
    official, latin = str(getattr(thing, "name", "") or ""), str(getattr(thing, "name_latin", "") or "")
    wanted, other = (official, latin) if is_khmer_page() else (latin, official)
    text = wanted or other
    language = "km" if has_khmer(text) else "en"
    if not text or (language == "km") == is_khmer_page():
        return conditional_escape(text)
    return format_html('<span lang="{}">{}</span>', language, text)


@register.filter
@stringfilter
def keep_terms(text: str) -> str:
    """The text with terms that must not be cut over two lines held together; for display, never for storage.

    Which terms, the catalogue of each language says: with commas between them and | where a browser would cut.
    """
    terms = pgettext("terms kept on one line, comma between terms, | where a line may not break", "code of conduct")
    return keep_together(text, [term.strip() for term in terms.split(",")]) if is_khmer_page() else text


@register.simple_tag
def plain_url(name: str, *args, **kwargs) -> str:
    """`url` for an address without language: says the page's language where it is not the first one."""
    address = reverse(name, args=args, kwargs=kwargs)
    language = get_language()
    return address if language == settings.LANGUAGE_CODE else f"{address}?{urlencode({'lang': language})}"


@register.inclusion_tag("institutions/_error_summary.html")
def error_summary(*forms) -> dict:
    """What is wrong in one or several forms or formsets, as links to the fields."""
    bound = list(chain.from_iterable(getattr(form, "forms", [form]) for form in forms if form))
    general = [error for form in bound for error in form.non_field_errors()]
    fields = [
        {"target": _target(form, name), "error": error}
        for form in bound
        for name, errors in form.errors.items()
        if name in form.fields
        for error in errors
    ]
    return {"general": general, "fields": fields, "count": len(general) + len(fields)}


def _target(form, name: str) -> str:
    """The id of the control that a link to the field leads to: of a group, its first control."""
    field = form[name]
    choices = getattr(field.field.widget, "input_type", "") in {"radio", "checkbox"} and len(field.subwidgets) > 1
    return field.subwidgets[0].id_for_label if choices else field.auto_id


@register.inclusion_tag("institutions/_hr_contact.html", takes_context=True)
def hr_contact(context, person=None) -> dict:
    """Whom to ask: the HR unit of the person, by default of the viewer. Nothing on a page for everybody."""
    scope = getattr(context.get("request"), "scope", None)
    if context.get("public_page") or scope is None:
        return {}
    person = person or scope.person
    return {"contact": contact_of(person, scope.today) if person else None, "person": person}
