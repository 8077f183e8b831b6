"""The form with which an editor hands in a package."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.scorm.archive import MAX_FILE


class PackageForm(forms.Form):
    """One file, not larger than a package may be; what is in it, the action checks."""

    file = forms.FileField(
        label=_("Package (.zip, SCORM 1.2, at most 60 MB)"), widget=forms.FileInput(attrs={"accept": ".zip"})
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE:
            raise forms.ValidationError(_("The file is larger than 60 MB."))
        return file
