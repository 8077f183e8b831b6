"""Who may reach what: role × resource → how far, and whether to change it. One table, which the code draws from.

It names resources of every app in words, so that it imports none of them; scopes, lists of roles in the apps, the page
docs/roles.md and the test of every address read it. What a cell grants is how far; whose row it is, querysets decide.
"""

from dataclasses import dataclass
from enum import StrEnum

from institutions.models.accounts import Role

ANYBODY, OFFICER, AREA_MONITOR, OWNER = "anybody", "officer", "area", "owner"
HR, REGISTRAR, MONITOR, DISCIPLINE = Role.Kind.HR, Role.Kind.REGISTRAR, Role.Kind.MONITOR, Role.Kind.DISCIPLINE
AUDITOR, EDITOR, REVIEWER = Role.Kind.AUDITOR, Role.Kind.EDITOR, Role.Kind.REVIEWER
ADOPTER, TRAINER = Role.Kind.ADOPTER, Role.Kind.TRAINER


class Reach(StrEnum):
    """How far a right goes."""

    NONE = "–"
    PUBLIC = "public"
    OWN = "own"
    CASES = "cases"
    SUBTREE = "subtree"
    AREA = "area"
    PROFESSION = "profession"
    ALL = "all"


class Resource(StrEnum):
    """What a right is about."""

    CODES = "Codes, lessons"
    REFERENCE = "Topics, regimes"
    WORDS = "Writing codes, courses"
    REVIEW = "Reviews"
    ADOPTION = "Adoption"
    QUIZ_KEY = "Questions and key"
    ITEM_FIGURES = "Figures of questions"
    ATTEMPTS = "Learning, attempts"
    SESSIONS = "Sessions, earlier learning"
    CERTIFICATES = "Certificates"
    PEOPLE = "People, roster"
    SIGNATURES = "Signatures"
    CASES = "Case files"
    AGGREGATES = "Totals"
    EXPORTS = "Exports"
    AUDIT = "Record of access"
    ACCOUNTS = "Accounts"
    ROLES = "Roles"
    TREE = "Institutions"
    SYSTEMS = "Other systems"
    FIRST_DAY = "First day"


@dataclass(frozen=True)
class Cell:
    """How far one role reaches one resource, and whether it may change what it reaches."""

    reach: Reach = Reach.NONE
    writes: bool = False
    note: str = ""

    def __str__(self):
        text = f"{self.reach}{' w' if self.writes else ''}"
        return f"{text} ({self.note})" if self.note else text


def _reads(reach, note=""):
    return Cell(reach, False, note)


def _writes(reach, note=""):
    return Cell(reach, True, note)


R, S = Resource, Reach
_EVERYBODY = {R.CODES: _reads(S.PUBLIC), R.CERTIFICATES: _reads(S.PUBLIC, "one, by its code")}
_ACCOUNT = {R.CODES: _reads(S.PUBLIC), R.ACCOUNTS: _writes(S.OWN), R.ROLES: _reads(S.OWN)}

