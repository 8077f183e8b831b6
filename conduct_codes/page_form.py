"""The form of a code page in the editor: it stays its code's, offers that code's measures, keeps plain words true."""

from copy import deepcopy

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from conduct_codes.plain_words import explained_after, said_of


class CodePageForm(WagtailAdminPageForm):
    """A page stays the page of its code, so that nobody's words appear under another code."""

    plain_words_hold = forms.BooleanField(
        required=False,
        label=_("The plain words hold for the articles as they read now"),
        help_text=_(
            "Tick this after you have read both. Plain words of an article that was changed are hidden until then."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.said_before = said_of(self.instance)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True
        if "articles" in self.fields:
            self._offer_measures_of(self._regime())

    def _regime(self):
        """The id of the regime of the page's code; of the code that was chosen, while the page is new."""
        codes = apps.get_model("conduct_codes", "Code").objects
        chosen = self.instance.code_id if self.instance.pk else self.data.get(self.add_prefix("code"))
        code = codes.filter(pk=chosen).first() if str(chosen or "").isdecimal() else None
        return code and code.regime_id

    def _offer_measures_of(self, regime):
        """The field's own copy of the blocks: the choices of one page are not those of another."""
        field = self.fields["articles"] = deepcopy(self.fields["articles"])
        field.block = field.widget.block_def = deepcopy(field.block)
        field.widget._js_context = field.widget._block_json = None
        block = field.block.child_blocks["article"].child_blocks["measures"].child_block.child_blocks["measure"]
        own, foreign = {}, {}
        for measure in apps.get_model("conduct_codes", "Measure").objects.select_related("regime"):
            if regime in (None, measure.regime_id):
                own[measure.slug] = f"{measure.regime.label}: {measure.label}"
            else:
                foreign[measure.slug] = format_lazy(
                    _("{measure} (not of this code's regime)"), measure=f"{measure.regime.label}: {measure.label}"
                )
        stated = {row["measure"] for child in self.instance.articles for row in child.value["measures"]}
        # What stands in the text and should not is shown, so that opening the page changes nothing; saving refuses it.
        kept = {slug: label for slug, label in foreign.items() if slug in stated}
        block.field.choices = [("", "---------"), *own.items(), *kept.items()]
        block.field.error_messages["invalid_choice"] = FOREIGN
        block.field.validators = [*block.field.validators, OneOf(own)]

    def save(self, commit=True):
        confirmed = self.cleaned_data.get("plain_words_hold", False)
        self.instance.explained = explained_after(self.instance, before=self.said_before, confirmed=confirmed)
        return super().save(commit)


FOREIGN = _("This is not a measure of this code's disciplinary regime. Choose one of the list.")


class OneOf:
    """A validator that takes the measures of a regime and no other."""

    def __init__(self, slugs):
        self.slugs = set(slugs)

    def __call__(self, value):
        if value and value not in self.slugs:
            raise ValidationError(str(FOREIGN), code="invalid_choice")
