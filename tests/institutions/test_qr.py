from xml.etree import ElementTree

import segno

from institutions import qr

URL = "https://conduct.example/v/7K2M-Q9XD-4TRB"


def drawn_modules(svg):
    """The dark modules of the path, read back as a matrix without the quiet zone."""
    root = ElementTree.fromstring(svg)
    size = int(root.get("viewBox").split()[2]) - 2 * qr.QUIET_ZONE
    matrix = [[0] * size for _row in range(size)]
    for run in root.findall("{http://www.w3.org/2000/svg}path")[1].get("d").strip("M").split("M"):
        place, rest = run.split("h", 1)
        x, y = map(int, place.split())
        for step in range(int(rest.split("v")[0])):
            matrix[y - qr.QUIET_ZONE][x - qr.QUIET_ZONE + step] = 1
    return matrix


def test_svg_draws_every_module():
    assert drawn_modules(qr.svg(URL)) == [list(row) for row in segno.make_qr(URL, error="m").matrix]


def test_svg_has_nothing_that_a_strict_page_refuses_and_escapes_its_label():
    svg = qr.svg("<b>", label='Check "SOK" <b>')
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == 'Check "SOK" <b>'
    names = {name for element in root.iter() for name in element.attrib}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]
    assert ElementTree.fromstring(qr.svg("x")).get("aria-hidden") == "true"


def test_png_is_a_picture_with_a_quiet_zone():
    picture = qr.png(URL, scale=2)
    assert picture.startswith(b"\x89PNG")
    size = len(segno.make_qr(URL, error="m").matrix) + 2 * qr.QUIET_ZONE
    assert int.from_bytes(picture[16:20]) == 2 * size


def test_rows_are_the_modules_as_text():
    rows = qr.rows(URL).split("/")
    assert rows == ["".join(str(module) for module in row) for row in segno.make_qr(URL, error="m").matrix]
