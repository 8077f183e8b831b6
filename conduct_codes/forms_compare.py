"""Choosing two texts of law to lay side by side."""

from django import forms
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import Edition
from institutions.templatetags.conduct import localdate, localnum


class CompareForm(forms.Form):
    """Any two editions, of one code or of two; the newer edition of a code always stands on the right."""

    old = forms.ChoiceField(
        label=_("Left, or above on a phone"),
        error_messages={"required": _("Choose a text."), "invalid_choice": _("Choose a text of the list.")},
    )
    new = forms.ChoiceField(
        label=_("Right, or below on a phone"),
        error_messages={"required": _("Choose a text."), "invalid_choice": _("Choose a text of the list.")},
    )

    def __init__(self, *args, day, **kwargs):
        super().__init__(*args, **kwargs)
        self._in_force = {edition.pk for edition in Edition.objects.in_force_on(day)}
        groups = {}
        for edition in Edition.objects.select_related("code__sector").order_by("code__sector__order", "-number"):
            value = f"{edition.code.slug}.{edition.number}"
            groups.setdefault(edition.code.label, []).append((value, self._label(edition)))
        for name in ("old", "new"):
            self.fields[name].choices = [("", _("Choose")), *groups.items()]

    def _label(self, edition):
        facts = {"number": localnum(edition.number), "day": localdate(edition.in_force_from)}
        if edition.pk in self._in_force:
            return _("Edition %(number)s, in force since %(day)s") % facts
        return _("Edition %(number)s, of %(day)s") % facts

    def sides(self):
        """The parts of the comparison's address."""
        old, new = (self.cleaned_data[name].rsplit(".", 1) for name in ("old", "new"))
        if old[0] == new[0] and int(old[1]) > int(new[1]):
            old, new = new, old
        return old[0], int(old[1]), new[0], int(new[1])
