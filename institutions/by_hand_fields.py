"""Fields of the pages on which one person is entered: read as cells are, drawn in the site's classes."""

from datetime import date

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from institutions.imports.words import sentence_on_page
from institutions.models import Institution, Position
from institutions.people_in import columns as c
from institutions.people_in import values
from institutions.people_in.reading import READERS, Problem
from institutions.permissions import SEES_PEOPLE
from institutions.templatetags.conduct import digits

DAY_HINT = _("Day/month/year, such as 31/12/2026")
PLACES_IN_A_LIST = 200
PLACES_TO_CHOOSE_FROM = 20


class MarkedField(BoundField):
    """A field whose control has the class of its kind, and of an error."""

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        kind = "form-select" if isinstance(widget, forms.Select) else "form-control"
        attrs["class"] = " ".join(filter(None, [kind, widget.attrs.get("class"), self.errors and "is-invalid"]))
        return attrs

    @property
    def is_choice(self):
        """True of radio buttons, which stand in a fieldset."""
        return isinstance(self.field.widget, forms.RadioSelect)


class AsRead(forms.CharField):
    """A text that the import reads in a column: the same digits, months and signs are taken, the same refused."""

    def __init__(self, column, *, wide="", **kwargs):
        kwargs.setdefault("label", c.BY_KEY[column].heading)
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)
        self.column = column
        self.widget.attrs |= {"autocomplete": "off", **({"class": wide} if wide else {})}

    def clean(self, value):
        text = super().clean(value)
        if text:
            self.read(text)
        return text

    def read(self, text):
        """The value that stands in the register for a text."""
        reader = values.staff_number if self.column == c.STAFF_NUMBER else READERS[self.column]
        try:
            return reader(text)
        except values.CellRefused as refusal:
            problem = Problem(refusal.reason, self.column, refusal.facts)
            raise forms.ValidationError(sentence_on_page(problem)) from None


def day_field(column, **kwargs):
    kwargs = {"help_text": DAY_HINT, "max_length": 60, "wide": "w-s"} | kwargs
    return AsRead(column, **kwargs)


def choice_field(column, choices, *, missing, **kwargs):
    """Radio buttons; nothing is chosen until somebody chooses."""
    kwargs.setdefault("label", c.BY_KEY[column].heading if column in c.BY_KEY else "")
    messages = {"required": missing, "invalid_choice": missing}
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=messages, **kwargs)


class PlaceField(forms.CharField):
    """An institution of the viewer's, as its code: a list where there are few, else its code or its name is written.

    `found` holds those that fit where a written name fits several; one of them is then chosen by a radio button of
    the same name, which counts before what is written.
    """

    def __init__(self, **kwargs):
        messages = {"required": _("Say in which institution.")}
        super().__init__(label=_("Institution"), max_length=200, error_messages=messages, **kwargs)
        self.widget.attrs |= {"autocomplete": "off"}
        self.found, self.place = [], None

    def offer(self, scope):
        """Take the institutions of the viewer; a list of them is shown where it can be read."""
        scope = scope.acting_as(*SEES_PEOPLE)
        self.places = Institution.objects.visible_to(scope)
        self.open = self.places.open_on(scope.today).order_by("path")
        some = list(self.open[: PLACES_IN_A_LIST + 1])
        if len(some) > PLACES_IN_A_LIST:
            self.help_text = _("Its code, or a part of its name")
        else:
            top = min((place.depth for place in some), default=0)
            choices = [(place.code, f"{'– ' * (place.depth - top)}{place.label}") for place in some]
            self.widget = forms.Select(choices=[("", _("Choose")), *choices] if len(choices) > 1 else choices)

    def clean(self, value):
        text = super().clean(value)
        self.place = self.places.filter(code__iexact=text).first() or self._called(text)
        return self.place.code

    def _called(self, text):
        found = list(self.open.called(text)[: PLACES_TO_CHOOSE_FROM + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("No institution of yours has this name or code."))
        self.found = found[:PLACES_TO_CHOOSE_FROM]
        raise forms.ValidationError(_("Several institutions fit. Choose one of them, or write more of the name."))


class PositionField(forms.ChoiceField):
    """A position of the reference list, by sector; its value is sector/position, as slugs."""

    def __init__(self, **kwargs):
        message = _("Choose the position.")
        messages = {"required": message, "invalid_choice": message}
        super().__init__(label=c.BY_KEY[c.POSITION].heading, error_messages=messages, **kwargs)

    def offer(self):
        by_sector = {}
        for one in Position.objects.select_related("sector").order_by("sector__order", "sector__slug", "slug"):
            by_sector.setdefault(one.sector.label, []).append((position_value(one), one.label))
        self.choices = [("", _("Choose")), *by_sector.items()]


def position_value(position):
    return f"{position.sector.slug}/{position.slug}"


def as_typed(value):
    """A value of the register as somebody would write it into a field, in the digits of the page."""
    return digits(f"{value:%d/%m/%Y}") if isinstance(value, date) else value
