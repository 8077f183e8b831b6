"""A whole question of each type, in both languages, as content; and one in a bank."""

from courses.models import Question, QuestionVersion
from courses.question_types import Content
from tests.factories.people import moment, number


def both(english, khmer=None):
    return {"en": english, "km": khmer or f"ខ្មែរ {english}"}


def option(option_id, words=None, **more):
    feedback = both(f"Feedback {option_id}")
    return {"id": option_id, **({"text": both(words)} if words else {}), "feedback": feedback, **more}


def content_of_type(kind, mark=""):
    """A question of the type; mark makes its words its own."""
    return CONTENTS[kind](mark)


def _offered(kind, key):
    def make(mark):
        options = [option(letter, f"Answer {letter}{mark}") for letter in "abcd"]
        return Content(kind, both(f"Stem {kind}{mark}"), options, key, {}, both("General"))

    return make


def _true_false(mark):
    return Content("truefalse", both(f"Sentence{mark}"), [option("true"), option("false")], ["true"])


def _matching(mark):
    items = [option(each, f"Item {each}{mark}") for each in ("1", "2", "3")]
    offered = [{"id": each, "text": both(f"Choice {each}{mark}")} for each in ("x", "y", "z", "w")]
    return Content("matching", both(f"Match{mark}"), items, {"1": "x", "2": "y", "3": "z"}, {"choices": offered})


def _ordering(mark):
    items = [{"id": each, "text": both(f"Line {each}{mark}")} for each in "abcd"]
    return Content("ordering", both(f"Order{mark}"), items, ["c", "a", "d", "b"])


def _numeric(mark):
    answers = [option("a", value="1.5", tolerance="0.5"), option("b", value="15", tolerance="0", credit=50)]
    return Content("numeric", both(f"How many{mark}"), [*answers, option("c", otherwise=True)], ["a"])


def _short(mark):
    answers = [
        option("a", accepted={"en": ["hotline", "the hotline"], "km": ["ខ្សែទូរស័ព្ទបន្ទាន់"]}),
        option("b", accepted={"en": ["phone"], "km": ["ទូរស័ព្ទ"]}, credit=50),
    ]
    return Content("short", both(f"Whom{mark}"), [*answers, option("c", otherwise=True)], ["a"])


def _scenario(mark):
    steps = [
        {"id": "s1", "text": both(f"First{mark}"), "options": ["a", "b"]},
        {"id": "s2", "text": both(f"Detour{mark}"), "options": ["c", "d"]},
        {"id": "s3", "text": both(f"Last{mark}"), "options": ["e", "f"]},
    ]
    ways = {"a": "s3", "b": "s2", "c": "s3", "d": None, "e": None, "f": None}
    options = [option(each, f"Do {each}{mark}", next=after) for each, after in ways.items()]
    return Content("scenario", both(f"Story{mark}"), options, ["a", "c", "e"], {"steps": steps})


CONTENTS = {
    "single": _offered("single", ["a"]),
    "multiple": _offered("multiple", ["a", "c"]),
    "truefalse": _true_false,
    "matching": _matching,
    "ordering": _ordering,
    "numeric": _numeric,
    "short": _short,
    "scenario": _scenario,
}

RIGHT = {
    "single": "a",
    "multiple": ["a", "c"],
    "truefalse": "true",
    "matching": {"1": "x", "2": "y", "3": "z"},
    "ordering": ["c", "a", "d", "b"],
    "numeric": "1.5",
    "short": "Hotline",
    "scenario": ["a", "e"],
}
WRONG = {
    "single": "b",
    "multiple": ["b"],
    "truefalse": "false",
    "matching": {"1": "y", "2": "x", "3": "w"},
    "ordering": ["b", "d", "a", "c"],
    "numeric": "9",
    "short": "nobody",
    "scenario": ["b", "d"],
}


def make_question(bank, content, **facts):
    """A question of the bank with this content as its first version, about a topic unless the facts say otherwise."""
    facts = {"topic": "reporting", "competence": "report"} | facts
    question = Question.objects.create(bank=bank, **facts)
    QuestionVersion.objects.create(question=question, written_at=moment(), **vars(content))
    return question


def make_all_types(bank, mark=None):
    """A question of every type in the bank, by type."""
    mark = f" {number()}" if mark is None else mark
    return {kind: make_question(bank, content_of_type(kind, mark)) for kind in CONTENTS}
