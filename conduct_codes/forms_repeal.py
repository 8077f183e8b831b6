"""The instrument that ends a code."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.forms import DayField, InstrumentForm


def _area(language):
    return forms.Textarea(attrs={"lang": language, "rows": 3})


class RepealForm(InstrumentForm):
    """Who repeals the code by which instrument, from which day on, and why."""

    decided_on = DayField(label=_("Day on which the repeal was signed"))
    effective_on = DayField(label=_("Not in force any more from"))
    reason = forms.CharField(label=_("Reason, in Khmer"), widget=_area("km"))
    reason_latin = forms.CharField(label=_("Reason, in English"), widget=_area("en"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Missing: %(label)s") % {"label": field.label}
            if isinstance(field, DayField):
                field.error_messages["invalid"] = _("Not a day: %(label)s") % {"label": field.label}

    def refuse(self, refusal):
        """Put a refusal at the day that it is about."""
        fields = {"future": "decided_on", "before": "decided_on", "retroactive": "effective_on"}
        self.add_error(fields.get(refusal.reason), str(refusal))

    def answers(self):
        """Label and answer of each field, to be checked."""
        return [(field.label, self.cleaned_data[field.name]) for field in self]
