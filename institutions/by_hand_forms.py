"""What input about one person of the register is usable: each form makes the row that a workbook would hold."""

from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from institutions.by_hand_fields import (
    AsRead,
    MarkedField,
    PlaceField,
    PositionField,
    as_typed,
    choice_field,
    day_field,
    position_value,
)
from institutions.imports.by_hand import Entry, Form, home_of, names_of, row_of_post
from institutions.imports.words import label, sentence_on_page
from institutions.models import Person, Post
from institutions.people_in import columns as c

ACTING, REGULAR = Post.Basis.ACTING, Post.Basis.REGULAR
GOES_ON = "none"
BASES = [(REGULAR, _("A regular post")), (ACTING, _("Acting: beside the post that the person holds"))]


def _names():
    yield c.NAME, AsRead(c.NAME, help_text=_("Family name first."), error_messages={"required": _("Write the name.")})
    message = _("Write the name in Latin letters.")
    yield c.NAME_LATIN, AsRead(c.NAME_LATIN, error_messages={"required": message})
    yield c.SEX, choice_field(c.SEX, Person.Sex.choices, missing=_("Choose the sex."))
    message = _("Write the date of birth.")
    hint = _("Day/month/year, such as 31/12/1979")
    yield c.BIRTH_DATE, day_field(c.BIRTH_DATE, help_text=hint, error_messages={"required": message})


def _rank(**kwargs):
    return AsRead(c.RANK, **{"max_length": 80, "required": False, "wide": "w-s"} | kwargs)


def _number(**kwargs):
    return AsRead(c.STAFF_NUMBER, **{"max_length": 40, "required": False, "wide": "w-s"} | kwargs)


def _starts_on():
    return day_field(c.STARTS_ON, error_messages={"required": _("Write the first day in the post.")})


class EntryForm(forms.Form):
    """The page's key, and what stands against its answers at the fields that they are about."""

    bound_field_class = MarkedField
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    sections = ()
    known = None

    def __init__(self, data=None, *, scope, answers=None, initial=None):
        initial = {"key": str(answers.key if answers else uuid4())} | (initial or {})
        if answers:
            initial |= answers.texts
            if c.POSITION in answers.texts:
                initial[c.POSITION] = f"{answers.texts[c.SECTOR]}/{answers.texts[c.POSITION]}"
        super().__init__(data, initial={name: as_typed(value) for name, value in initial.items()})
        self.scope = scope

    def clean_key(self):
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return uuid4()

    @property
    def typed(self):
        """Column → what was typed, where something was."""
        row = {key: self.cleaned_data[key] for key in c.BY_KEY if self.cleaned_data.get(key)}
        if c.POSITION in row:
            row[c.SECTOR], row[c.POSITION] = row[c.POSITION].split("/")
        return row

    def say(self, refusal):
        """Put what stands against the entry at the fields that it is about."""
        self.known = refusal.person
        for problem in refusal.problems:
            text, column = sentence_on_page(problem), problem.column
            if column in self.fields:
                self.add_error(column, text)
            else:
                is_named = column in c.BY_KEY and column != c.REFERENCE
                self.add_error(None, f"{label(column)} {text}" if is_named else text)

    def fields_by_section(self):
        """(heading, fields) in their order; one without a heading where the form has no parts."""
        if not self.sections:
            return [("", self.visible_fields())]
        return [(heading, [self[name] for name in names if name in self.fields]) for heading, names in self.sections]


