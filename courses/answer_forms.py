"""What a learner may send for a question of each type, and how the page shows what is already kept.

A page sends the place of an option in the attempt's own order, never its id: an id is the same in every draw, so it
could give away the right one where a bank always puts it first.
"""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from courses.answers import MAX_SHORT, is_complete, read_number, walk, write_number
from courses.question_types import Type

NOT_OFFERED = _("That answer is not offered here. Choose one of these.")


class AnswerForm(forms.Form):
    """One answer to a drawn question; answer() gives it as courses.answers has it.

    partial: only keep what is there so far, as HTMX does while the learner is still choosing.
    """

    kind = ""
    hint = ""

    def __init__(self, *args, question, partial=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.question, self.version, self.partial = question, question.version, partial
        self.kept = question.answer
        self.add_fields()

    @property
    def inputs(self):
        """The partial template that shows the controls of this type."""
        return f"courses/answers/_{self.kind}.html"

    def add_fields(self):
        raise NotImplementedError

    def answer(self):
        raise NotImplementedError

    def ordered(self):
        """The ids in this attempt's order, from place 1 on; true always stands before false."""
        if self.version.type == Type.TRUE_FALSE:
            return ["true", "false"]
        return self.question.option_order

    def first_error(self):
        return next(iter(self.errors.values()))[0]

    def will_be_complete(self):
        return is_complete(self.version, self.answer())


class ChoiceForm(AnswerForm):
    """One of several answers: single, true or false."""

    kind, hint = "single", _("Choose one answer")

    def add_fields(self):
        ids = self.ordered()
        places = [(place, place) for place in range(1, len(ids) + 1)]
        self.fields["answer"] = forms.TypedChoiceField(
            coerce=int,
            choices=places,
            widget=forms.RadioSelect,
            initial=ids.index(self.kept) + 1 if self.kept in ids else None,
            error_messages={"required": _("Choose one of the answers."), "invalid_choice": NOT_OFFERED},
        )

    def answer(self):
        return self.ordered()[self.cleaned_data["answer"] - 1]

    def choices(self):
        """The options in this attempt's order: place, words by language, whether it is chosen now."""
        chosen = {str(value) for value in _listed(self["answer"].value())}
        return [
            {"place": place, "text": self.version.option(option_id)["text"], "chosen": str(place) in chosen}
            for place, option_id in enumerate(self.ordered(), start=1)
        ]


def _listed(value):
    return value if isinstance(value, list | tuple) else [value]


class SeveralForm(ChoiceForm):
    """All answers that are right."""

    kind, hint = "multiple", _("Choose all answers that are right")

    def add_fields(self):
        ids = self.ordered()
        self.fields["answer"] = forms.TypedMultipleChoiceField(
            coerce=int,
            choices=[(place, place) for place in range(1, len(ids) + 1)],
            widget=forms.CheckboxSelectMultiple,
            required=not self.partial,
            initial=[place for place, option_id in enumerate(ids, start=1) if option_id in self.kept],
            error_messages={"required": _("Choose at least one of the answers."), "invalid_choice": NOT_OFFERED},
        )

    def answer(self):
        ids = self.ordered()
        return [ids[place - 1] for place in sorted(self.cleaned_data["answer"])] or ""


class RowsForm(AnswerForm):
    """A select for each item; what two forms share."""

    def add_row(self, name, places, label, initial, error):
        self.fields[name] = forms.TypedChoiceField(
            coerce=int,
            choices=[("", "–"), *places],
            required=not self.partial,
            empty_value=None,
            initial=initial,
            error_messages={"required": error, "invalid_choice": NOT_OFFERED},
        )
        self.fields[name].words = label

    def rows(self):
        """Each item: its field, its words, and the choices as (place, words, chosen)."""
        return [
            {"field": self[name], "text": field.words, "options": self.shown(name)}
            for name, field in self.fields.items()
        ]

    def words_of(self, place):
        raise NotImplementedError

    def shown(self, name):
        value = str(self[name].value() or "")
        return [
            {"place": place, "words": self.words_of(place), "chosen": str(place) == value}
            for place in range(1, len(self.fields[name].choices))
        ]


class MatchingForm(RowsForm):
    """What each item is matched to."""

    kind, hint = "rows", _("Choose for each line what belongs to it")

    def add_fields(self):
        ids = self.ordered()
        places = [(place, place) for place in range(1, len(ids) + 1)]
        kept = self.kept or {}
        for number, item in enumerate(self.version.options, start=1):
            chosen = kept.get(item["id"])
            self.add_row(
                f"answer_{number}",
                places,
                item["text"],
                ids.index(chosen) + 1 if chosen in ids else None,
                _("Choose something for every line."),
            )

    def words_of(self, place):
        return self.version.choice(self.ordered()[place - 1])["text"]

    def answer(self):
        ids = self.ordered()
        given = {}
        for number, item in enumerate(self.version.options, start=1):
            place = self.cleaned_data.get(f"answer_{number}")
            if place:
                given[item["id"]] = ids[place - 1]
        return given or ""


class OrderingForm(RowsForm):
    """The place of each item in the order that the learner thinks right."""

    kind, hint = "rows", _("Give each line its number: 1 comes first")

    def add_fields(self):
        ids = self.ordered()
        numbers = [(number, number) for number in range(1, len(ids) + 1)]
        for place, option_id in enumerate(ids, start=1):
            initial = self.kept.index(option_id) + 1 if option_id in self.kept else None
            text = self.version.option(option_id)["text"]
            self.add_row(f"answer_{place}", numbers, text, initial, _("Give every line a number."))

    def words_of(self, place):
        return place

    def clean(self):
        given = [number for number in self.cleaned_data.values() if number]
        if len(set(given)) != len(given) and not self.partial:
            raise forms.ValidationError(_("Two lines have the same number. Give each line its own."))
        return self.cleaned_data

    def answer(self):
        """The whole order; half of one says nothing yet, so it is not kept."""
        numbered = {self.cleaned_data.get(f"answer_{place}"): each for place, each in enumerate(self.ordered(), 1)}
        numbered.pop(None, None)
        return [numbered[number] for number in sorted(numbered)] if len(numbered) == len(self.ordered()) else ""


class NumberForm(AnswerForm):
    """A number as the language of the page writes it."""

    kind, hint = "typed", _("Write a number, in Khmer or other digits")

    def add_fields(self):
        self.fields["answer"] = forms.CharField(
            max_length=40,
            required=not self.partial,
            initial=write_number(self.kept, get_language()) if self.kept else "",
            widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"required": _("Write a number.")},
        )

    def clean_answer(self):
        typed = self.cleaned_data["answer"]
        number = read_number(typed, get_language()) if typed else ""
        if number is None:
            raise forms.ValidationError(_("This is not a number. Write digits only, for example 12."))
        return number

    def answer(self):
        return self.cleaned_data["answer"]


