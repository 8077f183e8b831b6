"""The tile map of provinces: one tile a province, at the place the gazetteer gives it."""

from dataclasses import dataclass

from certification.coverage import Figures

WIDTH, HEIGHT, STEP_X, STEP_Y = 98, 90, 102, 94
CUT_POINTS = (0.30, 0.45, 0.60, 0.75)
LIGHT_LABEL_FROM = 3


@dataclass(frozen=True)
class Tile:
    """One province on the map: its place, its step of colour (None: nobody there) and its figures."""

    area: object
    figures: Figures
    x: float
    y: float
    step: int | None

    @property
    def label_class(self):
        return "t1" if self.step is not None and self.step >= LIGHT_LABEL_FROM else "t0"

    @property
    def centre(self):
        return self.x + WIDTH / 2

    @property
    def lines(self):
        """The name in one or two lines, each with its place from the top."""
        words = self.area.label.split(" ", 1)
        tops = (64,) if len(words) == 1 else (60, 78)
        return [(word, self.y + top) for word, top in zip(words, tops, strict=True)]

    @property
    def share_top(self):
        return self.y + (40 if len(self.lines) == 1 else 36)

    @property
    def code_top(self):
        return self.y + 74


def step_of(share):
    """The step of colour of a share between 0 and 1: 0 below 30 %, 4 from 75 % on; None without people."""
    if share is None:
        return None
    return sum(1 for cut in CUT_POINTS if share >= cut)


def tiles(areas, by_province):
    """A tile for each area that has a place on the map."""
    placed = [area for area in areas if area.tile_column is not None]
    return [_tile(area, by_province.get(area.code, Figures())) for area in placed]


def _tile(area, figures):
    x, y = area.tile_column * STEP_X + 0.5, area.tile_row * STEP_Y + 0.5
    return Tile(area, figures, x, y, step_of(figures.certified_share))


def view_box(drawn):
    """The size of the drawing that holds all tiles."""
    right = max((tile.x for tile in drawn), default=0) + WIDTH + 0.5
    bottom = max((tile.y for tile in drawn), default=0) + HEIGHT + 0.5
    return f"0 0 {right:g} {bottom:g}"
