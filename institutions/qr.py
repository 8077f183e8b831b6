"""QR codes as shapes: inline in a page, as a picture, or as modules for a printed certificate."""

import io
from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4


def svg(data: str, *, label: str = "") -> SafeString:
    """An <svg> to put into a page: one path in the colour of the text, no style attribute; label is its name."""
    modules = _modules(data)
    size = len(modules) + 2 * QUIET_ZONE
    name = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges"{1}>'
        '<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path fill="#000" d="{2}"/></svg>',
        size,
        name,
        _path(modules),
    )


def png(data: str, *, scale: int = 8) -> bytes:
    """The same code as a PNG picture, scale pixels a module."""
    picture = io.BytesIO()
    _code(data).save(picture, kind="png", scale=scale, border=QUIET_ZONE)
    return picture.getvalue()


def rows(data: str) -> str:
    """The modules as text, rows of 0 and 1 joined by "/": what a typst template draws without a picture."""
    return "/".join("".join("1" if dark else "0" for dark in row) for row in _modules(data))


def _code(data: str) -> segno.QRCode:
    # Level M survives a stamp or a fold; a micro code would not be read by every phone.
    return segno.make_qr(data, error="m")


def _modules(data: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in _code(data).matrix]


def _path(modules: list[list[bool]]) -> str:
    """One rectangle for every run of dark modules."""
    path = []
    for y, row in enumerate(modules, start=QUIET_ZONE):
        x = QUIET_ZONE
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    return "".join(path)
