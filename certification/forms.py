"""What input of this app is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from certification.models import Exemption, Requirement
from institutions.days import add_months
from institutions.filters import DayField

LONGEST_MONTHS = 24


class ExemptionForm(forms.Form):
    """A reason and two days for which a person need not meet a requirement."""

    requirement = forms.ModelChoiceField(
        label=_("Requirement"),
        queryset=Requirement.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of the requirements of this person.")},
    )
    starts_on = DayField(
        label=_("First day"),
        error_messages={"required": _("Enter the first day of the exemption.")},
    )
    ends_on = DayField(
        label=_("Last day"),
        error_messages={"required": _("Enter the last day of the exemption.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("HR units of this person read it. Write nothing about a discipline case or a child."),
        error_messages={"required": _("Enter the reason. It stays in the record.")},
    )

    def __init__(self, *args, person, requirements, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["requirement"].queryset = requirements
        self.fields["requirement"].label_from_instance = lambda requirement: requirement.label

    @property
    def days(self):
        """The fields of the two days."""
        return [self["starts_on"], self["ends_on"]]

    def clean(self):
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day cannot be before the first day."))
        elif first and last and last > add_months(first, LONGEST_MONTHS):
            self.add_error("ends_on", _("An exemption lasts two years at most. Grant it again when it ends."))
        elif first and last and data.get("requirement") and self._overlaps(data["requirement"], first, last):
            self.add_error("starts_on", _("The person is already exempt from this requirement on some of these days."))
        return data

    def _overlaps(self, requirement, first, last):
        there = Exemption.objects.of(self.person).filter(requirement=requirement)
        return there.filter(starts_on__lte=last, ends_on__gte=first).exists()