class ShortForm(AnswerForm):
    """A few words."""

    kind, hint = "typed", _("Write a short answer")

    def add_fields(self):
        self.fields["answer"] = forms.CharField(
            max_length=MAX_SHORT,
            required=not self.partial,
            initial=self.kept,
            widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            error_messages={"required": _("Write an answer.")},
        )

    def answer(self):
        return self.cleaned_data["answer"]


class ScenarioForm(AnswerForm):
    """One choice of a scenario. The page names the step, so that a page sent again changes that step's choice."""

    kind, hint = "scenario", _("Choose one answer; the story goes on from it")

    def add_fields(self):
        self.taken, self.step = walk(self.version, self.kept)
        number = self.asked_step()
        if self.is_bound and number < len(self.taken):
            self.taken, self.step = walk(self.version, self.kept[:number])
        if self.step is None:  # told to its end: the page only asks to go on
            return
        self.offered = offered = [option_id for option_id in self.ordered() if option_id in self.step["options"]]
        self.fields["answer"] = forms.TypedChoiceField(
            coerce=int,
            choices=[(place, place) for place in range(1, len(offered) + 1)],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one of the answers."), "invalid_choice": NOT_OFFERED},
        )

    def asked_step(self):
        sent = str(self.data.get("step", "")) if self.is_bound else ""
        return int(sent) if sent.isdecimal() and len(sent) < 3 else len(self.taken)

    def clean(self):
        if self.is_bound and self.asked_step() > len(self.taken):
            raise forms.ValidationError(_("The story has not come that far. Go on from here."))
        return self.cleaned_data

    @property
    def path(self):
        return [option["id"] for _step, option in self.taken]

    def answer(self):
        return [*self.path, self.offered[self.cleaned_data["answer"] - 1]] if self.step else self.path

    def story(self):
        """What has happened so far: each step with the answer that was chosen."""
        return [{"text": step["text"], "chosen": option["text"]} for step, option in self.taken]

    def choices(self):
        chosen = str(self["answer"].value() or "")
        return [
            {"place": place, "text": self.version.option(option_id)["text"], "chosen": str(place) == chosen}
            for place, option_id in enumerate(self.offered, start=1)
        ]


FORMS = {
    Type.SINGLE: ChoiceForm,
    Type.TRUE_FALSE: ChoiceForm,
    Type.MULTIPLE: SeveralForm,
    Type.MATCHING: MatchingForm,
    Type.ORDERING: OrderingForm,
    Type.NUMERIC: NumberForm,
    Type.SHORT: ShortForm,
    Type.SCENARIO: ScenarioForm,
}


def answer_form(*args, question, **kwargs):
    """The form for the type of a drawn question (an AttemptQuestion with its version)."""
    return FORMS[question.version.type](*args, question=question, **kwargs)
