"""What a learner is shown after handing in: each answer with its feedback and the article to read again."""

from dataclasses import dataclass, field

from django.utils.translation import get_language

from conduct_codes.citations import Citation, Reference, cite
from courses import marking
from courses.answers import matched_option, walk, write_number
from courses.models.catalogue import language_of
from courses.question_types import Type
from institutions.khmer import to_khmer_digits


@dataclass(frozen=True)
class Line:
    """One part of an answer: its words, and the item or the step that it belongs to."""

    text: dict
    item: dict | None = None


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question of a closed attempt; right and general stay empty until the quiz is passed."""

    position: int
    stem: dict
    given: list
    feedback: list
    is_right: bool
    is_partly_right: bool
    is_ordered: bool = False
    citation: Citation | None = None
    right: list = field(default_factory=list)
    general: dict = field(default_factory=dict)


def review(attempt, *, person, day, reveal):
    """Every question of a closed attempt as its learner may see it; reveal only after the quiz is passed."""
    drawn = list(attempt.questions.select_related("version__question").order_by("position"))
    references = {row.pk: _reference(row.version.question) for row in drawn}
    citations = cite(references.values(), person=person, day=day)
    return [reviewed(row.version, row.answer, row.position, citations.get(references[row.pk]), reveal) for row in drawn]


def _reference(question):
    return Reference(question.code_id, question.article_key, question.topic)


def reviewed(version, answer, position, citation, reveal):
    """One question with an answer as its learner may see them."""
    credit = marking.credit(version, answer)
    return ReviewedQuestion(
        position=position,
        stem=version.stem,
        given=given_lines(version, answer),
        feedback=_feedback(version, answer),
        is_right=credit == 1,
        is_partly_right=0 < credit < 1,
        is_ordered=version.type in (Type.ORDERING, Type.SCENARIO),
        citation=citation,
        right=given_lines(version, right_answer(version)) if reveal and credit != 1 else [],
        general=version.feedback if reveal else {},
    )


def given_lines(version, answer):
    """An answer in words, line by line; none if there is no answer."""
    if not answer:
        return []
    if version.type in (Type.SINGLE, Type.TRUE_FALSE):
        return [Line(version.option(answer)["text"])]
    if version.type == Type.MATCHING:
        return [
            Line(version.choice(answer[item["id"]])["text"], item["text"])
            for item in version.options
            if item["id"] in answer
        ]
    if version.type == Type.SCENARIO:
        return [Line(option["text"], step["text"]) for step, option in walk(version, answer)[0]]
    if version.type in (Type.NUMERIC, Type.SHORT):
        return [Line({get_language(): _typed(version, answer)})]
    return [Line(version.option(option_id)["text"]) for option_id in answer]


def _typed(version, answer):
    if version.type == Type.SHORT:
        return answer
    number = write_number(answer, get_language())
    return to_khmer_digits(number) if get_language() == "km" else number


def right_answer(version):
    """An answer that earns the whole mark, as courses.answers has it; a short one in the language of the page."""
    if version.type in (Type.SINGLE, Type.TRUE_FALSE):
        return version.key[0]
    if version.type in (Type.MULTIPLE, Type.ORDERING, Type.MATCHING):
        return version.key
    if version.type == Type.SCENARIO:
        return _right_way(version)
    option = version.option(version.key[0])
    if version.type == Type.NUMERIC:
        return option["value"]
    accepted = option["accepted"]
    return accepted[language_of(accepted)][0]


def _right_way(version):
    path, step = [], walk(version, [])[1]
    while step:
        path.append(next(option_id for option_id in step["options"] if option_id in version.key))
        step = walk(version, path)[1]
    return path


def _feedback(version, answer):
    """The feedback of what was chosen; of a matching question, of the items that were matched wrongly."""
    if not answer or version.type == Type.ORDERING:
        return []
    if version.type in (Type.NUMERIC, Type.SHORT):
        options = [matched_option(version, answer)]
    elif version.type == Type.MATCHING:
        wrong = {item for item, choice in answer.items() if version.key[item] != choice}
        options = [option for option in version.options if option["id"] in wrong]
    else:
        chosen = [answer] if isinstance(answer, str) else answer
        options = [version.option(option_id) for option_id in chosen]
    texts = [option.get("feedback") or {} for option in options if option]
    return [text for text in texts if any(text.values())]
