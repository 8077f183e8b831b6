"""Lessons are written in Markdown; the pages hold the few tags that their editor knows."""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import markdown

BLOCKS = {"h2", "h3", "p", "ul", "ol", "li", "blockquote"}
INLINE = {"strong": "b", "b": "b"}


class NotAllowed(ValueError):
    """The text uses something that a lesson page cannot hold."""


def rich_text(source):
    """The Markdown text as rich text of a lesson page. Refused where it uses more than headings, lists, bold, notes."""
    tree = ElementTree.fromstring(f"<body>{markdown.markdown(source.strip())}</body>")
    return "".join(_block(node) for node in tree)


def _block(node):
    if node.tag not in BLOCKS:
        raise NotAllowed(node.tag)
    if node.tag == "blockquote":
        return "".join(f"<blockquote>{_words(paragraph)}</blockquote>" for paragraph in node)
    if node.tag in ("ul", "ol"):
        return f"<{node.tag}>{''.join(f'<li>{_item(item)}</li>' for item in node)}</{node.tag}>"
    return f"<{node.tag}>{_words(node)}</{node.tag}>"


def _item(item):
    """A list item without the paragraph that Markdown puts into loose lists."""
    return " ".join(_words(child) for child in item) if len(item) and item[0].tag == "p" else _words(item)


def _words(node):
    parts = [escape(node.text or "")]
    for child in node:
        if child.tag not in INLINE:
            raise NotAllowed(child.tag)
        parts += [f"<{INLINE[child.tag]}>{_words(child)}</{INLINE[child.tag]}>", escape(child.tail or "")]
    return "".join(parts).strip("\n")
