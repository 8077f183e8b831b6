"""What tests of acting posts and of reasons say of a preview and of the register."""

from institutions.imports import undoing
from institutions.models import Person, Post, TransferRequest
from tests import factories

TODAY = factories.TODAY


def told(found):
    """(verdict, reasons) of each row of a preview."""
    return [(row.verdict, [reason[0] for reason in row.reasons]) for row in found.rows.order_by("place")]


def posts():
    """What stands in the register: where, in what, which kind, from, to, why it ended."""
    rows = Post.objects.order_by("starts_on", "pk").select_related("institution", "position")
    return [(p.institution.code, p.position.slug, p.basis, p.starts_on, p.ends_on, p.end_reason) for p in rows]


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Person, Post, TransferRequest)]


def undo(found, place):
    found.refresh_from_db()
    return undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)


def acting(place, **facts):
    there = {"institution": "school-2", "position": "Director", "basis": "acting", "starts_on": TODAY}
    return place.row(**there | facts)
