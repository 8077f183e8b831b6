from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.actions.adoption import DATE_SENTENCES, SIGN_BY_SENTENCES
from institutions.khmer import to_ascii_digits
from institutions.uploads import MAX_BYTES, MEBIBYTE, kind_of_scan

STATEMENT_SENTENCES = [
    ("read", _("I have read this code of conduct and understand it.")),
    ("penalties", _("I know that breaking it can lead to disciplinary measures and to the police or a court.")),
    ("report", _("I will keep to it, in and outside working hours, and report what it tells me to report.")),
]


class StatementsForm(forms.Form):
    """The statements under the text that was shown."""

    text_sha256 = forms.CharField(widget=forms.HiddenInput, required=False)
    statements = forms.MultipleChoiceField(
        label=_("I confirm"),
        choices=STATEMENT_SENTENCES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Tick every statement before you sign.")},
    )

    def clean_statements(self):
        ticked = self.cleaned_data["statements"]
        if len(ticked) < len(STATEMENT_SENTENCES):
            raise forms.ValidationError(_("Tick every statement before you sign."), code="missing")
        return ticked


class SignForm(StatementsForm):
    """The statements and the password again."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "w-m"}),
        help_text=_("Type it again, to confirm that it is you."),
        error_messages={"required": _("Type your password.")},
    )

    def __init__(self, *args, user=None, may_try: Callable[[], bool] = lambda: True, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.may_try = may_try

    def clean_password(self):
        if not self.may_try():
            raise forms.ValidationError(_("Too many tries. Wait a minute, then type your password again."))
        if not self.user.has_usable_password():
            raise forms.ValidationError(_("Your account has no password yet. Ask your HR unit for one."))
        if not self.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("The password is not right. Type it again."))
        return self.cleaned_data["password"]


class RefusalForm(forms.Form):
    """Why somebody does not want to sign."""

    reason = forms.CharField(
        label=_("Why do you not want to sign?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Your HR unit reads it. Write nothing about a child."),
        error_messages={"required": _("Say why you do not want to sign. Your HR unit reads it.")},
    )


CHANGE_CLASSES = [
    ("substantive", _("Substantive: everyone whom the code binds is asked to sign again")),
    ("clarification", _("Clarification: signatures under the edition before count for this one")),
    ("erratum", _("Erratum: signatures under the edition before count for this one")),
]


def _text(language, width=""):
    return forms.TextInput(attrs={"lang": language, "class": width} if width else {"lang": language})


def _area(language):
    return forms.Textarea(attrs={"lang": language, "rows": 3})


class DayField(forms.DateField):
    """A day; Khmer digits are digits too."""

    widget = forms.DateInput(attrs={"type": "date", "class": "w-s"}, format="%Y-%m-%d")

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def to_python(self, value):
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)


class InstrumentForm(forms.Form):
    """What kind of instrument it is, its number, and which office signed it."""

    instrument = forms.CharField(
        label=_("Kind of instrument, in Khmer"), max_length=120, help_text=_("For example: ប្រកាស"), widget=_text("km")
    )
    instrument_latin = forms.CharField(
        label=_("Kind of instrument, in English"),
        max_length=120,
        help_text=_("For example: Prakas"),
        widget=_text("en"),
    )
    instrument_number = forms.CharField(label=_("Number of the instrument"), max_length=60, widget=_text("en", "w-m"))
    signatory = forms.CharField(
        label=_("Signed by (office), in Khmer"),
        max_length=160,
        help_text=_("The office, not the name"),
        widget=_text("km"),
    )
    signatory_latin = forms.CharField(label=_("Signed by (office), in English"), max_length=160, widget=_text("en"))


class AdoptionForm(InstrumentForm):
    """The instrument that makes law of a text."""

    adopted_on = DayField(label=_("Day on which it was signed"))
    in_force_from = DayField(label=_("In force from"))
    change_class = forms.ChoiceField(
        label=_("What kind of change is it?"),
        choices=CHANGE_CLASSES,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    sign_by = DayField(
        label=_("To be signed by"),
        required=False,
        help_text=_(
            "For those whom it binds from its first day. Left empty: thirty days after that day. "
            "Only a substantive change asks people to sign."
        ),
    )
    act = forms.FileField(
        label=_("Scan of the signed act"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB. Everybody can open it on the page of the edition."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    summary = forms.CharField(label=_("What changed, in Khmer"), required=False, widget=_area("km"))
    summary_latin = forms.CharField(label=_("What changed, in English"), required=False, widget=_area("en"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.fields.values():
            field.error_messages["required"] = _("Missing: %(label)s") % {"label": field.label}
            if isinstance(field, DayField):
                field.error_messages["invalid"] = _("Not a day: %(label)s") % {"label": field.label}

    def clean_act(self):
        """The bytes of the scan, or None."""
        file = self.cleaned_data["act"]
        if not file:
            return None
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The scan is larger than %(most)s MB. Scan it at a lower resolution.")
                % {"most": MAX_BYTES // MEBIBYTE}
            )
        content = file.read()
        if kind_of_scan(content) is None:
            raise forms.ValidationError(_("The scan of the act must be a PDF, JPEG or PNG file."))
        return content

    def clean(self):
        cleaned = super().clean()
        adopted_on, in_force_from = cleaned.get("adopted_on"), cleaned.get("in_force_from")
        if adopted_on and in_force_from and in_force_from < adopted_on:
            self.add_error("in_force_from", DATE_SENTENCES["retroactive"])
        elif in_force_from and not self.errors.get("sign_by"):
            self._clean_sign_by(cleaned, in_force_from)
        return cleaned

    def _clean_sign_by(self, cleaned, in_force_from):
        """The day that was typed, if it can be; thirty days where none was; none where nobody is asked."""
        sign_by, asks = cleaned.get("sign_by"), cleaned.get("change_class") == "substantive"
        if sign_by is None:
            cleaned["sign_by"] = rules.sign_due_on(max(in_force_from, self.today)) if asks else None
            return
        reason = rules.refusal_of_sign_by(sign_by, in_force_from=in_force_from, recorded_on=self.today)
        if not asks and cleaned.get("change_class"):
            reason = "nobody"
        if reason:
            self.add_error("sign_by", SIGN_BY_SENTENCES[reason])
