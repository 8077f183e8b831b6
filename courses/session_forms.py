"""What input about sessions and earlier learning is usable."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes.forms import DayField
from courses.models import Course
from courses.models.sessions import PLANNERS
from institutions.khmer import to_ascii_digits
from institutions.models import Institution, Person, Role
from institutions.uploads import MAX_BYTES, MEBIBYTE, kind_of_scan

LENGTHS = [(60, _("1 hour")), (90, _("1½ hours")), (120, _("2 hours")), (180, _("3 hours")), (360, _("1 day"))]
MOST_SEATS = 500


class ClockField(forms.TimeField):
    """A time of the day; Khmer digits are digits too."""

    widget = forms.TimeInput(attrs={"type": "time", "class": "w-s"}, format="%H:%M")

    def to_python(self, value):
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)


class CountField(forms.IntegerField):
    """A whole number; Khmer digits are digits too."""

    def to_python(self, value):
        return super().to_python(to_ascii_digits(value) if isinstance(value, str) else value)


class ThingChoice(forms.ModelChoiceField):
    """A choice among rows that have a name in both scripts, shown in the page's."""

    def label_from_instance(self, thing):
        return thing.label


class SessionForm(forms.Form):
    """Which course, where, when, by whom and for how many."""

    course = ThingChoice(label=_("Course"), queryset=Course.objects.order_by("order", "slug"), empty_label=None)
    institution = ThingChoice(label=_("Organised by"), queryset=Institution.objects.none(), empty_label=None)
    trainer = ThingChoice(label=_("Trainer"), queryset=Person.objects.none(), empty_label=None)
    place = forms.CharField(
        label=_("Place"), max_length=200, help_text=_("For example: meeting room of the department")
    )
    day = DayField(label=_("Day"))
    begins = ClockField(label=_("Begins at"))
    minutes = forms.TypedChoiceField(label=_("Lasts"), choices=LENGTHS, coerce=int, initial=180)
    seats_allowed = CountField(label=_("Places"), min_value=1, max_value=MOST_SEATS, initial=30)

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.taught_on(scope.today).order_by("order", "slug")
        tops = scope.institution_ids(*PLANNERS)
        self.fields["institution"].queryset = Institution.objects.filter(pk__in=tops).order_by("path")
        self.fields["trainer"].queryset = trainers_for(scope)
        for field in self.fields.values():
            field.error_messages["required"] = _("Missing: %(label)s") % {"label": field.label}

    @property
    def facts(self):
        """The arguments of plan_session."""
        data = self.cleaned_data
        begins_at = timezone.make_aware(datetime.combine(data["day"], data["begins"]))
        kept = {name: data[name] for name in ("course", "institution", "trainer", "place", "seats_allowed")}
        return {**kept, "begins_at": begins_at, "ends_at": begins_at + timedelta(minutes=data["minutes"])}


def trainers_for(scope):
    """People with the role of a trainer today whom the viewer sees by name, or who are the viewer."""
    roles = Role.objects.active_on(scope.today).filter(kind=Role.Kind.TRAINER)
    visible = Person.objects.visible_to(scope.acting_as(*PLANNERS))
    return visible.filter(user__in=roles.values("user")).order_by("name", "pk")


class ReasonForm(forms.Form):
    """A reason that others will read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason. Others will read it.")},
    )


class SeatsForm(forms.Form):
    """People chosen from the list, and people named by staff number."""

    people = forms.ModelMultipleChoiceField(queryset=Person.objects.none(), required=False)
    numbers = forms.CharField(
        label=_("Staff numbers of further people"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        help_text=_("One in each line, or with commas between them."),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people


class RollUploadForm(forms.Form):
    """The roll as an Excel file."""

    file = forms.FileField(
        label=_("Roll in Excel (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Choose the file first.")},
    )


class PriorLearningForm(forms.Form):
    """Who learned what elsewhere, when, and the paper that shows it."""

    number = forms.CharField(
        label=_("Staff number"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w-m", "lang": "en"}),
        error_messages={"required": _("Enter the staff number.")},
    )
    course = ThingChoice(label=_("Course that this stands for"), queryset=Course.objects.all(), empty_label=None)
    learned_on = DayField(label=_("Day on which it was completed"))
    what = forms.CharField(
        label=_("What was learned, and where"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what was learned, and where.")},
    )
    evidence = forms.FileField(
        label=_("Scan of the certificate or of the list of participants"),
        help_text=_("PDF, JPEG or PNG, at most 10 MB. No names of children."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={"required": _("Choose the scan.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["learned_on"].error_messages["required"] = _("Enter the day.")

    def clean_number(self):
        return to_ascii_digits(self.cleaned_data["number"]).strip()

    def clean_evidence(self):
        file = self.cleaned_data["evidence"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Send it in parts.") % {"most": MAX_BYTES // MEBIBYTE}
            )
        content = file.read()
        if kind_of_scan(content) is None:
            raise forms.ValidationError(_("The evidence must be a PDF, JPEG or PNG file."))
        return content


class PriorDecisionForm(forms.Form):
    """Whether the evidence counts, and why not."""

    accepted = forms.TypedChoiceField(
        label=_("Does the evidence count?"),
        choices=[("yes", _("Yes: the person is trained in this course")), ("no", _("No, for the reason below"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose whether the evidence counts.")},
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self):
        data = super().clean()
        if data.get("accepted") is False and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why the evidence does not count. The person reads it."))
        return data
