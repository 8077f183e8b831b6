"""What the database holds of the tree, in the words of the form."""

from datetime import date

from django.db.models import Max, Q

from institutions.models import Area, Institution, Position, Post, Sector
from institutions.tree_in.form import AREAS, INSTITUTIONS, POSITIONS, SECTORS
from institutions.tree_in.rules import Known

PLAIN = ("name", "name_latin")
OF_INSTITUTION = (
    *("name", "name_latin", "kind", "hr_unit", "hr_unit_latin", "hr_phone", "hr_hours", "hr_hours_latin"),
    *("opened_on", "closed_on"),
)


def known_tree(closing=()):
    """All areas, sectors, positions and institutions; and how long people serve in those with these codes."""
    known = Known()
    rows = known.rows
    rows[AREAS.key] = {(a.code,): _facts(a, *PLAIN, "valid_from", "valid_to") for a in Area.objects.order_by("code")}
    rows[SECTORS.key] = {(s.slug,): _facts(s, *PLAIN, "order") for s in Sector.objects.order_by("order", "slug")}
    rows[POSITIONS.key] = {
        (p.sector.slug, p.slug): _facts(p, *PLAIN, "contact_with_children", "aliases")
        for p in Position.objects.select_related("sector").order_by("sector__order", "sector__slug", "slug")
    }
    codes = {}
    for node in Institution.objects.select_related("area", "successor").order_by("path"):
        codes[node.path] = node.code
        rows[INSTITUTIONS.key][node.code,] = {
            **_facts(node, *OF_INSTITUTION),
            "parent": codes.get(node.path[: -Institution.steplen], ""),
            "area": node.area.code if node.area_id else "",
            "successor": node.successor.code if node.successor_id else "",
        }
    known.served_until = _served_until(closing)
    return known


def _facts(thing, *fields):
    return {field: getattr(thing, field) for field in fields}


def _served_until(codes):
    """Code → the last day of a post there, date.max for one without an end."""
    found = Post.objects.filter(institution__code__in=codes).values("institution__code")
    found = found.annotate(last=Max("ends_on"), endless=Max("pk", filter=Q(ends_on__isnull=True))).order_by()
    return {row["institution__code"]: date.max if row["endless"] else row["last"] for row in found}
