"""What input about imports and transfers is usable."""

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.models import Institution, TransferRequest
from institutions.models.imports import Verdict
from institutions.permissions import SEES_PEOPLE
from institutions.role_forms import DayTyped


class ImportForm(forms.Form):
    """A workbook of people, the institution that it comes into, and whether it lists everybody of one."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("Choose the file first."), "empty": _("The file is empty. Choose it again.")},
    )
    institution = forms.ChoiceField(label=_("Institution"))
    complete = forms.BooleanField(
        label=_("The file is a complete list: whoever it does not name has left"), required=False
    )
    complete_of = forms.CharField(
        label=_("Complete list of"),
        help_text=_("The code of the institution. Empty: the one chosen above, with everything below it."),
        required=False,
        max_length=60,
    )
    complete_on = DayTyped(
        label=_("As of the day"),
        required=False,
        max_length=20,
        help_text=_("Day/month/year, such as 31/12/2026. Whoever is not on the list leaves with the day before."),
    )

    def __init__(self, *args, scope, **kwargs):
        super().__init__(*args, **kwargs)
        self.scope = scope.acting_as(*SEES_PEOPLE)
        tops = Institution.objects.filter(pk__in=scope.institution_ids(*SEES_PEOPLE)).order_by("path")
        self.tops = {str(top.pk): top for top in tops}
        self.fields["institution"].choices = [(pk, top.label) for pk, top in self.tops.items()]
        if len(self.tops) == 1:
            self.fields["institution"].widget = forms.HiddenInput()
            self.fields["institution"].initial = next(iter(self.tops))

    def clean_institution(self):
        return self.tops[self.cleaned_data["institution"]]

    def clean(self):
        data = self.cleaned_data
        if not data.get("complete"):
            if data.get("complete_of") or data.get("complete_on"):
                self.add_error("complete", _("Tick this for a complete list, or empty the two boxes below."))
            return data | {"complete_of": None, "complete_on": None}
        day = data.get("complete_on")
        if day is None and "complete_on" not in self.errors:
            self.add_error("complete_on", _("Write the day of the complete list."))
        elif day and day > self.scope.today:
            self.add_error("complete_on", _("Choose today or a day that has been."))
        code, top = data.get("complete_of"), data.get("institution")
        if code and top:
            found = Institution.objects.visible_to(self.scope).in_subtree(top).filter(code=code).first()
            if found is None:
                self.add_error("complete_of", _("No institution of yours has this code."))
            data["complete_of"] = found
        else:
            data["complete_of"] = top
        return data


class RowFilter(forms.Form):
    """Which rows of a preview are shown."""

    verdict = forms.ChoiceField(choices=[("", ""), ("all", ""), *Verdict.choices], required=False)

    @property
    def chosen(self):
        return self.cleaned_data["verdict"] if self.is_valid() else ""


ANSWERS = {TransferRequest.Outcome.REFUSED: _("No: the person stays where they are")}
"""An answer as it is given, where the list of answers says it in other words."""


class TransferAnswerForm(forms.ModelForm):
    """What whoever has a person answers to those who ask for them."""

    class Meta:
        model = TransferRequest
        fields = ["outcome", "message"]
        widgets = {"outcome": forms.RadioSelect, "message": forms.Textarea(attrs={"rows": 3, "maxlength": 1000})}
        labels = {"outcome": _("Your answer"), "message": _("Reason")}
        help_texts = {"message": _("Whoever asked reads this.")}

    def __init__(self, *args, asked, **kwargs):
        super().__init__(*args, **kwargs)
        field = forms.ChoiceField(
            label=_("Your answer"),
            choices=[(each.value, ANSWERS.get(each, each.label)) for each in asked.answers],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose an answer."), "invalid_choice": _("Choose an answer.")},
        )
        self.fields["outcome"] = field
        self.fields["message"].required = False

    def clean(self):
        data = super().clean()
        if data.get("outcome") == TransferRequest.Outcome.REFUSED and not data.get("message", "").strip():
            self.add_error("message", _("Say why the person stays."))
        return data
