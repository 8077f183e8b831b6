"""What input about the register is usable."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.audit import verb_choices
from institutions.khmer import to_ascii_digits
from institutions.models import CorrectionAnswer, CorrectionRequest


class CorrectionForm(forms.ModelForm):
    """What somebody says is wrong about them."""

    class Meta:
        model = CorrectionRequest
        fields = ["field", "message"]
        widgets = {"field": forms.RadioSelect}
        error_messages = {
            "field": {"required": _("Choose what is wrong.")},
            "message": {"required": _("Write what the register should say.")},
        }

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["field"].choices = CorrectionRequest.Field.choices

    def clean_message(self):
        return self.cleaned_data["message"].strip()

    def clean(self):
        data = super().clean()
        said = {name: data.get(name) for name in ("field", "message")}
        if all(said.values()) and CorrectionRequest.objects.of(self.person).open().filter(**said).exists():
            raise forms.ValidationError(_("You have sent this already. It waits for an answer below."))
        return data


class CorrectionAnswerForm(forms.ModelForm):
    """What HR did about a request."""

    class Meta:
        model = CorrectionAnswer
        fields = ["outcome", "message"]
        widgets = {"outcome": forms.RadioSelect}
        error_messages = {
            "outcome": {"required": _("Choose whether the register was corrected.")},
            "message": {"required": _("Write what you did, or why nothing changes. The person reads it.")},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = CorrectionAnswer.Outcome.choices


class AuditFilter(forms.Form):
    """Reads the filters of the record of access from an address."""

    verb = forms.ChoiceField(
        label=_("What was done"),
        required=False,
        choices=verb_choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    actor = forms.CharField(label=_("Account"), required=False, max_length=60)
    day = forms.CharField(label=_("Day"), required=False, max_length=10)
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    def clean_page(self):
        return self.cleaned_data["page"] or 1

    def clean_day(self):
        typed = to_ascii_digits(self.cleaned_data["day"].strip())
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            raise forms.ValidationError(_("Write the day as year-month-day, such as 2026-11-23.")) from None

    def narrow(self, entries):
        """The entries that fit; only of a valid form."""
        data = self.cleaned_data
        if data["verb"]:
            entries = entries.filter(verb=data["verb"])
        if data["actor"]:
            entries = entries.filter(actor__username=data["actor"])
        if data["day"]:
            entries = entries.filter(at__date=data["day"])
        return entries
