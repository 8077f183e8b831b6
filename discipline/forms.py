"""What officers may type on the way of a case. Refusals of the domain come back as errors of these forms."""

from allauth.core import ratelimit
from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.models.editions import Repetition, Seriousness
from discipline import rules
from discipline.articles import choices_on, measure_line
from discipline.models import Outcome, Referral, StageKind
from institutions.khmer import to_ascii_digits
from institutions.models import Role, Sector

TEXT_LIMIT = 4000


class DayField(forms.DateField):
    """A day, typed or picked; Khmer digits are as good as others."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-s"})
        errors = {"invalid": _("Write the day like 2026-10-16."), "required": _("Give the day.")}
        super().__init__(widget=widget, error_messages=errors, **kwargs)

    def to_python(self, value):
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)


class RefusableForm(forms.Form):
    """A form that shows why the domain refused, at the field that the refusal speaks of."""

    required_css_class = "requiredField"

    def refuse(self, refusal):
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class PasswordAgain(forms.Form):
    """Asks for the password once more before something that cannot be taken back."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("Type it again, to confirm that it is you."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "w-m"}),
        error_messages={"required": _("Type your password.")},
    )

    def clean_password(self):
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            raise forms.ValidationError(_("Too many tries. Wait a minute, then type your password again."))
        if not self.request.user.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("The password is not right. Type it again."))
        return self.cleaned_data["password"]


def text_area(rows=6):
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


# --- the list -------------------------------------------------------------------------------------------------------


