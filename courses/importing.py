"""What a file would do to a bank: questions made, questions changed, what is wrong. Nothing is written here."""

from collections import Counter
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from courses.formats import Note, Outgoing
from courses.models import Question
from courses.models.catalogue import latest_versions
from courses.question_types import Content, Type, choices, content_of, normal, option_ids, problems, worth
from courses.ties import Ties, TieUnknown

IDS = UUID("3f0c6a51-6c3f-5f3e-9a52-6f2a4f6b8c1d")


@dataclass(frozen=True)
class Step:
    """One question of the file and what becomes of it."""

    line: int
    content: Content
    facts: dict
    key: UUID | None = None
    question: Question | None = None
    is_changed: bool = True

    @property
    def changes(self):
        return self.question is None or self.is_changed


@dataclass
class Plan:
    """Everything that a file would do; with problems, nothing is done."""

    steps: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

    @property
    def created(self):
        return sum(1 for step in self.steps if step.question is None)

    @property
    def changed(self):
        return sum(1 for step in self.steps if step.question is not None and step.is_changed)

    @property
    def unchanged(self):
        return sum(1 for step in self.steps if not step.changes)


def plan_import(bank, reading, *, language, day):
    """The plan of a file that was read into the bank; six queries whatever its length."""
    bench = _Bench(bank, language, day, reading.is_whole)
    plan = Plan(problems=list(reading.problems), left_out=list(reading.left_out))
    for line in _repeated(reading.drafts, bench):
        plan.problems.append(Note(line, _("An earlier question of the file has the same id.")))
    for draft in reading.drafts:
        if draft.name and not draft.id:
            plan.left_out.append(Note(draft.line, _("the name “%(name)s”") % {"name": draft.name[:60]}))
        try:
            plan.steps.append(bench.step(draft))
        except _Wrong as wrong:
            plan.problems += [Note(draft.line, text) for text in wrong.args[0]]
    plan.problems.sort(key=lambda note: note.line)
    return plan


class _Wrong(Exception):
    """Sentences about one draft."""


def _repeated(drafts, bench):
    counts, lines = Counter(), []
    for draft in drafts:
        key = bench.key_of(draft)
        counts[key] += 1
        if key and counts[key] > 1:
            lines.append(draft.line)
    return lines


class _Bench:
    """The bank as it stands, to hold drafts against."""

    def __init__(self, bank, language, day, is_whole):
        self.bank, self.language, self.ties, self.is_whole = bank, language, Ties(bank, day), is_whole
        questions = list(Question.objects.filter(bank=bank).select_related("code", "lesson").order_by("pk"))
        self.newest = {version.question_id: version for version in latest_versions(questions)}
        self.by_key = {question.key: question for question in questions}
        self.by_stem = {}
        for question in questions:
            version = self.newest.get(question.pk)
            if version and question.retired_on is None:
                self.by_stem.setdefault((version.type, version.stem.get(language)), question)
        self.elsewhere = set(Question.objects.exclude(bank=bank).values_list("key", flat=True))

    def key_of(self, draft):
        """The uuid that an id of a file stands for, the same in every file for the same bank."""
        if not draft.id:
            return None
        try:
            return UUID(draft.id)
        except ValueError:
            return uuid5(IDS, f"{self.bank.slug}/{draft.id}")

    def step(self, draft):
        key = self.key_of(draft)
        if key in self.elsewhere:
            raise _Wrong([_("The question with this id belongs to another bank.")])
        question = self.by_key.get(key) if key else self.twin(draft)
        try:
            facts = self.ties.facts(draft.ties)
        except TieUnknown as unknown:
            raise _Wrong([str(unknown)]) from unknown
        version = self.newest.get(question.pk) if question else None
        content = draft.content
        if version and not self.is_whole:
            content = merged(normal(content_of(version)), content, self.language)
        if content is None:
            raise _Wrong([_mismatch(version, draft.content)])
        if found := problems(content):
            raise _Wrong(found)
        content = normal(content)
        changed = question is not None and (
            version is None
            or content != normal(content_of(version))
            or any(getattr(question, name) != value for name, value in facts.items())
        )
        return Step(draft.line, content, facts, key, question, changed)

    def twin(self, draft):
        """The question of the bank that a draft without an id is again: same type, same words in this language."""
        stem = draft.content.stem.get(self.language)
        return self.by_stem.get((draft.content.type, stem)) if stem else None


