"""What input about duties and ended posts is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.duties import required_of
from institutions.filters import UnitFilter
from institutions.models import Designation
from institutions.role_forms import FROM_HINT, DayTyped


class DutyFilter(UnitFilter):
    """Reads from an address of which institution the list is."""

    field_order = ["unit", "unit_name"]

    def __init__(self, data, *, scope):
        super().__init__(data, scope=scope)
        del self.fields["on"]


class DutyForm(forms.Form):
    """Who gets the duty, and from which day."""

    post = forms.ChoiceField(
        label=_("Who?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a person."), "invalid_choice": _("Choose a person.")},
    )
    starts_on = DayTyped(label=_("From"), max_length=20, required=False, help_text=FROM_HINT)

    def __init__(self, *args, posts, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.posts, self.today = {str(post.pk): post for post in posts}, today
        self.fields["post"].choices = [(key, post.person.label) for key, post in self.posts.items()]

    @property
    def chosen(self):
        """The post of the person who was chosen; only of a valid form."""
        return self.posts[self.cleaned_data["post"]]

    def clean_starts_on(self):
        return _day_that_has_been(self.cleaned_data["starts_on"] or self.today, self.today)

    def clean(self):
        data = super().clean()
        if not self.errors and data["starts_on"] < self.chosen.starts_on:
            self.add_error("starts_on", _("The duty cannot begin before the post there."))
        return data


class PersonDutyForm(forms.Form):
    """Which duty somebody gets, in which of the institutions where the person serves, and from which day."""

    kind = forms.ChoiceField(
        label=_("Designation"),
        choices=Designation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the duty."), "invalid_choice": _("Choose the duty.")},
    )
    post = forms.ChoiceField(
        label=_("Institution"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say in which institution."), "invalid_choice": _("Say in which institution.")},
    )
    starts_on = DayTyped(label=_("From"), max_length=20, required=False, help_text=FROM_HINT)

    def __init__(self, data=None, *, posts, today):
        super().__init__(data)
        self.posts, self.today = {str(post.pk): post for post in posts}, today
        self.fields["post"].choices = [(key, post.institution.label) for key, post in self.posts.items()]
        if len(self.posts) == 1:
            self.fields["post"].initial = next(iter(self.posts))

    @property
    def institution(self):
        """Where the duty is; only of a valid form."""
        return self.posts[self.cleaned_data["post"]].institution

    def clean_starts_on(self):
        return _day_that_has_been(self.cleaned_data["starts_on"] or self.today, self.today)

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        post = self.posts[data["post"]]
        if data["starts_on"] < post.starts_on:
            self.add_error("starts_on", _("The duty cannot begin before the post there."))
        required = required_of(post.institution)
        if required and required.duty == data["kind"] and required.sex not in ("", post.person.sex):
            self.add_error("kind", _("Here this duty is for a woman."))
        return data


class DutyEndForm(forms.Form):
    """The last day of a duty."""

    ends_on = DayTyped(label=_("Last day of the duty"), max_length=20, required=False, help_text=FROM_HINT)

    def __init__(self, data=None, *, duty, today):
        super().__init__(data)
        self.duty, self.today = duty, today

    def clean_ends_on(self):
        day = _day_that_has_been(self.cleaned_data["ends_on"] or self.today, self.today)
        if day < self.duty.starts_on:
            raise forms.ValidationError(_("A duty cannot end before it began."))
        return day


def _day_that_has_been(day, today):
    if day > today:
        raise forms.ValidationError(_("Choose today or a day that has been."))
    return day


class EndReasonForm(forms.Form):
    """Why a post ended, and why that is set or corrected now."""

    end_reason = forms.ChoiceField(
        label=_("Why did the post end?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the post ended."), "invalid_choice": _("Choose why the post ended.")},
    )

    def __init__(self, *args, post, **kwargs):
        super().__init__(*args, initial={"end_reason": post.end_reason}, **kwargs)
        self.fields["end_reason"].choices = [(reason.value, reason.label) for reason in post.end_reasons]
