from django import forms
from django.utils.translation import gettext_lazy as _

NO_REASON = _("Write the reason: the authors must know what to change.")


class ReturnForm(forms.Form):
    """Why a text goes back to its authors."""

    comment = forms.CharField(
        label=_("Reason for returning the text"),
        help_text=_("Name each article and what must change there. The reason stays on record."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": NO_REASON},
    )


class ReviewForm(forms.Form):
    """A decision on a text in review; returning it needs a reason, approving it may have a remark."""

    words = forms.CharField(widget=forms.HiddenInput, required=False)
    decision = forms.ChoiceField(choices=[("approve", ""), ("return", "")], widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("Reason or remark"),
        help_text=_("Name each article and what must change there. The reason stays on record."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == "return" and not (cleaned.get("comment") or "").strip():
            self.add_error("comment", NO_REASON)
        return cleaned