def _mismatch(version, content):
    if version.type != content.type:
        facts = {"here": Type(version.type).label, "there": Type(content.type).label}
        return _("The question in the bank has the type “%(here)s”, the one in the file “%(there)s”.") % facts
    facts = {"here": len(version.options), "there": len(content.options)}
    return (
        _(
            "The answers do not pair with those of the other language: %(here)s in the bank, %(there)s in the file. "
            "Change the question in the editor or with a workbook."
        )
        % facts
    )


def merged(old, new, language):
    """The old content with what the new one says, its languages filled in; None if the two do not pair.

    Parts pair by their place; in an order and in pairs, by what is right. What the new one does not say (feedback,
    another language) stays.
    """
    if old.type != new.type:
        return None
    renamed = _renamed(old, new, language)
    return _overlaid(old, renamed) if renamed else _alone(old, new, language)


def _alone(old, new, language):
    """The new content instead of the old one, if no other language is lost by that."""
    others = {code for words in (old.stem, old.feedback) for code in words} - {language}
    others |= {code for part in old.options for words in _all_words(part) for code in words} - {language}
    return None if others else new


def _all_words(part):
    return [part.get(name, {}) for name in ("text", "feedback", "accepted")]


def _renamed(old, new, language):
    """The new content with the ids of the old one; None if the numbers of parts differ."""
    if old.type == Type.SHORT and _flat(old, language) == _flat(new, language):
        return old  # other groups, the same answers
    if len(old.options) != len(new.options) or len(choices(old)) != len(choices(new)):
        return None
    if old.type == Type.ORDERING:
        names = dict(zip(new.key, old.key, strict=True))
        order = option_ids(old)
        options = sorted(_with_ids(new.options, names), key=lambda option: order.index(option["id"]))
        return replace(new, options=options, key=[names[each] for each in new.key])
    names = dict(zip(option_ids(new), option_ids(old), strict=True))
    options = _with_ids(new.options, names)
    if old.type != Type.MATCHING:
        return replace(new, options=options, key=[names[each] for each in new.key])
    paired = _paired_choices(old, new, names)
    if paired is None:
        return None
    order = [choice["id"] for choice in choices(old)]
    offered = sorted(_with_ids(choices(new), paired), key=lambda choice: order.index(choice["id"]))
    key = {names[item]: paired[choice] for item, choice in new.key.items()}
    return replace(new, options=options, key=key, details={"choices": offered})


def _with_ids(parts, names):
    return [part | {"id": names[part["id"]]} for part in parts]


def _paired_choices(old, new, names):
    """New choice id → old one: those of the same item, the rest in order; None if that is not one to one."""
    paired = {}
    for item, choice in new.key.items():
        if paired.setdefault(choice, old.key[names[item]]) != old.key[names[item]]:
            return None
    rest_new = [choice["id"] for choice in choices(new) if choice["id"] not in paired]
    rest_old = [choice["id"] for choice in choices(old) if choice["id"] not in paired.values()]
    if len(rest_new) != len(rest_old) or len(set(paired.values())) != len(paired):
        return None
    return paired | dict(zip(rest_new, rest_old, strict=True))


def _flat(content, language):
    """Every accepted text of a language with what it is worth and what is said to it."""
    rows = []
    for option in content.options:
        accepted = ["*"] if option.get("otherwise") else option["accepted"].get(language, [])
        said = option.get("feedback", {}).get(language, "")
        rows += [(text, worth(option, content.key), said) for text in accepted]
    return rows


def _overlaid(old, new):
    """The old content with every fact and text of the new one; both have the same ids."""
    parts = {part["id"]: part for part in new.options}
    options = [_overlaid_part(part, parts[part["id"]]) for part in old.options]
    details = {}
    for name, old_parts in old.details.items():
        by_id = {part["id"]: part for part in new.details[name]}
        details[name] = [_overlaid_part(part, by_id[part["id"]]) for part in old_parts]
    return Content(old.type, old.stem | new.stem, options, new.key, details, old.feedback | new.feedback)


def _overlaid_part(old, new):
    words = {name: old.get(name, {}) | new.get(name, {}) for name in ("text", "feedback", "accepted")}
    facts = {name: value for name, value in old.items() if name not in (*words, "credit", "otherwise")}
    facts |= {name: value for name, value in new.items() if name not in words}
    return facts | {name: value for name, value in words.items() if name in old or name in new}


def outgoing(questions, ties):
    """Questions with their newest versions as writers take them; those without a version are left out."""
    questions = list(questions)
    newest = {version.question_id: version for version in latest_versions(questions)}
    return [
        Outgoing(str(question.key), content_of(newest[question.pk]), ties.texts(question))
        for question in questions
        if question.pk in newest
    ]