class CaseFilterForm(forms.Form):
    """Which cases the list shows. What is not a choice filters nothing."""

    stage = forms.ChoiceField(label=_("Step"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)

    def __init__(self, data):
        super().__init__(data)
        self.fields["stage"].choices = [("", _("All steps")), *StageKind.choices]
        sectors = [(sector.slug, sector.label) for sector in Sector.objects.order_by("order", "slug")]
        self.fields["sector"].choices = [("", _("All sectors")), *sectors]

    def chosen(self, name):
        """The value of a filter, "" where nothing usable was chosen."""
        self.is_valid()
        return self.cleaned_data.get(name, "")


# --- opening --------------------------------------------------------------------------------------------------------

STEPS = {
    "day": ("incident_on",),
    "article": ("article",),
    "details": ("institution", "seriousness", "repetition", "sexual_abuse", "external_reference", "allegation"),
    "check": ("password",),
}
"""The pages on the way to a new case and the questions that each of them asks."""

YES_NO = (("yes", _("Yes")), ("no", _("No")))


def step_of(field):
    """The page that asks the question."""
    return next(step for step, fields in STEPS.items() if field in fields)


class OpeningForm(RefusableForm, PasswordAgain):
    """The questions up to one page of the way to a new case; earlier answers travel with it, hidden, and count anew."""

    incident_on = DayField(label=_("Day of the incident"))
    article = forms.IntegerField(
        label=_("Article"), error_messages={"required": _("Choose the article that is said to be breached.")}
    )
    institution = forms.IntegerField(label=_("Institution"), required=False)
    seriousness = forms.ChoiceField(
        label=_("How serious?"),
        choices=Seriousness,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how serious the breach is said to be.")},
    )
    repetition = forms.ChoiceField(
        label=_("For the first time?"),
        choices=Repetition,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it is said to be the first time.")},
    )
    sexual_abuse = forms.ChoiceField(
        label=_("Is sexual abuse of a child alleged?"),
        help_text=_("If so, a referral to the police or the prosecutor must be recorded before the inquiry begins."),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether sexual abuse of a child is alleged.")},
    )
    external_reference = forms.CharField(
        label=_("Number of the child's file in the case-management system"),
        help_text=_("A number only. Leave it empty if there is none."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-m"}),
    )
    allegation = forms.CharField(
        label=_("What is alleged"),
        max_length=TEXT_LIMIT,
        widget=text_area(),
        error_messages={"required": _("Say in a few words what is alleged.")},
    )

    def __init__(self, *args, step, person, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.person, self.request = person, request
        self.order_fields(name for fields in STEPS.values() for name in fields)
        pages = list(STEPS)
        for name in list(self.fields):
            page = step_of(name)
            if pages.index(page) > pages.index(step):
                del self.fields[name]
            elif page != step:
                self.fields[name].widget = forms.HiddenInput()
        self._choices = {}

    def choices_on(self, day):
        if day not in self._choices:
            scope = self.request.scope.acting_as(Role.Kind.DISCIPLINE)
            self._choices[day] = choices_on(day, person=self.person, scope=scope)
        return self._choices[day]

    def clean_incident_on(self):
        day = self.cleaned_data["incident_on"]
        if day > self.request.today:
            raise forms.ValidationError(_("The day of the incident lies in the future."))
        if not self.choices_on(day):
            raise forms.ValidationError(
                _("On this day the person held no post in your institutions that a code in force bound.")
            )
        return day

    def clean_article(self):
        wanted = self.cleaned_data["article"]
        day = self.cleaned_data.get("incident_on")
        found = next((c for c in self.choices_on(day) if c.article.pk == wanted), None) if day else None
        if day and found is None:
            raise forms.ValidationError(_("Choose one of the articles in force on the day of the incident."))
        return found

    def clean_institution(self):
        choice = self.cleaned_data.get("article")
        if not choice:
            return None
        wanted = self.cleaned_data.get("institution")
        return next((place for place in choice.institutions if place.pk == wanted), choice.institutions[0])

    def answers(self):
        """The usable answers as plain text, ready to be kept until the next page."""
        clean = self.cleaned_data
        plain = {name: clean[name] for name in clean if name not in ("incident_on", "article", "institution")}
        plain.pop("password", None)
        if clean.get("incident_on"):
            plain["incident_on"] = clean["incident_on"].isoformat()
        if clean.get("article"):
            plain["article"] = clean["article"].article.pk
        if clean.get("institution"):
            plain["institution"] = clean["institution"].pk
        return plain

    def facts(self):
        """The arguments that the action takes of these answers."""
        clean = self.cleaned_data
        return {
            "article": clean["article"].article,
            "institution": clean["institution"],
            "incident_on": clean["incident_on"],
            "seriousness": clean["seriousness"],
            "repetition": clean["repetition"],
            "sexual_abuse": clean["sexual_abuse"] == "yes",
            "external_reference": clean["external_reference"],
            "allegation": clean["allegation"],
        }


# --- steps ----------------------------------------------------------------------------------------------------------

REASON_HINTS = {
    StageKind.SCREENING: _("What the first look found, and whether a crime is suspected."),
    StageKind.PRECAUTIONARY: _("Which measure, on which legal basis, with or without pay."),
    StageKind.INQUIRY: _("Who inquires, and that they declared no conflict of interest."),
    StageKind.CHARGES: _("How the person was told of the charges and when the file was opened to them."),
    StageKind.DEFENCE: _("Whether the person answered, gave up the right to answer or let the term pass."),
    StageKind.COUNCIL: _("Who sits on the council and when the person is heard."),
    StageKind.OPINION: _("What the council advises, and the vote."),
    StageKind.DECISION: _("The grounds of the decision."),
    StageKind.NOTIFIED: _("How the person was told of the decision and of the right to appeal."),
    StageKind.APPEAL: _("What the appeal asks for, and what was decided on it."),
    StageKind.FINAL: _("Why the decision is final."),
    StageKind.EXECUTED: _("How the measure was carried out."),
}


class StageForm(RefusableForm):
    """The next step of a case: its day, its document and its reason."""

    on_day = DayField(label=_("Day of this step"))
    ends_on = DayField(label=_("Last day of the measure"))
    document = forms.CharField(
        label=_("Number of the letter or minutes"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-m"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_LIMIT,
        widget=text_area(),
        error_messages={"required": _("Every step needs a reason.")},
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = REASON_HINTS.get(kind, "")
        if kind != StageKind.PRECAUTIONARY:
            del self.fields["ends_on"]


class FinalForm(StageForm, PasswordAgain):
    """The final step, with the password: it may suspend or revoke certificates."""

    field_order = ["on_day", "document", "reason", "password"]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request


def not_stipulated(measure):
    """The line of a measure that departs from the article."""
    return _("Not stipulated for such a breach: %(measure)s") % {"measure": measure_line(measure)}


class DecisionForm(FinalForm):
    """The decision: an outcome, its measure, and why it departs from the article where it does."""

    field_order = ["outcome", "measure", "departure_reason", "reason", "on_day", "document", "password"]

    outcome = forms.ChoiceField(
        label=_("What is decided?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is decided.")},
    )
    measure = forms.ChoiceField(label=_("Measure"), required=False, widget=forms.RadioSelect)
    departure_reason = forms.CharField(
        label=_("Reason for departing from the article"),
        help_text=_("Only where the decision is not what the article stipulates for such a breach."),
        max_length=TEXT_LIMIT,
        required=False,
        widget=text_area(3),
    )

    def __init__(self, *args, file, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.measures = {str(measure.pk): measure for measure in [*file.stipulated, *others]}
        open_now = rules.open_outcomes(file.history)
        self.fields["outcome"].choices = [(outcome.value, outcome.label) for outcome in open_now]
        if Outcome.MEASURE not in open_now:
            del self.fields["measure"], self.fields["departure_reason"]
            return
        self.fields["measure"].choices = [
            ("", _("No measure")),
            *((str(measure.pk), measure_line(measure)) for measure in file.stipulated),
            *((str(measure.pk), not_stipulated(measure)) for measure in others),
        ]

    def clean_measure(self):
        return self.measures.get(self.cleaned_data["measure"])


class ReferralForm(RefusableForm):
    """The case was passed to the police or the prosecutor."""

    body = forms.ChoiceField(
        label=_("To whom?"),
        choices=Referral.Body,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose to whom the case was referred.")},
    )
    referred_on = DayField(label=_("Day of the referral"))
    reference = forms.CharField(
        label=_("Their number or that of the letter"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-m"}),
    )
