"""The words of a lesson page as paragraphs for paper: rich text without its markup, and every other block in words."""

from bs4 import BeautifulSoup, NavigableString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from institutions.templatetags.conduct import localnum

PICTURE = "width-720|format-jpeg|jpegquality-60"
KINDS = {"h2": "heading", "h3": "subheading", "blockquote": "note"}


def rich(html):
    """Rich text as [{kind, runs | items}]; a run is [text, whether it is bold]."""
    found = []
    for node in BeautifulSoup(str(html), "html.parser").find_all(["h2", "h3", "p", "ul", "ol", "blockquote"]):
        if node.find_parent(["li", "blockquote", "p"]) and node.name not in ("ul", "ol"):
            continue
        if node.name in ("ul", "ol"):
            items = [_runs(item) for item in node.find_all("li", recursive=False)]
            found.append({"kind": "numbers" if node.name == "ol" else "points", "items": items})
        else:
            found.append({"kind": KINDS.get(node.name, "text"), "runs": _runs(node)})
    return found


def _runs(node):
    runs = []
    for text in node.find_all(string=True):
        if isinstance(text, NavigableString) and str(text):
            runs.append([str(text).replace("\n", " "), text.find_parent(["b", "strong"]) is not None])
    return runs


def plain(text, *, bold=False, kind="text"):
    """One line of text as a paragraph."""
    return {"kind": kind, "runs": [[str(text), bold]]}


def printed(parts, *, address):
    """Every part of a lesson as paragraphs; address makes the full address of what only a screen can show."""
    return [paragraph for part in parts for paragraph in _PRINT[part.block.block_type](part, address)]


def _text(part, _address):
    return rich(part.block.value)


def _image(part, _address):
    value = part.block.value
    if value["image"] is None:
        return []
    picture = value["image"].get_rendition(PICTURE)
    with picture.file.open("rb") as file:
        content = list(file.read())
    return [{"kind": "picture", "content": content, "description": value["description"], "caption": value["caption"]}]


def _played(part, address):
    value = part.block.value
    lines = [plain(value["title"], bold=True)]
    if value["file"]:
        lines.append(plain(_("To see or hear: %(address)s") % {"address": address(value["file"].url)}, kind="small"))
    return [*lines, *(rich(value["transcript"]) if value["transcript"] else [])]


def _reveal(part, _address):
    return [plain(part.block.value["question"], bold=True), *rich(part.block.value["answer"])]


def _checklist(part, _address):
    items = [[[line, False]] for _id, line in part.facts["lines"]]
    return [plain(part.block.value["title"], bold=True), {"kind": "boxes", "items": items}]


def _download(part, address):
    value = part.block.value
    link = address(value["file"].url) if value["file"] else ""
    return [plain(f"{value['title']}: {link}", kind="small")]


def _scenario(part, _address):
    scenes = [part.facts["first"], *part.facts["others"]] if part.facts else []
    numbers = {scene["id"]: number for number, scene in enumerate(scenes, start=1)}
    lines = [plain(part.block.value["title"], bold=True)]
    for scene in scenes:
        label = pgettext("a scene of a story on paper", "Scene %(number)s") % {"number": localnum(numbers[scene["id"]])}
        lines += [plain(label, kind="subheading"), *rich(scene["text"])]
        items = [[[f"{text} → {localnum(numbers[to])}", False]] for text, to in scene["choices"]]
        lines.append({"kind": "points", "items": items} if items else plain(_("The story ends here."), kind="small"))
    return lines


_PRINT = {
    "text": _text,
    "image": _image,
    "video": _played,
    "audio": _played,
    "reveal": _reveal,
    "checklist": _checklist,
    "scenario": _scenario,
    "download": _download,
}
