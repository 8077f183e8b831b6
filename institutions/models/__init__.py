"""Who: accounts, people, posts, institutions, areas, roles and the record of what was done."""

from institutions.models.accounts import AuditEntry, Role, User
from institutions.models.corrections import CorrectionAnswer, CorrectionRequest
from institutions.models.people import Designation, Person, Post, StaffNumber
from institutions.models.places import Area, Institution, Position, Sector
from institutions.models.tree_changes import TreeChange

__all__ = [
    "Area",
    "AuditEntry",
    "CorrectionAnswer",
    "CorrectionRequest",
    "Designation",
    "Institution",
    "Person",
    "Position",
    "Post",
    "Role",
    "Sector",
    "StaffNumber",
    "TreeChange",
    "User",
]
