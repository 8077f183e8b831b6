"""What input about rows of one human is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why rows are merged, parted or kept apart; it stays in the record."""

    reason = forms.CharField(
        label=_("Why?"), max_length=300, error_messages={"required": _("Write why. It stays in the record.")}
    )
