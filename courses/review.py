"""What a learner is shown after handing in: each answer with its feedback and the article to read again."""

from dataclasses import dataclass, field

from conduct_codes.citations import Citation, Reference, cite
from courses import rules


@dataclass(frozen=True)
class ReviewedQuestion:
    """One question of a closed attempt; right_options stays empty until the quiz is passed."""

    position: int
    stem: dict
    chosen: dict
    feedback: dict
    is_right: bool
    citation: Citation | None = None
    right_options: list = field(default_factory=list)


def review(attempt, *, person, day, reveal):
    """Every question of a closed attempt as its learner may see it; reveal only after the quiz is passed."""
    drawn = list(attempt.questions.select_related("version__question").order_by("position"))
    references = {row.pk: _reference(row.version.question) for row in drawn}
    citations = cite(references.values(), person=person, day=day)
    return [_reviewed(row, citations.get(references[row.pk]), reveal) for row in drawn]


def _reference(question):
    return Reference(question.code_id, question.article_key, question.topic)


def _reviewed(row, citation, reveal):
    chosen = row.version.option(row.answer) if row.answer else {"text": {}}
    is_right = rules.is_right(row.answer, row.version.key)
    right = [row.version.option(option_id)["text"] for option_id in row.version.key] if reveal and not is_right else []
    return ReviewedQuestion(
        position=row.position,
        stem=row.version.stem,
        chosen=chosen["text"],
        feedback=chosen.get("feedback") or {},
        is_right=is_right,
        citation=citation,
        right_options=right,
    )
