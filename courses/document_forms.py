"""The upload of files for lessons in the Wagtail admin."""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from courses.file_kinds import FileRefused, check_file


class CheckedDocumentForm(BaseDocumentForm):
    """Takes a file only if its bytes are what its name says and it is small enough."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and "file" in self.changed_data:
            try:
                check_file(file, file.name)
            except FileRefused as refusal:
                raise ValidationError(str(refusal)) from refusal
        return file
