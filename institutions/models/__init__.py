"""Who: accounts, people, posts, institutions, areas, roles and the record of what was done."""

from institutions.models.access import AccountSession, Activation
from institutions.models.accounts import AuditEntry, Role, User
from institutions.models.clients import ApiClient, PeopleChanges
from institutions.models.corrections import CorrectionAnswer, CorrectionRequest
from institutions.models.imports import ImportRow, RegisterImport, TransferRequest
from institutions.models.merges import NotOneHuman, PersonMerge
from institutions.models.people import Designation, Person, Post, StaffNumber
from institutions.models.places import Area, Institution, Position, Sector
from institutions.models.tree_changes import TreeChange

__all__ = [
    "AccountSession",
    "Activation",
    "ApiClient",
    "Area",
    "AuditEntry",
    "CorrectionAnswer",
    "CorrectionRequest",
    "Designation",
    "ImportRow",
    "Institution",
    "NotOneHuman",
    "PeopleChanges",
    "Person",
    "PersonMerge",
    "Position",
    "Post",
    "RegisterImport",
    "Role",
    "Sector",
    "StaffNumber",
    "TransferRequest",
    "TreeChange",
    "User",
]
