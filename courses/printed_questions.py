"""Questions on paper: as somebody answers them without a key, and the trainer's sheet with it."""

from random import Random

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import Question
from courses.models.catalogue import in_language, latest_versions
from courses.question_types import Type, choices, shuffled_ids, steps
from courses.review import given_lines, right_answer
from courses.templatetags.course_words import option_letter
from institutions.templatetags.conduct import localnum


def questions_of(course, day):
    """The newest version of each question that the course's quiz may draw, lesson by lesson; two queries."""
    questions = Question.objects.drawable_on(day).of_course(course.pk)
    versions = latest_versions(questions).select_related("question__lesson")
    return sorted(versions, key=lambda version: (_place(version.question), version.question.pk))


def _place(question):
    return question.lesson.order if question.lesson else 0


def without_key(versions):
    """Each question as {number, stem, lines, answers}; its order of answers is its own and tells nothing."""
    return [
        {
            "number": localnum(number),
            "stem": version.stem_in(),
            "lines": _lines(version),
            "answers": _answers(version),
            "writes": version.type in (Type.NUMERIC, Type.SHORT, Type.ORDERING, Type.MATCHING),
        }
        for number, version in enumerate(versions, start=1)
    ]


def _words(part):
    return in_language(part["text"])


def _shuffled(version, ids):
    ids = sorted(ids)
    Random(f"{version.question.key}").shuffle(ids)
    return ids


def _lettered(texts):
    return [f"{option_letter(place)}. {text}" for place, text in enumerate(texts, start=1)]


def _answers(version):
    """What may be ticked or matched to, with letters."""
    if version.type == Type.TRUE_FALSE:
        return _lettered(_words(version.option(each)) for each in ("true", "false"))
    if version.type in (Type.SINGLE, Type.MULTIPLE, Type.ORDERING):
        return _lettered(_words(version.option(each)) for each in _shuffled(version, shuffled_ids(version)))
    if version.type == Type.MATCHING:
        offered = {choice["id"]: choice for choice in choices(version)}
        return _lettered(_words(offered[each]) for each in _shuffled(version, offered))
    return []


def _lines(version):
    """What stands between the question and its answers: the items to match, or the steps of a scenario."""
    if version.type == Type.MATCHING:
        return [f"{_words(item)}: ______" for item in version.options]
    if version.type == Type.SCENARIO:
        lines = []
        for number, step in enumerate(steps(version), start=1):
            lines.append(f"{localnum(number)}. {_words(step)}")
            lines += [f"   ☐ {_words(version.option(each))}" for each in _shuffled(version, step["options"])]
        return lines
    return []


def with_key(versions):
    """Each question as {number, stem, right}: the lines of its right answer and what it is about."""
    return [
        {
            "number": localnum(number),
            "stem": version.stem_in(),
            "right": [_right_line(line) for line in given_lines(version, right_answer(version))],
            "about": _about(version.question),
        }
        for number, version in enumerate(versions, start=1)
    ]


def _right_line(line):
    text = in_language(line.text, get_language())
    return f"{in_language(line.item)} → {text}" if line.item else text


def _about(question):
    return _("Competence: %(name)s") % {"name": question.get_competence_display()} if question.competence else ""
