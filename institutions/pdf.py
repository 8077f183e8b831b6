"""PDF from typst templates: the same input gives the same bytes on every server."""

import json
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

FONT = "Noto Sans Khmer"
_ATTACHMENTS = "conduct-attachments"
# Stands after the template, so that its line numbers stay right in a message about an error.
_ATTACH = f"""
#for file in json(bytes(sys.inputs.at("{_ATTACHMENTS}"))) {{
  pdf.attach(file.name, bytes(file.content), mime-type: file.type, description: file.description, relationship: "data")
}}
""".encode()


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file inside the PDF, such as the signed credential of a certificate."""

    name: str
    content: bytes
    mime_type: str = "application/json"
    description: str = ""


def render(
    template: str | os.PathLike,
    inputs: Mapping[str, Any],
    *,
    at: datetime,
    attachments: Iterable[Attachment] = (),
    fonts: Sequence[str | os.PathLike] = (),
    standards: Sequence[str] = (),
) -> bytes:
    """The PDF of a typst template, dated at.

    The template finds a text as it is in sys.inputs.<key>; any other value is JSON there, for json(bytes(…)). Both are
    plain strings that typst never reads as markup, so a name cannot inject any. No font and no package of the system or
    the network is used; fonts names folders beside Noto Sans Khmer.
    """
    values = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in inputs.items()
    }
    values[_ATTACHMENTS] = json.dumps(
        [
            {"name": file.name, "content": list(file.content), "type": file.mime_type, "description": file.description}
            for file in attachments
        ]
    )
    path = Path(template).resolve()
    return _template(path, tuple(os.fspath(folder) for folder in fonts)).compile(values, at, list(standards))


class _Template:
    """One template with its kept compiler, which takes one caller at a time."""

    def __init__(self, path: Path, fonts: tuple[str, ...]):
        self.path = path
        self.lock = threading.Lock()
        self.compiler = typst.Compiler(root=path.parent, font_paths=_fonts(fonts), ignore_system_fonts=True)

    def compile(self, values: dict[str, str], at: datetime, standards: list[str]) -> bytes:
        # The template goes in as bytes each time: a compiler forgets bytes that it was created with.
        source = self.path.read_bytes() + _ATTACH
        moment = at.astimezone(UTC).replace(microsecond=0)
        with self.lock:
            return self.compiler.compile(
                input=source, format="pdf", sys_inputs=values, timestamp=moment, pdf_standards=standards
            )


_templates: dict[tuple[Path, tuple[str, ...]], _Template] = {}
_templates_lock = threading.Lock()


def _template(path: Path, fonts: tuple[str, ...]) -> _Template:
    with _templates_lock:
        if (path, fonts) not in _templates:
            _templates[path, fonts] = _Template(path, fonts)
        return _templates[path, fonts]


@lru_cache(maxsize=8)
def _fonts(folders: tuple[str, ...]) -> typst.Fonts:
    own = os.fspath(fontpkg.path(FONT).parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[own, *folders])


def _forget() -> None:
    """A forked process starts anew: the compiler's threads and a lock held by another thread stay behind."""
    global _templates_lock
    _templates_lock = threading.Lock()
    _templates.clear()
    _fonts.cache_clear()


os.register_at_fork(after_in_child=_forget)
