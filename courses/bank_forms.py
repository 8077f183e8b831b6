"""A question in the editor: both languages side by side, a row for each of its parts, empty rows to add some."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conduct_codes.models.editions import Competence
from courses.formats.draft import letter
from courses.question_types import (
    MAX_OPTIONS,
    MAX_STEM,
    MAX_STEPS,
    MAX_TEXT,
    TRUE_FALSE,
    WITH_CREDIT,
    WITH_TEXT,
    Content,
    Type,
    canonical,
    choices,
    decimal_of,
    steps,
    tidy,
)
from institutions.khmer import to_ascii_digits

SPARE = 3


def languages():
    return list(settings.WAGTAIL_CONTENT_LANGUAGES)


def add_words(form, name, label, words, *, rows=2, most=MAX_TEXT):
    """A field for a text in each language, side by side; the values are {language: text}."""
    for code, language in languages():
        form.fields[f"{name}_{code}"] = forms.CharField(
            label=f"{label} · {language}",
            required=False,
            max_length=most,
            initial=words.get(code, ""),
            widget=forms.Textarea(attrs={"rows": rows, "lang": code}),
        )


def words_of(form, name):
    found = {code: tidy(form.cleaned_data.get(f"{name}_{code}", "")) for code, _language in languages()}
    return {code: text for code, text in found.items() if text}


class AboutForm(forms.Form):
    """The question itself and what it is about."""

    def __init__(self, *args, content, ties, texts, **kwargs):
        super().__init__(*args, **kwargs)
        self.ties = ties
        add_words(self, "stem", _("Question"), content.stem if content else {}, rows=4, most=MAX_STEM)
        add_words(self, "feedback", _("Read by everybody at the end"), content.feedback if content else {})
        articles = [(f"{code}/{number}", f"{code} · {number}") for code, number in ties.article_choices()]
        topics = [(slug, topic.name_latin) for slug, topic in ties.topics.items()]
        lessons = [(slug, slug) for slug in ties.lessons]
        article = f"{texts['code']}/{texts['article']}" if texts.get("article") else ""
        self.add_choice("competence", _("Competence"), Competence.choices, texts.get("competence"))
        self.add_choice("article", _("Article"), articles, article)
        self.add_choice("topic", _("Topic"), topics, texts.get("topic"))
        self.add_choice("lesson", _("Lesson"), lessons, texts.get("lesson"))

    def add_choice(self, name, label, offered, initial):
        if initial and initial not in dict(offered):  # an article of an earlier edition stays as it is
            offered = [*offered, (initial, initial)]
        self.fields[name] = forms.ChoiceField(
            label=label, required=False, choices=[("", "–"), *offered], initial=initial
        )

    def facts(self):
        """The facts of the question; a tie that was emptied is taken away."""
        data = self.cleaned_data
        code, _slash, article = data["article"].partition("/")
        facts = self.ties.facts({**data, "code": code, "article": article})
        return {"lesson": None, "code": None, "article_key": None, "topic": "", "competence": ""} | facts


class PartForm(forms.Form):
    """One row: an answer, an item with what matches it, a line of an order, or a step."""

    id = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind, first = kind, self.initial
        if kind in WITH_TEXT or kind == "step":
            add_words(self, "text", _("Words"), first.get("text", {}))
        if kind == Type.SHORT:
            accepted = {code: "\n".join(texts) for code, texts in first.get("accepted", {}).items()}
            add_words(self, "accepted", _("Accepted texts, one a line"), accepted)
        if kind == Type.MATCHING:
            add_words(self, "match", _("What matches it"), first.get("match", {}))
        if kind == Type.NUMERIC:
            self.add("value", _("Number"), forms.CharField, max_length=30)
            self.add("tolerance", _("Margin"), forms.CharField, max_length=30)
        if kind == Type.ORDERING:
            self.add("rank", _("Place in the right order"), forms.IntegerField, min_value=1, max_value=MAX_OPTIONS)
        if kind not in (Type.MATCHING, Type.ORDERING, "step"):
            self.add("right", _("Right"), forms.BooleanField)
        if kind in WITH_CREDIT:
            self.add("credit", _("Part of the mark, in percent"), forms.IntegerField, min_value=1, max_value=99)
        if kind in (Type.NUMERIC, Type.SHORT):
            self.add("otherwise", _("Everything else"), forms.BooleanField)
        if kind == Type.SCENARIO:
            numbers = [(number, number) for number in range(1, MAX_STEPS + 1)]
            self.add("step", _("Belongs to step"), forms.TypedChoiceField, coerce=int, choices=[("", "–"), *numbers])
            self.add("next", _("Leads to step"), forms.TypedChoiceField, coerce=int, choices=[("", _("End")), *numbers])
        if kind not in (Type.ORDERING, "step"):
            add_words(self, "feedback", _("Feedback"), first.get("feedback", {}))

    def add(self, name, label, field, **kwargs):
        self.fields[name] = field(label=label, required=False, initial=self.initial.get(name), **kwargs)

    def is_empty(self):
        """True if nothing was written in the row; a tick or a number alone is no answer."""
        if self.kind == Type.TRUE_FALSE:
            return False
        said = [
            value for name, value in self.cleaned_data.items() if name not in ("id", "right", "credit", "step", "next")
        ]
        return not any(said)

    def clean_number(self, name, default=""):
        typed = to_ascii_digits(self.cleaned_data.get(name) or default).replace(",", ".").strip()
        number = decimal_of(typed)
        if number is None:
            raise forms.ValidationError(_("Write a number, for example 12 or 1.5."))
        return canonical(number)

    def clean(self):
        data = self.cleaned_data
        if self.kind == Type.NUMERIC and not data.get("otherwise") and not self.is_empty():
            for name, default in (("value", ""), ("tolerance", "0")):
                try:
                    data[name] = self.clean_number(name, default)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data

    def part(self):
        """The row as a part of the content, without its id."""
        data, made = self.cleaned_data, {}
        if self.kind in WITH_TEXT or self.kind == "step":
            made["text"] = words_of(self, "text")
        if feedback := words_of(self, "feedback"):
            made["feedback"] = feedback
        if data.get("credit") and not data.get("right"):
            made["credit"] = data["credit"]
        if data.get("otherwise"):
            return made | {"otherwise": True}
        if self.kind == Type.NUMERIC:
            made |= {name: data[name] for name in ("value", "tolerance")}
        if self.kind == Type.SHORT:
            made["accepted"] = {code: text.split("\n") for code, text in words_of(self, "accepted").items()}
        return made


class QuestionEditor:
    """All forms of one question: what it asks, the rows of its parts, for a scenario the rows of its steps."""

    def __init__(self, data=None, *, kind, content=None, ties, texts=None):
        self.kind, self.old = kind, content
        self.about = AboutForm(data, content=content, ties=ties, texts=texts or {}, prefix="q")
        first = _rows(kind, content)
        spare = 0 if kind == Type.TRUE_FALSE else max(SPARE, 4 - len(first))
        rows = forms.formset_factory(PartForm, extra=spare, max_num=MAX_OPTIONS, absolute_max=60)
        self.parts = rows(data, initial=first, prefix="a", form_kwargs={"kind": kind})
        self.steps = None
        if kind == Type.SCENARIO:
            old = [{"id": step["id"], "text": step["text"]} for step in steps(content)] if content else []
            more = forms.formset_factory(PartForm, extra=max(SPARE - len(old), 1), max_num=MAX_STEPS, absolute_max=40)
            self.steps = more(data, initial=old, prefix="s", form_kwargs={"kind": "step"})

    @property
    def forms(self):
        return [form for form in (self.about, self.parts, self.steps) if form is not None]

    def is_valid(self):
        judged = [form.is_valid() for form in self.forms]  # each of them, so that every error is shown at once
        return all(judged)

    def content(self):
        """What was written, for problems() to judge."""
        rows = [form for form in self.parts.forms if not form.is_empty()]
        taken = {form.cleaned_data["id"] for form in rows if form.cleaned_data.get("id")}
        parts = []
        for form in rows:
            own = form.cleaned_data.get("id") or next(each for each in map(letter, range(99)) if each not in taken)
            taken.add(own)
            parts.append((form, form.part() | {"id": own}))
        stem, feedback = words_of(self.about, "stem"), words_of(self.about, "feedback")
        options, key, details = _BUILDERS.get(self.kind, _plain)(self, parts)
        return Content(str(self.kind), stem, options, key, details, feedback)


def _rows(kind, content):
    """What the rows hold at first."""
    if content is None:
        if kind == Type.TRUE_FALSE:
            return [{"id": name, "label": label} for name, label in TRUE_FALSE.items()]
        return []
    offered = {choice["id"]: choice["text"] for choice in choices(content)}
    numbers = {step["id"]: number for number, step in enumerate(steps(content), start=1)}
    owners = {option_id: numbers[step["id"]] for step in steps(content) for option_id in step["options"]}
    rows = []
    for option in content.options:
        row = {**option, "label": TRUE_FALSE.get(option["id"]) if kind == Type.TRUE_FALSE else ""}
        if kind == Type.MATCHING:
            row["match"] = offered[content.key[option["id"]]]
        elif kind == Type.ORDERING:
            row["rank"] = content.key.index(option["id"]) + 1
        else:
            row["right"] = option["id"] in content.key
        if kind == Type.SCENARIO:
            row |= {"step": owners[option["id"]], "next": numbers.get(option.get("next"), "")}
        rows.append(row)
    if kind == Type.MATCHING:
        rows += [{"match": text} for choice_id, text in offered.items() if choice_id not in content.key.values()]
    return rows


def _plain(editor, parts):
    return [part for _form, part in parts], [part["id"] for form, part in parts if form.cleaned_data.get("right")], {}


def _ordering(editor, parts):
    last = MAX_OPTIONS + 1
    ranked = sorted(parts, key=lambda row: row[0].cleaned_data.get("rank") or last)
    return [part for _form, part in parts], [part["id"] for _form, part in ranked], {}


def _matching(editor, parts):
    old = {tuple(sorted(each["text"].items())): each["id"] for each in choices(editor.old)} if editor.old else {}
    items, offered, key, taken = [], {}, {}, set(old.values())
    for form, part in parts:
        words = words_of(form, "match")
        mark = tuple(sorted(words.items()))
        if words and mark not in offered:
            own = old.get(mark) or next(each for each in map(letter, range(99)) if each not in taken)
            taken.add(own)
            offered[mark] = {"id": own, "text": words}
        if part["text"]:
            items.append(part)
            if words:
                key[part["id"]] = offered[mark]["id"]
    return items, key, {"choices": list(offered.values())}


def _scenario(editor, parts):
    rows = [form for form in editor.steps.forms if words_of(form, "text")]
    numbers = {editor.steps.forms.index(form) + 1: f"s{place}" for place, form in enumerate(rows, start=1)}
    made = {step_id: {"id": step_id, "text": {}, "options": []} for step_id in numbers.values()}
    for form, step_id in zip(rows, numbers.values(), strict=True):
        made[step_id]["text"] = words_of(form, "text")
    options = []
    for form, part in parts:
        step = numbers.get(form.cleaned_data.get("step") or 0)
        if step:
            made[step]["options"].append(part["id"])
        options.append(part | {"next": numbers.get(form.cleaned_data.get("next") or 0)})
    key = [part["id"] for form, part in parts if form.cleaned_data.get("right")]
    return options, key, {"steps": list(made.values())}


_BUILDERS = {Type.ORDERING: _ordering, Type.MATCHING: _matching, Type.SCENARIO: _scenario}


class UploadForm(forms.Form):
    """A file with questions, and how to read it."""

    file = forms.FileField(label=_("File"))
    format = forms.ChoiceField(
        label=_("Format"),
        choices=[("gift", "GIFT"), ("moodle-xml", "Moodle XML"), ("aiken", "Aiken"), ("xlsx", "Excel (.xlsx)")],
    )
    language = forms.ChoiceField(label=_("Language of the words"), help_text=_("A workbook says it itself."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages()
