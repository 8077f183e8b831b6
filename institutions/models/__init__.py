"""Who: accounts, people, posts, institutions, areas, roles and the record of what was done."""

from institutions.models.accounts import AuditEntry, Role, User
from institutions.models.corrections import CorrectionAnswer, CorrectionRequest
from institutions.models.merges import NotOneHuman, PersonMerge
from institutions.models.people import Designation, Person, Post, StaffNumber
from institutions.models.places import Area, Institution, Position, Sector

__all__ = [
    "Area",
    "AuditEntry",
    "CorrectionAnswer",
    "CorrectionRequest",
    "Designation",
    "Institution",
    "NotOneHuman",
    "Person",
    "PersonMerge",
    "Position",
    "Post",
    "Role",
    "Sector",
    "StaffNumber",
    "User",
]
