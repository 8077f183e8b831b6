"""What input about other systems is usable."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.by_hand_fields import as_typed
from institutions.client_actions import LONGEST
from institutions.filters import DayField

USUAL = timedelta(days=365)


class LastDayForm(forms.Form):
    """Until when a token is good."""

    expires_on = DayField(
        label=_("Last day of the token"),
        input_formats=["%Y-%m-%d"],
        help_text=_("Day/month/year, such as 31/12/2026. At most a year from today."),
        error_messages={
            "required": _("Say until when the token is good."),
            "invalid": _("This is no date. Write it as day/month/year, such as 31/12/1979."),
        },
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self.day = day
        self.fields["expires_on"].initial = as_typed(day + USUAL)

    def clean_expires_on(self):
        last = self.cleaned_data["expires_on"]
        if not self.day <= last <= self.day + LONGEST:
            raise forms.ValidationError(_("Choose a last day between today and a year from today."))
        return last


class ClientForm(LastDayForm):
    """Another system: its name, the institution below which it sees people, what it may do, until when."""

    field_order = ["name", "institution", "may_read", "may_push", "expires_on"]
    name = forms.CharField(
        label=_("Name of the system"),
        max_length=80,
        help_text=_("As your colleagues call it, such as the payroll."),
        error_messages={"required": _("Write what the system is called.")},
    )
    institution = forms.CharField(
        label=_("Code of the institution"),
        max_length=60,
        help_text=_("The system sees and changes people of this institution and of those below it, nobody else."),
        error_messages={"required": _("Write the code of the institution. It stands in the list of institutions.")},
    )
    may_read = forms.BooleanField(label=_("It reads people, their status and certificates"), required=False)
    may_push = forms.BooleanField(label=_("It sends changes of people and posts"), required=False)

    def __init__(self, *args, among, **kwargs):
        super().__init__(*args, **kwargs)
        self.among = among
        first = among.order_by("path").values_list("code", flat=True).first()
        self.fields["institution"].initial = first

    def clean_institution(self):
        found = self.among.filter(code__iexact=self.cleaned_data["institution"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("You have no institution with this code. Look it up in the list."))
        return found

    def clean(self):
        data = super().clean()
        if not data.get("may_read") and not data.get("may_push"):
            self.add_error("may_read", _("Choose what the system may do."))
        return data
