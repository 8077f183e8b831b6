"""The words and lists of the demo nation, read from the YAML files beside this package."""

import uuid
from copy import deepcopy
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "content"
LANGUAGES = ("km", "en")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://conduct.example/demo")


def stable_key(*parts):
    """The same uuid for the same thing in every load: an article, a question, a page and its translation."""
    return uuid.uuid5(_NAMESPACE, "/".join(map(str, parts)))


@cache
def read(name):
    """A file of the content folder, such as "topics.yaml". Shared: callers never change it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=loader)


def code_slugs():
    """The sectors that have a code, in the order of the sectors."""
    return [sector["slug"] for sector in read("sectors.yaml")["sectors"]]


def course_slugs():
    """The courses, the common one first."""
    names = sorted(path.name.removesuffix(".km.yaml") for path in (FOLDER / "courses").glob("*.km.yaml"))
    return sorted(names, key=lambda name: (name != "core", name))


def code(slug):
    """A code as it reads today: facts, and {"km": words, "en": words} for the code and for each of its articles."""
    facts, translation = read(f"codes/{slug}.km.yaml"), read(f"codes/{slug}.en.yaml")
    words = {article["number"]: article for article in translation["articles"]}
    plain = plain_words(slug)
    return {
        "sector": facts["sector"],
        "owner": facts["owner"],
        "regime": facts["regime"],
        "km": {"title": facts["title"], "preamble": facts["preamble"]},
        "en": {"title": translation["title"], "preamble": translation["preamble"]},
        "articles": [
            {
                "key": str(stable_key("article", slug, article["number"])),
                "was": article["number"],
                **{name: article[name] for name in ("number", "kind", "topic", "competence")},
                "measures": article.get("measures") or [],
                "km": _article_words(article, plain, "km"),
                "en": _article_words(words[article["number"]], plain, "en"),
            }
            for article in facts["articles"]
        ],
    }


def plain_words(slug):
    """Number of an article → its plain words in each language; empty for a code without a file of them."""
    return read(f"codes/{slug}.plain.yaml") if (FOLDER / f"codes/{slug}.plain.yaml").exists() else {}


def _article_words(article, plain, language):
    words = {name: article[name].strip() for name in ("heading", "text", "legal_basis")}
    return words | {"plain_words": plain.get(article["number"], {}).get(language, "")}


def editions_of(slug):
    """How a code came to read as it does, oldest first: (change class, summary or None, the code as it read then)."""
    today = code(slug)
    if not (FOLDER / f"codes/{slug}.earlier.yaml").exists():
        return [("substantive", None, today)]
    earlier = read(f"codes/{slug}.earlier.yaml")
    first, erratum = earlier["first_edition"], earlier.get("erratum")
    misprinted = _as_it_read(today, erratum["articles"]) if erratum else today
    editions = [
        ("substantive", None, _as_it_read(misprinted, first["articles"], without=first["added_since"])),
        ("substantive", first["summary"], misprinted),
    ]
    if erratum:
        editions.append(("erratum", erratum["summary"], today))
    return editions


def _as_it_read(later, articles, without=()):
    """The code before the changes: other words in some articles, some articles missing, numbers without gaps."""
    then = deepcopy(later)
    then["articles"] = [article for article in then["articles"] if article["was"] not in without]
    changed = {article["number"]: article for article in articles}
    for number, article in enumerate(then["articles"], start=1):
        article["number"] = number
        for language in LANGUAGES:
            words = changed.get(article["was"], {}).get(language, {})
            article[language].update({name: text.strip() for name, text in words.items()})
            if words:
                article[language]["plain_words"] = ""  # they explain the text in force, not this one
    return then


def course(slug):
    """A course: facts, and {"km": words, "en": words} for the course, its lessons and its questions."""
    facts, translation = read(f"courses/{slug}.km.yaml"), read(f"courses/{slug}.en.yaml")
    lessons = {lesson["slug"]: lesson for lesson in translation["lessons"]}
    questions = {question["id"]: question for question in translation["questions"]}
    return {
        "slug": slug,
        "sector": facts["sector"],
        "km": {"title": facts["title"], "summary": facts["summary"]},
        "en": {"title": translation["title"], "summary": translation["summary"]},
        "lessons": [
            {
                "slug": lesson["slug"],
                "minutes": lesson["minutes"],
                "km": _lesson_words(lesson),
                "en": _lesson_words(lessons[lesson["slug"]]),
            }
            for lesson in facts["lessons"]
        ],
        "questions": [_question(question, questions[question["id"]]) for question in facts["questions"]],
    }


def further_questions(slug):
    """Questions of other types than one right answer for a course, both languages side by side; none without a file."""
    name = f"questions/{slug}.yaml"
    return read(name) if (FOLDER / name).exists() else []


def lesson_parts(slug, lesson):
    """What a lesson holds after its text, both languages side by side; none without a file."""
    name = f"lesson_parts/{slug}.yaml"
    return read(name).get(lesson, []) if (FOLDER / name).exists() else []


def _lesson_words(lesson):
    return {name: lesson[name] for name in ("title", "body", "remember")}


def _question(facts, translation):
    options = {option["id"]: option for option in translation["options"]}
    return {
        "id": facts["id"],
        "lesson": facts["lesson"],
        "topic": facts.get("topic", ""),
        "article": facts.get("article"),
        "competence": facts["competence"],
        "answer": facts["answer"],
        "stem": {"km": facts["stem"].strip(), "en": translation["stem"].strip()},
        "options": [
            {
                "id": option["id"],
                **{
                    name: {"km": option[name].strip(), "en": options[option["id"]][name].strip()}
                    for name in ("text", "feedback")
                },
            }
            for option in facts["options"]
        ],
    }
