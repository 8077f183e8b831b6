"""The parts of demo lessons beside their text, as raw blocks of a lesson page in one language."""

from conduct_site.nation import content
from conduct_site.nation.markup import rich_text


def lesson_body(course, lesson, words, language):
    """The blocks of a lesson page: its text, then what content/lesson_parts holds for it."""
    parts = content.lesson_parts(course, lesson)
    blocks = [_MAKE[part["type"]](part, language, (course, lesson, place)) for place, part in enumerate(parts)]
    keys = [str(content.stable_key("part", course, lesson, place)) for place in range(len(parts))]
    made = [
        {"type": part["type"], "id": key, "value": value} for part, key, value in zip(parts, keys, blocks, strict=True)
    ]
    return [{"type": "text", "value": rich_text(words["body"])}, *made]


def _item(value, *names):
    return {"type": "item", "id": str(content.stable_key("item", *names)), "value": value}


def _reveal(part, language, _names):
    return {"question": part["question"][language], "answer": rich_text(part["answer"][language])}


def _checklist(part, language, names):
    lines = [_item(line[language], *names, place) for place, line in enumerate(part["lines"])]
    return {"title": part["title"][language], "lines": lines}


def _scenario(part, language, names):
    scenes = []
    for scene in part["scenes"]:
        choices = [
            _item({"text": choice[language], "to": choice["to"]}, *names, scene["key"], place)
            for place, choice in enumerate(scene["choices"])
        ]
        facts = {
            "key": scene["key"],
            "text": rich_text(scene["text"][language]),
            "article": f"topic:{scene['topic']}" if "topic" in scene else "",
            "choices": choices,
        }
        scenes.append(_item(facts, *names, scene["key"]))
    return {"title": part["title"][language], "scenes": scenes}


_MAKE = {"reveal": _reveal, "checklist": _checklist, "scenario": _scenario}
