"""What a trainer or an HR unit may give one person beyond the limits of a quiz."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import AttemptOverride

MOST_TRIES, MOST_MINUTES, LONGEST_DUE = 10, 180, timedelta(days=366)


class OverrideForm(forms.ModelForm):
    """More tries, more minutes, no wait, another last day, or several of them; always with a reason."""

    extra_attempts = forms.IntegerField(label=_("More tries"), min_value=0, max_value=MOST_TRIES, required=False)
    extra_minutes = forms.IntegerField(
        label=_("More minutes a try"),
        help_text=_("For somebody who reads slowly or has a disability. It also lengthens a try that is open."),
        min_value=0,
        max_value=MOST_MINUTES,
        required=False,
    )
    no_delay = forms.BooleanField(label=_("No wait between tries in this round"), required=False)
    due_on = forms.DateField(
        label=_("Other last day"),
        help_text=_("Until this day nothing of the course counts as overdue."),
        required=False,
        error_messages={"invalid": _("Enter a day such as 2026-12-31.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=_("It stays in the record. Write nothing about a discipline case or a child."),
        error_messages={"required": _("Enter the reason. It stays in the record.")},
    )

    class Meta:
        model = AttemptOverride
        fields = ["extra_attempts", "extra_minutes", "no_delay", "due_on", "reason"]

    def __init__(self, *args, limits, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        unused = []
        if limits.attempts is None:
            unused.append("extra_attempts")
        if limits.minutes is None:
            unused.append("extra_minutes")
        if not limits.delay:
            unused.append("no_delay")
        for name in unused:
            del self.fields[name]

    @property
    def numbers(self):
        """The number fields that the quiz has a limit for."""
        return [self[name] for name in ("extra_attempts", "extra_minutes") if name in self.fields]

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on and not self.today < due_on <= self.today + LONGEST_DUE:
            raise forms.ValidationError(_("The other last day lies in the future, at most a year from today."))
        return due_on

    def clean(self):
        data = super().clean()
        for name in ("extra_attempts", "extra_minutes"):
            if name in data:
                data[name] = data[name] or 0
        given = [data.get(name) for name in ("extra_attempts", "extra_minutes", "no_delay", "due_on")]
        if not any(given) and not self.errors:
            raise forms.ValidationError(_("Give at least one thing: more tries, more time, no wait or another day."))
        return data

    def _post_clean(self):
        """The action makes the row; constraints are told by clean() in words of this page."""
