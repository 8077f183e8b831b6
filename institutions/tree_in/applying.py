"""Taking a reading in: judged under the lock of the tree, written whole or not at all."""

from django.db import transaction
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused
from institutions.audit import record
from institutions.bulk import NewInstitution, add_institutions, batches
from institutions.models import Area, Institution, Position, Sector, TreeChange
from institutions.tree_actions import lock_tree, put_below
from institutions.tree_in.form import AREAS, INSTITUTIONS, POSITIONS, SECTORS
from institutions.tree_in.known import known_tree
from institutions.tree_in.rules import ADD, CHANGE, plan_of


def plan_for(reading):
    """What the reading would do now."""
    return plan_of(reading, known_tree(_closing(reading)))


def _closing(reading):
    return [
        entry.values["code"]
        for entry in reading.entries[INSTITUTIONS.key]
        if "closed_on" in entry.values and "code" in entry.values
    ]


@transaction.atomic
def import_tree(*, reading, sha256, at, day, by=None):
    """Write every row of the reading that adds or changes something. Refused, and nothing written, if one is wrong."""
    lock_tree()
    plan = plan_for(reading)
    if plan.problems:
        raise RegisterRefused(_("The file has rows that are wrong; nothing was changed."))
    _take_areas(plan)
    _take_sectors(plan)
    _take_positions(plan)
    _take_institutions(plan, at=at, day=day, by=by)
    if any(plan.of(form, ADD, CHANGE) for form in (AREAS, SECTORS, POSITIONS, INSTITUTIONS)):
        record(
            verb="institutions.import_tree", subject="institutions:tree", at=at, by=by, sha256=sha256, **plan.counts()
        )
    return plan


def _take_areas(plan):
    for row in sorted(plan.of(AREAS, ADD), key=lambda row: row.entry.values["code"]):
        code = row.entry.values["code"]
        Area.objects.create(code=code, level=len(code) // 2, **row.values)
    for row in plan.of(AREAS, CHANGE):
        Area.objects.filter(code=row.entry.values["code"]).update(**row.values)


def _take_sectors(plan):
    for row in plan.of(SECTORS, ADD):
        Sector.objects.create(slug=row.entry.values["code"], **row.values)
    for row in plan.of(SECTORS, CHANGE):
        Sector.objects.filter(slug=row.entry.values["code"]).update(**row.values)


def _take_positions(plan):
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    for row in plan.of(POSITIONS, ADD):
        sector, slug = row.entry.name
        Position.objects.create(sector=sectors[sector], slug=slug, **row.values)
    for row in plan.of(POSITIONS, CHANGE):
        sector, slug = row.entry.name
        Position.objects.filter(sector=sectors[sector], slug=slug).update(**row.values)


def _take_institutions(plan, *, at, day, by):
    areas = {area.code: area for area in Area.objects.all()}
    for batch in batches(_parents_first(plan.of(INSTITUTIONS, ADD))):
        add_institutions(
            NewInstitution(
                code=row.entry.values["code"],
                parent=row.values.get("parent", ""),
                facts=_facts(row.values, areas),
            )
            for row in batch
        )
    touched = plan.of(INSTITUTIONS, ADD, CHANGE)
    named = {code for row in touched for code in (row.entry.values["code"], row.values.get("successor")) if code}
    nodes = {node.code: node for node in Institution.objects.filter(code__in=named)}
    for row in touched:
        facts = _facts(row.values, areas) if row.verdict == CHANGE else {}
        if row.values.get("successor"):
            facts["successor"] = nodes[row.values["successor"]]
        if facts:
            _write(nodes[row.entry.values["code"]], facts, at=at, day=day, by=by)
    for row in plan.of(INSTITUTIONS, CHANGE):
        if "parent" in row.values:
            _move(row.entry.values["code"], row.values["parent"], at=at, day=day, by=by)


def _facts(values, areas):
    """The values that are fields of the row itself; the parent and the successor come after all rows are there."""
    facts = {key: value for key, value in values.items() if key not in ("parent", "successor", "area")}
    if "area" in values:
        facts["area"] = areas[values["area"]]
    return facts


def _parents_first(rows):
    """The rows so that an institution comes after the one above it, whatever their order in the file."""
    waiting = {row.entry.values["code"]: row for row in rows}
    placed = []

    def place(row):
        chain = []
        while row is not None:
            chain.append(waiting.pop(row.entry.values["code"]))
            row = waiting.get(row.values.get("parent", ""))
        placed.extend(reversed(chain))

    for row in rows:
        if row.entry.values["code"] in waiting:
            place(row)
    return placed


def _write(node, facts, *, at, day, by):
    closes = facts.get("closed_on") and node.closed_on is None
    for key, value in facts.items():
        setattr(node, key, value)
    node.save(update_fields=list(facts))
    already = TreeChange.objects.filter(institution=node).exclude(kind=TreeChange.Kind.MOVED).exists()
    if closes and not already:
        TreeChange.objects.create(
            institution=node,
            kind=TreeChange.Kind.CLOSED,
            from_day=node.closed_on,
            other=node.successor,
            at=at,
            by=by,
        )


def _move(code, parent, *, at, day, by):
    node, above = Institution.objects.get(code=code), Institution.objects.get(code=parent)
    before = node.get_parent()
    put_below(node, above)
    TreeChange.objects.create(
        institution=node, kind=TreeChange.Kind.MOVED, from_day=day, before=before, other=above, at=at, by=by
    )
