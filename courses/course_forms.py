"""What an editor enters about courses and lessons; their words are pages."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from courses.models import Lesson
from institutions.models import Sector

SHORT_NAME = _("Short name in addresses: small Latin letters, digits and hyphens. It never changes.")


class CourseForm(forms.Form):
    """A new course: its two names, its short name, and whom it serves."""

    name = forms.CharField(label=_("Name in the official script"), max_length=200)
    name_latin = forms.CharField(label=_("Name in Latin script"), max_length=200)
    slug = forms.SlugField(label=_("Short name"), max_length=50, help_text=SHORT_NAME)
    sector = forms.ModelChoiceField(label=_("Sector"), queryset=Sector.objects.none(), empty_label=None)

    def __init__(self, *args, sectors, may_serve_all, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = sectors
        self.fields["sector"].label_from_instance = lambda sector: sector.label
        if may_serve_all:
            self.fields["sector"].required = False
            self.fields["sector"].empty_label = _("Every sector")


class NewLessonForm(forms.Form):
    """A new lesson: a title in each language, a short name, and how long reading takes."""

    slug = forms.SlugField(label=_("Short name"), max_length=50, help_text=SHORT_NAME)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=120, initial=8)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        titles = {
            f"title_{code}": forms.CharField(
                label=f"{_('Title')} · {name}",
                max_length=200,
                required=code == settings.WAGTAIL_CONTENT_LANGUAGES[0][0],
                widget=forms.TextInput(attrs={"lang": code}),
            )
            for code, name in settings.WAGTAIL_CONTENT_LANGUAGES
        }
        self.fields = {**titles, **self.fields}

    def titles(self):
        """Language → title, of the languages that have one."""
        found = {code: self.cleaned_data[f"title_{code}"] for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES}
        return {code: title for code, title in found.items() if title}


class LessonForm(forms.ModelForm):
    """What holds for a lesson in every language."""

    class Meta:
        model = Lesson
        fields = ["minutes"]
        labels = {"minutes": _("Minutes")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["minutes"].min_value = 1


class RetireForm(forms.Form):
    """From which day the course is taught no more, and why."""

    retired_on = forms.DateField(
        label=_("First day without the course"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Enter a day such as 2026-12-31.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason. It stays in the record.")},
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, initial={"retired_on": today}, **kwargs)
        self.today = today

    def clean_retired_on(self):
        day = self.cleaned_data["retired_on"]
        if day < self.today:
            raise forms.ValidationError(_("Choose today or a day to come."))
        return day
