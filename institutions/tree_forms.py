"""What input about the tree is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.models import TreeChange
from institutions.tree_effects import Change
from institutions.tree_in.reading import day_of

OTHER_LABELS = {
    TreeChange.Kind.CLOSED: _("Code of the successor"),
    TreeChange.Kind.MOVED: _("Code of the institution above"),
    TreeChange.Kind.MERGED: _("Code of the institution it goes up in"),
}
DAY_LABELS = {
    TreeChange.Kind.CLOSED: _("First day on which it is closed"),
    TreeChange.Kind.MOVED: _("Day of the move"),
    TreeChange.Kind.MERGED: _("First day in the other institution"),
}


class TreeChangeForm(forms.Form):
    """From which day, to where, and why; `among` are the institutions that the viewer may name."""

    on = forms.CharField(max_length=20, error_messages={"required": _("Say from which day.")})
    other = forms.CharField(required=False, max_length=60)
    reason = forms.CharField(
        max_length=300, error_messages={"required": _("Write why, such as the number of the decree.")}
    )

    def __init__(self, *args, kind, institution, among, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, self.institution, self.among = kind, institution, among
        self.fields["on"].label = DAY_LABELS[kind]
        self.fields["other"].label = OTHER_LABELS[kind]
        self.fields["reason"].label = _("Reason")

    def clean_on(self):
        day = day_of(self.cleaned_data["on"])
        if day is None:
            raise forms.ValidationError(_("Write the day as 31/12/2026."))
        return day

    def clean_other(self):
        code = self.cleaned_data["other"].strip()
        if not code:
            if self.kind == TreeChange.Kind.CLOSED:
                return None
            raise forms.ValidationError(_("Write the code of the institution. It stands in the list of institutions."))
        found = self.among.filter(code__iexact=code).first()
        if found is None:
            raise forms.ValidationError(_("You have no institution with this code. Look it up in the list."))
        return found

    def change(self):
        """What is asked; only of a valid form."""
        return Change(self.kind, self.institution, **{key: self.cleaned_data[key] for key in ("on", "other", "reason")})
