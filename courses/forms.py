"""What a learner may send: the place of one answer in an attempt's own order."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnswerForm(forms.Form):
    """One answer to a drawn question.

    The page sends the place of the option, never its id: an id is the same in every draw, so it could give away the
    right one where a bank always puts it first.
    """

    answer = forms.TypedChoiceField(
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the answers."),
            "invalid_choice": _("That answer is not offered here. Choose one of these."),
        },
    )

    def __init__(self, *args, question, **kwargs):
        super().__init__(*args, initial={"answer": question.place_of_answer}, **kwargs)
        self.question = question
        self.fields["answer"].choices = [(place, place) for place in range(1, len(question.option_order) + 1)]

    def option_id(self):
        """The id of the chosen option, for the answer to be kept under."""
        return self.question.option_order[self.cleaned_data["answer"] - 1]

    def choices(self):
        """The options in this attempt's order: place, words by language, whether it is chosen now."""
        chosen = str(self["answer"].value() or "")
        return [
            {"place": place, "text": option["text"], "chosen": str(place) == chosen}
            for place, option in enumerate(self.question.ordered_options(), start=1)
        ]
