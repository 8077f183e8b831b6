"""What changes a bank: questions written, retired, imported. A version is never changed; a new one follows it."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses import importing
from courses.models import Question, QuestionBank, QuestionVersion
from courses.question_types import content_of, normal, problems
from institutions.audit import record

FACTS = ("lesson", "code", "article_key", "topic", "competence")


class QuestionRefused(Exception):
    """The question cannot be asked like this; problems says why, sentence by sentence."""

    def __init__(self, sentences):
        self.problems = list(sentences)
        super().__init__(" ".join(self.problems))


class ImportRefused(Exception):
    """The file has problems, so nothing of it was taken; plan names them."""

    def __init__(self, plan):
        self.plan = plan
        super().__init__(_("The file has problems. Nothing was changed."))


@transaction.atomic
def write_question(*, bank, content, facts, at, by, question=None, key=None):
    """Write a new question, or a new version of one where its words or its key change; returns the question.

    facts: values of FACTS; those that are not given stay. key: the uuid of a new question, if it has one already.
    """
    _hold(bank)
    question = _write(bank, content, facts, at, question, key)
    record(verb="courses.write_question", subject=f"question:{question.pk}", at=at, by=by, bank=bank.slug)
    return question


def _hold(bank):
    QuestionBank.objects.select_for_update().get(pk=bank.pk)


def _write(bank, content, facts, at, question, key):
    found = problems(content)
    if found:
        raise QuestionRefused(found)
    content = normal(content)
    if question is None:
        question = Question.objects.create(bank=bank, **({"key": key} if key else {}), **facts)
    elif facts:
        for name, value in facts.items():
            setattr(question, name, value)
        question.save(update_fields=list(facts))
    newest = question.versions.order_by("-number").first()
    if newest is None or normal(content_of(newest)) != content:
        number = newest.number + 1 if newest else 1
        QuestionVersion.objects.create(question=question, number=number, written_at=at, **vars(content))
    return question


@transaction.atomic
def retire_question(*, question, day, at, by):
    """From the day on the question is not drawn any more; attempts that hold it keep it. Safe to repeat."""
    if question.retired_on is None:
        question.retired_on = day
        question.save(update_fields=["retired_on"])
        record(verb="courses.retire_question", subject=f"question:{question.pk}", at=at, by=by, bank=question.bank.slug)


@transaction.atomic
def return_question(*, question, at, by):
    """The question is drawn again."""
    if question.retired_on is not None:
        question.retired_on = None
        question.save(update_fields=["retired_on"])
        record(verb="courses.return_question", subject=f"question:{question.pk}", at=at, by=by, bank=question.bank.slug)


@transaction.atomic
def import_questions(*, bank, reading, language, day, at, by):
    """Take all questions of a file that was read into the bank, or none; returns the plan that was carried out.

    Raises ImportRefused with the plan if anything is wrong in it.
    """
    _hold(bank)
    plan = importing.plan_import(bank, reading, language=language, day=day)
    if plan.problems:
        raise ImportRefused(plan)
    for step in plan.steps:
        if step.changes:
            _write(bank, step.content, step.facts, at, step.question, step.key)
    record(
        verb="courses.import_questions",
        subject=f"bank:{bank.pk}",
        at=at,
        by=by,
        bank=bank.slug,
        created=plan.created,
        changed=plan.changed,
    )
    return plan
