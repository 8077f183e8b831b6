"""What input about webhooks is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exports.models import Webhook
from exports.webhook_addresses import AddressRefused, parse


class EventsForm(forms.Form):
    """About what it is told."""

    events = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=Webhook.Event.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )


class WebhookForm(EventsForm):
    """Of which institution, to which address, about what; `among` are the institutions that the viewer may name."""

    institution = forms.CharField(
        label=_("Code of the institution"),
        max_length=60,
        error_messages={"required": _("Write the code of the institution. It stands in the list of institutions.")},
    )
    address = forms.CharField(
        label=_("Address of the receiver"),
        max_length=500,
        error_messages={"required": _("Write the address that the other system has given you.")},
    )
    field_order = ("institution", "address", "events")

    def __init__(self, *args, among, **kwargs):
        super().__init__(*args, **kwargs)
        self.among = among

    def clean_institution(self):
        found = self.among.filter(code__iexact=self.cleaned_data["institution"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("You have no institution with this code. Look it up in the list."))
        return found

    def clean_address(self):
        address = self.cleaned_data["address"].strip()
        try:
            parse(address)
        except AddressRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return address
