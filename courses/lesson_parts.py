"""A lesson page as its templates read it: one part a block, with what the block needs looked up beforehand."""

from dataclasses import dataclass, field
from uuid import UUID

from conduct_codes.citations import Reference, cite
from conduct_codes.models import Code
from courses.file_kinds import kind_of

WIDTHS = (360, 720, 1080)
FIRST_WIDTHS = (360, 540)  # of a picture that every visit fetches, however sharp the screen
SIZES = "(min-width: 46rem) 44rem, 100vw"
RENDITION = "width-{}|format-webp|webpquality-60"


@dataclass
class Part:
    """One block with the place it has among those of its kind, from 1."""

    block: object
    place: int
    is_first: bool
    facts: dict = field(default_factory=dict)

    @property
    def template(self):
        return f"courses/lesson_parts/{self.block.block_type}.html"


def parts_of(words, *, person, day):
    """The parts of a lesson page; what a scenario cites is quoted from the code of the person, if there is one."""
    places, parts = {}, []
    for number, block in enumerate(words.body):
        places[block.block_type] = places.get(block.block_type, 0) + 1
        parts.append(Part(block, places[block.block_type], number == 0))
    cited = _citations(parts, person, day)
    for part in parts:
        describe = _DESCRIBE.get(part.block.block_type)
        if describe:
            part.facts = describe(part, cited)
    return parts


def checklists(words):
    """Block id → the ids of its lines, for each checklist of a lesson page (or None)."""
    if words is None:
        return {}
    return {block.id: [line.id for line in _lines(block)] for block in words.body if block.block_type == "checklist"}


def _lines(block):
    return block.value["lines"].bound_blocks


def _citations(parts, person, day):
    """What the scenes cite → the article; no query where nothing is cited."""
    asked = {
        scene["article"]
        for part in parts
        if part.block.block_type == "scenario"
        for scene in part.block.value["scenes"]
        if scene["article"]
    }
    if not asked:
        return {}
    slugs = {text.partition(":")[0] for text in asked}
    codes = dict(Code.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    references = {text: _reference(text, codes) for text in asked}
    found = cite([reference for reference in references.values() if reference], person=person, day=day)
    return {text: found.get(reference) for text, reference in references.items()}


def _reference(text, codes):
    kind, _colon, key = text.partition(":")
    if kind == "topic":
        return Reference(topic=key)
    return Reference(code_id=codes[kind], article_key=UUID(key)) if kind in codes else None


def _image(part, _cited):
    image = part.block.value["image"]
    if image is None:
        return {}
    widths = FIRST_WIDTHS if part.is_first else WIDTHS
    made = image.get_renditions(*(RENDITION.format(width) for width in widths))
    by_width = {rendition.width: rendition for rendition in made.values()}
    srcset = ", ".join(f"{rendition.url} {width}w" for width, rendition in sorted(by_width.items()))
    return {"smallest": by_width[min(by_width)], "largest": by_width[max(by_width)], "srcset": srcset, "sizes": SIZES}


def _file(part, _cited):
    file = part.block.value["file"]
    return {"kind": kind_of(file.filename), "size": file.get_file_size()} if file else {}


def _scenario(part, cited):
    scenes = part.block.value["scenes"]
    numbers = {scene["key"]: number for number, scene in enumerate(scenes, start=1)}
    rows = [
        {
            "id": f"scene-{part.place}-{numbers[scene['key']]}",
            "text": scene["text"],
            "cited": cited.get(scene["article"]),
            "choices": [
                (choice["text"], f"scene-{part.place}-{numbers[choice['to']]}")
                for choice in scene["choices"]
                if choice["to"] in numbers
            ],
        }
        for scene in scenes
    ]
    # The first scene stands last: a style sheet can then hide it as soon as another one is the target.
    return {"first": rows[0], "others": rows[1:]} if rows else {}


def _checklist(part, _cited):
    return {"lines": [(line.id, line.value) for line in _lines(part.block)]}


_DESCRIBE = {
    "image": _image,
    "video": _file,
    "audio": _file,
    "download": _file,
    "scenario": _scenario,
    "checklist": _checklist,
}


def articles_cited(parts):
    """The articles that the scenarios among the parts cite, once each."""
    cited = []
    for part in parts:
        if part.block.block_type == "scenario" and part.facts:
            scenes = [part.facts["first"], *part.facts["others"]]
            cited += [scene["cited"] for scene in scenes if scene["cited"] and scene["cited"] not in cited]
    return cited