MATRIX = {
    ANYBODY: _EVERYBODY,
    OFFICER: _ACCOUNT
    | {
        R.ATTEMPTS: _writes(S.OWN),
        R.CERTIFICATES: _reads(S.OWN),
        R.PEOPLE: _writes(S.OWN, "asks for a correction"),
        R.SIGNATURES: _writes(S.OWN),
    },
    HR: _ACCOUNT
    | {
        R.ATTEMPTS: _writes(S.SUBTREE, "results; opens more tries"),
        R.SESSIONS: _writes(S.SUBTREE),
        R.CERTIFICATES: _reads(S.SUBTREE),
        R.PEOPLE: _writes(S.SUBTREE),
        R.SIGNATURES: _writes(S.SUBTREE, "chases, takes on paper and on a shared device"),
        R.AGGREGATES: _reads(S.SUBTREE),
        R.EXPORTS: _writes(S.SUBTREE),
        R.ACCOUNTS: _writes(S.SUBTREE, "of people without a role"),
    },
    REGISTRAR: _ACCOUNT
    | {
        R.ITEM_FIGURES: _reads(S.PROFESSION),
        R.ATTEMPTS: _writes(S.SUBTREE, "results; more tries; marks again"),
        R.SESSIONS: _writes(S.SUBTREE),
        R.CERTIFICATES: _writes(S.SUBTREE, "exempts, looks at what a regrade proposes to revoke"),
        R.PEOPLE: _writes(S.SUBTREE),
        R.SIGNATURES: _writes(S.SUBTREE, "confirms paper"),
        R.AGGREGATES: _reads(S.SUBTREE),
        R.EXPORTS: _writes(S.SUBTREE),
        R.ACCOUNTS: _writes(S.SUBTREE, "of people without a role, or a role that the registrar gives"),
        R.ROLES: _writes(S.SUBTREE, "HR, monitor, trainer"),
        R.TREE: _writes(S.SUBTREE),
        R.SYSTEMS: _writes(S.SUBTREE, "lets them in, and has them told"),
    },
    MONITOR: _ACCOUNT | {R.AGGREGATES: _reads(S.SUBTREE), R.EXPORTS: _writes(S.SUBTREE, "totals")},
    AREA_MONITOR: _ACCOUNT | {R.AGGREGATES: _reads(S.AREA), R.EXPORTS: _writes(S.AREA, "totals")},
    DISCIPLINE: _ACCOUNT
    | {
        R.PEOPLE: _reads(S.CASES, "to whom a case may be opened: name, post"),
        R.CASES: _writes(S.CASES, "never one's own; final by a second officer"),
        R.AUDIT: _reads(S.CASES, "who looked at a case"),
    },
    AUDITOR: _ACCOUNT | {R.AUDIT: _reads(S.SUBTREE)},
    EDITOR: _ACCOUNT
    | {
        R.REFERENCE: _reads(S.ALL),
        R.WORDS: _writes(S.PROFESSION),
        R.QUIZ_KEY: _writes(S.PROFESSION),
        R.ITEM_FIGURES: _reads(S.PROFESSION),
    },
    REVIEWER: _ACCOUNT | {R.REFERENCE: _reads(S.ALL), R.REVIEW: _writes(S.SUBTREE)},
    ADOPTER: _ACCOUNT | {R.ADOPTION: _writes(S.SUBTREE)},
    TRAINER: _ACCOUNT
    | {
        R.QUIZ_KEY: _reads(S.PROFESSION, "printed packs; not of a quiz still before them"),
        R.ITEM_FIGURES: _reads(S.PROFESSION),
        R.ATTEMPTS: _writes(S.SUBTREE, "who has used up the tries; marks again"),
        R.SESSIONS: _writes(S.SUBTREE),
    },
    OWNER: _ACCOUNT
    | {
        R.REFERENCE: _writes(S.ALL),
        R.WORDS: _writes(S.ALL),
        R.QUIZ_KEY: _writes(S.ALL),
        R.ACCOUNTS: _writes(S.ALL, "name of the person; not of another owner"),
        R.ROLES: _writes(S.ALL),
        R.TREE: _writes(S.ALL),
        R.SYSTEMS: _writes(S.ALL),
        R.FIRST_DAY: _writes(S.ALL, "loads the country from a workbook"),
    },
}


def cell(role, resource):
    """How far the role reaches the resource; nothing where the table says nothing."""
    return MATRIX[role].get(resource, Cell())


def kinds_reaching(resource, *, writing=False, within=(Reach.SUBTREE, Reach.PROFESSION)):
    """Kinds of Role that reach the resource of others so far, in the order of the kinds; `writing`: and change it."""
    found = ((kind, cell(kind, resource)) for kind in Role.Kind)
    return tuple(kind for kind, one in found if one.reach in within and (one.writes or not writing))
