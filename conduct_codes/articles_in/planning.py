"""What a file would make of a page's draft. Pure: values in, a plan out.

An article is the same one if its number is the same: it keeps its key, and what the file does not say about it. The
number is looked for in the draft, else in the edition in force; of a translation, in the authoritative text.
"""

import hashlib
import json
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from conduct_codes.articles_in.draft import Note, normal_number, tidy
from institutions.templatetags.conduct import localnum

WORDS = ("heading", "text", "legal_basis", "plain_words")
FIELDS = ("number", "kind", "topic", "competence", *WORDS, "measures")
NEW = UUID(int=0)
"""What stands for the keys of new articles where a plan is judged: each load of the file would make others."""


@dataclass(frozen=True)
class Standing:
    """What an import is judged against: key → values of the draft, of the edition in force, of the law's draft.

    law is None for an authoritative page; a translation takes its keys from there.
    """

    draft: dict
    in_force: dict = field(default_factory=dict)
    law: dict | None = None
    preamble: str = ""


@dataclass
class Plan:
    """The articles as they would be: key → values in order; new ones under keys that the caller made."""

    standing: Standing
    reading: object
    after: dict = field(default_factory=dict)
    preamble: str = ""
    new: set = field(default_factory=set)
    problems: list = field(default_factory=list)

    @property
    def missing(self):
        """Keys of the draft's articles that the file lacks; they stay unless somebody says that they go."""
        return [key for key in self.standing.draft if key not in self.after]

    def result(self, *, remove_missing):
        """Key → values of all articles once the plan is carried out; a missing one stays behind its predecessor."""
        if remove_missing or not self.missing:
            return dict(self.after)
        following, last = {}, None
        for key in self.standing.draft:
            if key in self.after:
                last = key
            else:
                following.setdefault(last, []).append(key)
        ordered = list(following.get(None, []))
        for key in self.after:
            ordered += [key, *following.get(key, [])]
        return {key: self.after.get(key) or self.standing.draft[key] for key in ordered}

    def refusals(self, *, remove_missing):
        """Why the plan cannot be carried out in this way; none if it can."""
        return self.problems or self._unlike_law(list(self.result(remove_missing=remove_missing)))

    def changes_something(self, *, remove_missing):
        result = self.result(remove_missing=remove_missing)
        before = self.standing.draft
        return list(result.items()) != list(before.items()) or self.preamble != self.standing.preamble

    @property
    def judged(self):
        """The SHA-256 of all that the plan was made from and of what it says, but for the keys of new articles."""
        said = [[NEW.hex if key in self.new else key, value] for key, value in self.after.items()]
        law = list(self.standing.law) if self.standing.law is not None else None
        whole = [list(self.standing.draft.items()), law, self.standing.preamble, said, self.preamble]
        notes = [[note.line, note.text] for note in self.problems]
        content = json.dumps([whole, notes], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()

    def _unlike_law(self, keys):
        law = self.standing.law
        if law is None or keys == list(law):
            return []
        numbers = {key: value["number"] for key, value in {**self.after, **self.standing.draft, **law}.items()}
        notes = [
            Note(
                0,
                _("The authoritative text has article %(number)s, and the translation would lack it.")
                % _of(numbers[key]),
            )
            for key in law
            if key not in keys
        ]
        notes += [
            Note(
                0,
                _("The translation would have article %(number)s, which the authoritative text lacks.")
                % _of(numbers[key]),
            )
            for key in keys
            if key not in law
        ]
        return notes or [
            Note(0, _("The translation would have its articles in another order than the authoritative text."))
        ]


def _of(number):
    return {"number": localnum(number)}


def plan_import(reading, standing, *, new_key):
    """The plan of a reading; new_key() makes the key of each article that is new."""
    plan = Plan(standing, reading, preamble=standing.preamble, problems=list(reading.problems))
    if reading.preamble is not None and tidy(reading.preamble) != tidy(standing.preamble):
        plan.preamble = reading.preamble
    keys = _Keys(standing)
    plan.problems += [
        Note(0, _("The number %(number)s stands twice in the draft. Mend that in the editor first.") % _of(number))
        for number in keys.twice
    ]
    taken = {keys.of_draft.get(article.number) for article in reading.articles}
    for article in reading.articles:
        key = keys.of_draft.get(article.number)
        if key is None and keys.of_edition.get(article.number) not in (None, *taken):
            key = keys.of_edition[article.number]
        if key is None or key in plan.after:
            key = str(new_key())
            plan.new.add(key)
        plan.after[key] = _merged(keys.base(key), article)
    return plan


class _Keys:
    """Number → key, as the draft has it (of a translation: the authoritative draft), else the edition in force."""

    def __init__(self, standing):
        self.standing = standing
        pairing = standing.draft if standing.law is None else standing.law
        self.of_draft, self.twice = _by_number(pairing)
        self.of_edition = {} if standing.law is not None else _by_number(standing.in_force)[0]

    def base(self, key):
        """What is known of the article: its own draft, else the law's facts without words, else the edition."""
        if key in self.standing.draft:
            return self.standing.draft[key]
        if self.standing.law and key in self.standing.law:
            return {**self.standing.law[key], **dict.fromkeys(WORDS, "")}
        return self.standing.in_force.get(key)


def _by_number(values):
    keys, twice = {}, []
    for key, value in values.items():
        number = normal_number(value["number"])
        if number and number in keys:
            twice.append(number)
        elif number:
            keys[number] = key
    return keys, twice


def _merged(base, article):
    """The values of an article: what the file says; what it says in other blanks alone stays as it was."""
    base = base or {**dict.fromkeys(FIELDS, ""), "number": article.number, "measures": []}
    value = dict(base)
    if normal_number(base["number"]) != article.number:
        value["number"] = article.number
    for name, text in {"heading": article.heading, "text": article.text, **article.said}.items():
        if name == "measures":
            value[name] = base[name] if _plain(base[name]) == _plain(text) else text
        elif name in WORDS:
            value[name] = base[name] if spoken(base[name]) == spoken(text) else text
        else:
            value[name] = base[name] if (base[name] or "") == text else text
    return value


def spoken(text):
    """A text without what no file keeps: signs that XML forbids, blanks around it, the kind of line end."""
    return tidy(
        "".join(sign for sign in text or "" if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
    )


def _plain(measures):
    return [(row["seriousness"], row["repetition"], row["measure"]) for row in measures]
