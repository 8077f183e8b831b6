"""What a reading would do to what is there: pure, in any order of rows. Every row gets a verdict and its reasons."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions.templatetags.conduct import localnum
from institutions.tree_in.form import AREAS, FORMS, INSTITUTIONS, POSITIONS, SECTORS
from institutions.tree_in.reading import Entry, Problem
from institutions.tree_rules import fits_below, misfit

ADD, CHANGE, UNCHANGED, ERROR = "add", "change", "unchanged", "error"
VERDICTS = (ADD, CHANGE, UNCHANGED, ERROR)


@dataclass
class Known:
    """What the database holds, by form and then by the name of the row; and until when somebody serves where."""

    rows: dict = field(default_factory=lambda: {form.key: {} for form in FORMS})
    served_until: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """A row with its verdict and the values that it would write."""

    entry: Entry
    verdict: str
    values: dict


@dataclass(frozen=True)
class Plan:
    """Every row judged, and every problem in the order of the workbook."""

    rows: tuple[Judged, ...]
    problems: tuple[Problem, ...]

    def of(self, form, *verdicts):
        return [row for row in self.rows if row.entry.form is form and row.verdict in verdicts]

    def counts(self):
        """Form → verdict → how many rows."""
        found = Counter((row.entry.form.key, row.verdict) for row in self.rows)
        return {form.key: {verdict: found[form.key, verdict] for verdict in VERDICTS} for form in FORMS}


def plan_of(reading, known):
    """The plan of a reading against what is known."""
    problems, entries = list(reading.problems), {}
    unread = {(problem.sheet, problem.row, problem.column) for problem in problems}
    for form in FORMS:
        entries[form.key] = _named_once(reading.entries[form.key], problems, unread)
    changes = {
        (form.key, name): _changes(entry, known.rows[form.key].get(name))
        for form in FORMS
        for name, entry in entries[form.key].items()
    }
    for form in FORMS:
        for name, entry in entries[form.key].items():
            if name not in known.rows[form.key]:
                problems.extend(_missing(entry, unread))
    problems.extend(_places(entries, known))
    problems.extend(Tree(entries[INSTITUTIONS.key], known, changes).problems())
    wrong = {(problem.sheet, problem.row) for problem in problems}
    rows = []
    for form in FORMS:
        for entry in reading.entries[form.key]:
            values = changes.get((form.key, entry.name), {})
            there = entry.name in known.rows[form.key]
            verdict = (
                ERROR if (entry.sheet, entry.line) in wrong else (CHANGE if values else UNCHANGED) if there else ADD
            )
            rows.append(Judged(entry, verdict, values))
    return Plan(tuple(rows), tuple(sorted(set(problems))))


def _named_once(entries, problems, unread):
    """Name → its first entry; a row without a name or with one that came before is a problem."""
    named = {}
    for entry in entries:
        lacking = [key for key in entry.form.names if not entry.values.get(key)]
        problems.extend(_empty(entry, lacking, unread))
        if lacking:
            continue
        first = named.setdefault(entry.name, entry)
        if first is not entry:
            reason = _("This code stands in row %(row)s already.") % {"row": localnum(first.line)}
            problems.append(entry.problem(entry.form.names[-1], reason))
    return named


def _empty(entry, keys, unread):
    """A problem for each of these cells, but for one that holds something unreadable: that has its own already."""
    return [
        entry.problem(key, _("This cell must not be empty."))
        for key in keys
        if (entry.sheet, entry.line, entry.form.heading(key)) not in unread
    ]


def _changes(entry, there):
    """The values of the row that are not there yet; an empty cell takes nothing away."""
    said = {key: value for key, value in entry.values.items() if key not in entry.form.names}
    if there is None:
        return said
    return {key: value for key, value in said.items() if _tidy(there[key]) != _tidy(value)}


def _tidy(value):
    return " ".join(value.split()) if isinstance(value, str) else value


def _missing(entry, unread):
    wanted = [column.key for column in entry.form.fields if column.required and column.key not in entry.form.names]
    return _empty(entry, [key for key in wanted if key not in entry.values], unread)


def _places(entries, known):
    """What areas and positions stand on: the area above, the sector; and days in their order."""
    areas = known.rows[AREAS.key].keys() | entries[AREAS.key].keys()
    sectors = known.rows[SECTORS.key].keys() | entries[SECTORS.key].keys()
    for (code,), entry in entries[AREAS.key].items():
        if len(code) > 2 and (code[:-2],) not in areas:
            yield entry.problem("code", _("There is no area %(code)s above this one.") % {"code": code[:-2]})
        days = [_combined(entry, known, key) for key in ("valid_from", "valid_to")]
        if all(days) and days[1] < days[0]:
            yield entry.problem("valid_to", _("The last day lies before the first."))
    for (sector, _code), entry in entries[POSITIONS.key].items():
        if (sector,) not in sectors:
            yield entry.problem("sector", _("There is no sector %(code)s.") % {"code": sector})
    for entry in entries[INSTITUTIONS.key].values():
        area = entry.values.get("area")
        if area and (area,) not in areas:
            yield entry.problem("area", _("There is no area %(code)s.") % {"code": area})


def _combined(entry, known, key):
    there = known.rows[entry.form.key].get(entry.name) or {}
    return entry.values.get(key) or there.get(key)


class Tree:
    """The tree as it would be after the file: what is known with what the rows say laid over it."""

    def __init__(self, entries, known, changes):
        self.entries = {code: entry for (code,), entry in entries.items()}
        self.before = {code: facts for (code,), facts in known.rows[INSTITUTIONS.key].items()}
        self.served_until = known.served_until
        self.nodes = {code: dict(facts) for code, facts in self.before.items()}
        self.touched = set()
        for code, entry in self.entries.items():
            changed = changes[INSTITUTIONS.key, entry.name]
            self.nodes.setdefault(code, {}).update(changed)
            if changed or code not in self.before:
                self.touched.add(code)
        self.children = defaultdict(list)
        for code, facts in self.nodes.items():
            self.children[facts.get("parent", "")].append(code)

    def problems(self):
        for code in self.touched:
            entry = self.entries[code]
            yield from self._above(code, entry)
            yield from self._kind(code, entry)
            yield from self._closing(code, entry)

    def _root(self, code, nodes):
        """The code at the top, or None where the way up has no end or leads to nothing."""
        seen = set()
        while code in nodes and code not in seen:
            seen.add(code)
            above = nodes[code].get("parent", "")
            if not above:
                return code
            code = above
        return None

    def _above(self, code, entry):
        parent = self.nodes[code].get("parent", "")
        if parent and parent not in self.nodes:
            yield entry.problem("parent", _("There is no institution with the code %(code)s.") % {"code": parent})
        elif self._lies_below_itself(code):
            yield entry.problem("parent", _("The institution would lie below itself."))
        elif code in self.before and self._root(code, self.before) != self._root(code, self.nodes):
            yield entry.problem(
                "parent", _("It cannot move to another ministry: staff numbers belong to the ministry.")
            )

    def _lies_below_itself(self, code):
        seen, above = set(), self.nodes[code].get("parent", "")
        while above and above not in seen:
            if above == code:
                return True
            seen.add(above)
            above = self.nodes.get(above, {}).get("parent", "")
        return False

    def _kind(self, code, entry):
        """The kind fits below the parent, and what lies below and is not in the file still fits below it."""
        facts = self.nodes[code]
        parent = facts.get("parent", "")
        if not facts.get("kind") or (parent and parent not in self.nodes) or self._lies_below_itself(code):
            return
        above = self.nodes[parent].get("kind") if parent else None
        if parent and not above:
            return
        if not fits_below(facts["kind"], above):
            yield entry.problem("kind", misfit(facts["kind"], above))
        for below in self.children[code]:
            if below not in self.touched and not fits_below(self.nodes[below]["kind"], facts["kind"]):
                yield entry.problem("kind", misfit(self.nodes[below]["kind"], facts["kind"]))
                break

    def _closing(self, code, entry):
        facts = self.nodes[code]
        opened, closed, successor = (facts.get(key) for key in ("opened_on", "closed_on", "successor"))
        if opened and closed and closed <= opened:
            yield entry.problem("closed_on", _("It would be closed before it was opened."))
        if successor:
            yield from self._successor(code, entry, successor)
        above = self.nodes.get(facts.get("parent", ""), {}).get("closed_on")
        if above and not closed:
            yield entry.problem("parent", _("The institution above is closed."))
        if closed:
            yield from self._still_open(code, entry, closed)

    def _successor(self, code, entry, successor):
        if successor not in self.nodes:
            yield entry.problem("successor", _("There is no institution with the code %(code)s.") % {"code": successor})
        elif not self.nodes[code].get("closed_on"):
            yield entry.problem("successor", _("Only a closed institution has a successor."))
        elif successor == code:
            yield entry.problem("successor", _("An institution cannot be its own successor."))

    def _still_open(self, code, entry, closed):
        below = [child for child in self.children[code] if not self.nodes[child].get("closed_on")]
        if below:
            words = ngettext(
                "%(count)s institution below it is still open: %(code)s.",
                "%(count)s institutions below it are still open, such as %(code)s.",
                len(below),
            )
            yield entry.problem("closed_on", words % {"count": localnum(len(below)), "code": min(below)})
        if self.served_until.get(code, date.min) >= closed:
            yield entry.problem(
                "closed_on", _("People serve there on that day or after. Transfer them first, or merge it.")
            )