class NewPostForm(EntryForm):
    """The facts of a post to be: where, as what, since when."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= {
            c.INSTITUTION: PlaceField(),
            c.POSITION: PositionField(),
            c.BASIS: choice_field(c.BASIS, BASES, missing=_("Choose the kind of post.")),
            c.STARTS_ON: _starts_on(),
            c.STAFF_NUMBER: _number(help_text=_("With every zero at its beginning. Empty where there is none.")),
            c.RANK: _rank(),
        }
        self.initial.setdefault(c.BASIS, REGULAR)
        self.fields[c.INSTITUTION].offer(self.scope)
        self.fields[c.POSITION].offer()

    @property
    def place(self):
        return self.fields[c.INSTITUTION].place


class NewPersonForm(NewPostForm):
    """Somebody who is not in the register, with a first post."""

    sections = (
        (_("The person"), (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE)),
        (_("The first post"), (c.INSTITUTION, c.POSITION, c.BASIS, c.STARTS_ON, c.STAFF_NUMBER, c.RANK)),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= dict(_names())
        self.fields[c.BASIS].choices = Post.Basis.choices
        self.order_fields([name for _heading, names in self.sections for name in names])

    def entry(self):
        home = home_of(self.scope, self.place)
        return Entry(form=Form.NEW, key=self.cleaned_data["key"], institution=home, row=self.typed)


class AnotherPostForm(NewPostForm):
    """A further post of somebody, and what becomes of the regular posts that the person holds."""

    ends = None

    def __init__(self, *args, person, posts, answers=None, **kwargs):
        super().__init__(*args, answers=answers, **kwargs)
        self.person = person
        self.open = [post for post in posts if post.ends_on is None]
        self.regular = {str(post.pk): post for post in self.open if post.basis == REGULAR}
        if self.regular:
            self.fields["ends"] = _what_becomes_of(self.regular)
            self.order_fields([c.INSTITUTION, c.POSITION, c.BASIS, "ends", c.STARTS_ON, c.STAFF_NUMBER, c.RANK])
            if answers:
                self.initial["ends"] = str(answers.post) if str(answers.post) in self.regular else GOES_ON

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        there, is_acting = self._there(data), data[c.BASIS] == ACTING
        if there and (is_acting or any(post.basis == REGULAR for post in there)):
            self.add_error(c.POSITION, _("The person holds this post already."))
        ends = data.get("ends", "")
        self.ends = self.regular.get(ends)
        if is_acting and self.ends:
            self.add_error("ends", _("Whoever acts keeps the present post. Choose that it goes on, or a regular post."))
        if self.regular and not is_acting and not ends:
            self.add_error("ends", _("Say what becomes of the present post."))
        self.home = home_of(self.scope, self.place, *(post.institution for post, _row in self._beside(data)))
        if self.home is None:
            self.add_error("ends", _("The present post lies under another role of yours. It can end here, not go on."))
        return data

    def _there(self, data):
        """The posts that the person holds in the same place."""
        value = data[c.POSITION]
        return [p for p in self.open if p.institution_id == self.place.pk and position_value(p.position) == value]

    def _beside(self, data):
        """(post, row) of the posts that go on beside a regular one, and of an acting one that it takes over."""
        if data[c.BASIS] == ACTING:
            return
        for post in self.regular.values():
            if post != self.ends:
                yield post, row_of_post(post)
        if self.ends:
            day_before = self.fields[c.STARTS_ON].read(data[c.STARTS_ON]) - timedelta(days=1)
            over = {c.ENDS_ON: day_before.isoformat(), c.END_REASON: Post.EndReason.ACTING_OVER.value}
            yield from ((post, row_of_post(post) | over) for post in self._there(data))

    def entry(self):
        data = self.cleaned_data
        there = self._there(data)
        return Entry(
            form=Form.POST,
            key=data["key"],
            institution=self.home,
            row={c.REFERENCE: self.person.reference} | self.typed,
            beside=tuple(row for _post, row in self._beside(data)),
            by_name=names_of(self.person),
            person=self.person,
            post=self.ends or (there[0] if there else None),
        )


def _what_becomes_of(regular):
    """The question what becomes of regular posts where another one comes."""
    ends = [
        (key, _("It ends on the day before: %(post)s") % {"post": f"{post.position.label}, {post.institution.label}"})
        for key, post in regular.items()
    ]
    go_on = _("It goes on beside the new one") if len(regular) == 1 else _("All of them go on beside the new one")
    question = _("What becomes of the present post?")
    return choice_field("", [*ends, (GOES_ON, go_on)], missing=question, label=question, required=False)


class ChangePostForm(EntryForm):
    """What the register says of a post; an empty field would change nothing and is refused."""

    def __init__(self, *args, post, **kwargs):
        number = post.staff_number.number if post.staff_number_id else ""
        facts = {c.RANK: post.rank, c.STAFF_NUMBER: number, c.STARTS_ON: post.starts_on, c.BASIS: post.basis}
        facts |= {c.ENDS_ON: post.ends_on} if post.ends_on else {}
        super().__init__(*args, initial=facts, **kwargs)
        self.post = post
        missing = _("Choose the kind of post.")
        kept = {"required": _("What stands here can be corrected, not taken away.")}
        self.fields |= {
            c.RANK: _rank(required=bool(post.rank), error_messages=kept),
            c.STAFF_NUMBER: _number(required=bool(number), error_messages=kept),
            c.BASIS: choice_field(c.BASIS, Post.Basis.choices, missing=missing),
            c.STARTS_ON: _starts_on(),
        }
        if post.ends_on:
            self.fields[c.ENDS_ON] = day_field(c.ENDS_ON, error_messages={"required": _("Write the last day.")})

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        read = {key: self.fields[key].read(data[key]) for key in (c.STARTS_ON, c.ENDS_ON) if key in self.fields}
        moves = [key for key, day in read.items() if day != getattr(self.post, key)]
        if len(moves) > 1:
            self.add_error(c.ENDS_ON, _("Correct one of the two days first, then the other."))
        if c.STARTS_ON in moves and data[c.BASIS] != self.post.basis:
            self.add_error(c.STARTS_ON, _("Correct the kind of post first, then the day."))
        return data

    def entry(self):
        return _about(self.post, Form.CHANGE, self)


class EndPostForm(EntryForm):
    """The last day of a post, and why it ends."""

    def __init__(self, *args, post, **kwargs):
        facts = {c.ENDS_ON: post.ends_on, c.END_REASON: post.end_reason} if post.ends_on else {}
        super().__init__(*args, initial=facts, **kwargs)
        self.post = post
        reasons = [(each.value, each.label) for each in post.end_reasons]
        self.fields |= {
            c.ENDS_ON: day_field(c.ENDS_ON, error_messages={"required": _("Write the last day.")}),
            c.END_REASON: choice_field(c.END_REASON, reasons, missing=_("Choose why the post ended.")),
        }

    def entry(self):
        return _about(self.post, Form.END, self)


class PersonForm(EntryForm):
    """Name in both scripts, sex and date of birth; post is one of the person's, which the row names."""

    def __init__(self, *args, person, post, **kwargs):
        facts = {key: getattr(person, key) for key in (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE)}
        super().__init__(*args, initial=facts, **kwargs)
        self.post = post
        self.fields |= dict(_names())
        self.fields[c.BIRTH_DATE].required = person.birth_date is not None

    def entry(self):
        return _about(self.post, Form.PERSON, self)


def _about(post, kind, form):
    """The entry of a row about a post of the register and its person."""
    return Entry(
        form=kind,
        key=form.cleaned_data["key"],
        institution=home_of(form.scope, post.institution),
        row=row_of_post(post) | form.typed,
        person=post.person,
        post=post,
    )
