"""A file with articles, and how it is carried from its dry run to its import."""

import base64
import binascii
import io
import zipfile

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

MAX_BYTES = 1024 * 1024
MAX_AGE = 3600
SALT = "conduct_codes.article-import"


class UploadForm(forms.Form):
    """A workbook or a Word document; cleaned to its format and its bytes."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or a Word document (.docx), at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.docx"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB. Delete its pictures or send it in parts."))
        content = file.read()
        return format_of(file.name, content), content


def format_of(file_name, content):
    """ "docx" for a Word document by its parts, or by its name where it has none; else "xlsx", whose reader says no."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        names = set()
    is_named_word = file_name.lower().endswith((".docx", ".doc", ".docm", ".odt"))
    is_word = "word/document.xml" in names or (is_named_word and "xl/workbook.xml" not in names)
    return "docx" if is_word else "xlsx"


def carry(page, name, content):
    """The file as one signed value: its import takes exactly the bytes that were looked at, for this page only."""
    return signing.dumps([page.pk, name, base64.b64encode(content).decode()], salt=SALT)


def carried_by(page, value):
    """(format, bytes) of a carried file; raises signing.BadSignature for anything that carry() did not make here."""
    try:
        page_id, name, content = signing.loads(value, salt=SALT, max_age=MAX_AGE)
        if page_id != page.pk:
            raise signing.BadSignature("carried for another page")
        return name, base64.b64decode(content)
    except (ValueError, TypeError, binascii.Error) as error:
        raise signing.BadSignature("not carried by this site") from error
