"""Where a row says that somebody serves: an institution and a position, each by code, name or alias. Pure."""

from institutions.khmer import comparison_key
from institutions.people_in import columns as c
from institutions.people_in.reading import Problem


class Places:
    """Finds the institutions of the import's subtree and the positions of the reference list by what a row says."""

    def __init__(self, known):
        self.known = known
        self._found = {}

    def institution(self, said):
        """(its pk or None where the row says none, what is wrong or None)."""
        values = said.values
        for column in (c.INSTITUTION, c.INSTITUTION_NAME):
            if column in values:
                return self._once(("place", values[column]), lambda column=column: self._place(values[column], column))
        return None, None

    def position(self, said):
        """(its pk or None where the row says none, what is wrong or None)."""
        word, sector = said.values.get(c.POSITION), said.values.get(c.SECTOR)
        if word is None:
            return None, None
        return self._once(("position", word, sector), lambda: self._position(word, sector))

    def _once(self, key, find):
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def _place(self, word, column):
        if word.casefold() in self.known.by_code:
            return self.known.by_code[word.casefold()], None
        found = self.known.by_place_name.get(comparison_key(word), set())
        if len(found) == 1:
            return next(iter(found)), None
        return None, Problem("places_of_name" if found else "no_place", column, {"said": word[:60]})

    def _position(self, word, sector):
        found = set(self.known.by_position.get(comparison_key(word), ()))
        if sector is not None:
            sectors = self.known.by_sector.get(comparison_key(sector))
            if not sectors:
                return None, Problem("no_sector", c.SECTOR, {"said": sector[:60]})
            found = {pk for pk in found if self.known.positions[pk].sector_id in sectors}
        if len(found) > 1:  # a code counts before another position's name
            found = {pk for pk in found if self.known.positions[pk].slug == word.casefold()} or found
        if len(found) == 1:
            return next(iter(found)), None
        return None, Problem("positions_of_name" if found else "no_position", c.POSITION, {"said": word[:60]})
