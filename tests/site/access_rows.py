"""What a row of the access table says: which roles there are, and what an address answers to each of them."""

from dataclasses import dataclass, field

from tests.site.asking import LOGIN

ANONYMOUS, OFFICER, HR, REGISTRAR, MONITOR, AREA = "anonymous", "officer", "hr", "registrar", "monitor", "area"
DISCIPLINE, AUDITOR, EDITOR, REVIEWER = "discipline", "auditor", "editor", "reviewer"
ADOPTER, TRAINER, SUPERUSER = "adopter", "trainer", "superuser"
ROLES = (
    *(ANONYMOUS, OFFICER, HR, REGISTRAR, MONITOR, AREA, DISCIPLINE, AUDITOR),
    *(EDITOR, REVIEWER, ADOPTER, TRAINER, SUPERUSER),
)
ACCOUNTS = ROLES[1:]
SEE_NAMES = (HR, REGISTRAR)
SEE_TOTALS = (HR, REGISTRAR, MONITOR, AREA)
PLAN_SESSIONS = (HR, REGISTRAR, TRAINER)
KEEP_QUESTIONS = (REGISTRAR, TRAINER, EDITOR)
KEEP_THE_TREE = (REGISTRAR, SUPERUSER)
IN_THE_ADMIN = (EDITOR, REVIEWER, SUPERUSER)
COVER_THE_MINISTRY = (REGISTRAR, EDITOR, REVIEWER, ADOPTER)
REACH_BEYOND_A_DEPARTMENT = (*COVER_THE_MINISTRY, SUPERUSER)

OK, REDIRECT, WRONG_METHOD, TOO_MANY, NOT_FOUND, NO_TOKEN = 200, 302, 405, 429, 404, 401
DEFAULT = dict.fromkeys(ROLES, NOT_FOUND) | {ANONYMOUS: LOGIN}

AUDIT = "institutions_auditentry"
EXPORT = "exports_export"
PACKAGE_STATE = "courses_scormstate"


def all_of(answer, *roles):
    """The same answer for several roles."""
    return dict.fromkeys(roles, answer)


@dataclass(frozen=True)
class Row:
    """One address: the attributes of a place that its parts name, and the declared answers."""

    parts: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    foreign: dict = field(default_factory=dict)
    sibling: dict = field(default_factory=dict)
    leaves: tuple = ()
    public: bool = False
    machine: bool = False
    personal: bool = False
    shared: bool = False

    def answers(self, place):
        """Role → declared answer for the thing of a place."""
        own = DEFAULT | self.own
        if place == "own" or not self.parts:
            return own
        foreign = DEFAULT | self.foreign
        if place == "foreign" or self.personal:
            return foreign
        if self.sibling:
            return DEFAULT | self.sibling
        return {role: own[role] if role in COVER_THE_MINISTRY else foreign[role] for role in ROLES}

    def reaches(self, place, role):
        """True if the thing of that place is the role's own to see, be it by an address that leads on to its page."""
        leads_on = self.answers(place)[role] == REDIRECT and place != "foreign" and role in COVER_THE_MINISTRY
        return leads_on or self.answers(place)[role] == OK


def public(parts=None, *, answer=OK, **others):
    """The same for everybody and everything."""
    answers = all_of(answer, *ROLES) | others
    return Row(parts or {}, own=answers, foreign=answers, public=True)


def for_programs(parts=None, *, answer=NO_TOKEN):
    """An address that a token opens: whoever is logged in here is nobody there."""
    answers = all_of(answer, *ROLES)
    return Row(parts or {}, own=answers, foreign=answers, public=True, machine=True)


def of_the_profession(parts, *roles, others=None):
    """A thing of a profession: for these roles wherever somebody of it serves, so in both departments."""
    answers = (others or {}) | all_of(OK, *roles)
    return Row(parts, own=answers, foreign=others or {}, sibling=answers)


def account(answer=OK):
    """A page of one's own account: it names nobody, and each account has it."""
    return Row(own=all_of(answer, *ACCOUNTS))
