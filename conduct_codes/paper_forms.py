from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.paper import MOST_ON_A_SHEET
from conduct_codes.templatetags.conduct_codes import language_label
from institutions.uploads import MAX_BYTES, MEBIBYTE, kind_of_scan


def _boxes(label, sentence):
    return forms.MultipleChoiceField(
        label=label,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": sentence, "invalid_choice": _("This person cannot be chosen. Choose again.")},
    )


class SheetForm(forms.Form):
    """Who signed on the sheet, who saw it, and the scan. candidates are those who can be on it."""

    language = forms.ChoiceField(
        label=_("Language of the text on the sheet"),
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose the language of the text on the sheet.")},
    )
    people = _boxes(_("Who signed on this sheet?"), _("Tick everybody who signed on the sheet."))
    witness = forms.CharField(
        label=_("Name of the witness"),
        max_length=160,
        widget=forms.TextInput(attrs={"class": "w-l"}),
        help_text=_("Who saw the people sign."),
        error_messages={"required": _("Write the name of the witness.")},
    )
    witness_function = forms.CharField(
        label=_("Function of the witness"),
        max_length=160,
        widget=forms.TextInput(attrs={"class": "w-l"}),
        error_messages={"required": _("Write the function of the witness.")},
    )
    scan = forms.FileField(
        label=_("Scan of the sheet"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB. Only those who may see these people can open it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Choose the scan."), "empty": _("The file is empty. Choose the file again.")},
    )

    def __init__(self, *args, texts, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        self.texts = {text.language: text for text in texts}
        self.candidates = {str(row.request.pk): row for row in candidates[:MOST_ON_A_SHEET]}
        self.fields["language"].choices = [(language, language_label(language)) for language in self.texts]
        self.fields["language"].initial = next(iter(self.texts))
        self.fields["people"].choices = [(pk, row.person.label) for pk, row in self.candidates.items()]

    def rows(self):
        """Each candidate with the box that ticks it."""
        return list(zip(self["people"], self.candidates.values(), strict=True))

    def clean_scan(self):
        """The bytes of the scan."""
        file = self.cleaned_data["scan"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The scan is larger than %(most)s MB. Scan it at a lower resolution.")
                % {"most": MAX_BYTES // MEBIBYTE}
            )
        content = file.read()
        if kind_of_scan(content) is None:
            raise forms.ValidationError(_("The scan of the sheet must be a PDF, JPEG or PNG file."))
        return content

    @property
    def facts(self):
        """The arguments of record_sheet that were typed; only of a valid form."""
        data = self.cleaned_data
        return {
            "text": self.texts[data["language"]],
            "requests": [self.candidates[pk].request for pk in data["people"]],
            "witness": data["witness"],
            "witness_function": data["witness_function"],
            "scan": data["scan"],
        }


ALL = "all"


class DecisionForm(forms.Form):
    """What the second person says of some or all of those who wait on a sheet."""

    claims = _boxes(_("Of whom?"), _("Tick at least one person."))
    decision = forms.ChoiceField(
        label=_("Does the signature count?"),
        choices=[
            ("confirm", _("Yes: I have compared the scan with the list")),
            ("reject", _("No, for the reason below")),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose whether the signature counts.")},
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args, claims, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting = {str(claim.pk): claim for claim in claims}
        everybody = [(ALL, _("Everybody on this sheet who waits"))] if len(claims) > 1 else []
        self.fields["claims"].choices = everybody + [(pk, claim.person.label) for pk, claim in self.waiting.items()]

    def clean(self):
        data = super().clean()
        if data.get("decision") == "reject" and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why the signature does not count. Whoever recorded the sheet reads it."))
        return data

    @property
    def chosen(self):
        """The claims that were ticked; only of a valid form."""
        ticked = self.cleaned_data["claims"]
        return list(self.waiting.values()) if ALL in ticked else [self.waiting[pk] for pk in ticked]
