"""docs/roles.md out of the matrix, so that what is written about roles is what the code does."""

from institutions.matrix import AREA_MONITOR, MATRIX, OWNER, Reach, Resource, cell
from institutions.models.accounts import Role

NAMES = {"anybody": "Anybody", "officer": "Officer", AREA_MONITOR: "Monitor of an area", OWNER: "Platform owner"}
NAMES |= {"hr": "HR unit", "registrar": "Ministry registrar", "monitor": "Ministry monitor", "auditor": "Auditor"}
NAMES |= {"discipline": "Discipline officer", "editor": "Editor", "reviewer": "Reviewer", "trainer": "Trainer"}
NAMES |= {"adopter": "Adopting authority"}

IN_WORDS = {
    "anybody": "Reads codes and open courses, and checks one certificate by its code. Sees no person.",
    "officer": "Whoever is a person of the register with an account. Learns, signs, and sees what concerns oneself.",
    Role.Kind.HR: "Keeps the register true for one institution and everything below it, chases what is missing, gives"
    " officers access. With a role at a provincial department this is the provincial HR unit.",
    Role.Kind.REGISTRAR: "Does what HR does for a whole ministry, gives and ends roles there, shapes its institutions,"
    " and decides about exemptions.",
    Role.Kind.MONITOR: "Sees how much of the staff is covered, down to single institutions; never a name.",
    AREA_MONITOR: "The same over an area, across ministries, with small numbers withheld.",
    Role.Kind.DISCIPLINE: "Opens and handles cases about people of the institution; never a case of their own, and no"
    " measure becomes final by one officer alone. Every look at a case is on record.",
    Role.Kind.AUDITOR: "Reads who did or saw what, by references without names.",
    Role.Kind.EDITOR: "Writes codes, courses and questions of the professions whose code the institution owns.",
    Role.Kind.REVIEWER: "Approves or returns a text before it can become law; not one of their own.",
    Role.Kind.ADOPTER: "Makes an approved text law, and repeals it.",
    Role.Kind.TRAINER: "Holds sessions, keeps their rolls, opens more tries, and prints courses with their key.",
    OWNER: "Runs the site: gives the roles that no registrar may give, opens accounts, keeps the reference lists. Sees"
    " no register of people, no certificate and no case.",
}

REACHES = {
    Reach.PUBLIC: "everybody, without logging in",
    Reach.OWN: "one's own",
    Reach.CASES: "people of the institution about whom a case is or may be opened, but never oneself",
    Reach.SUBTREE: "the institution of the role and all below it: a school, a province of a ministry, a ministry",
    Reach.AREA: "an area of the gazetteer, totals only",
    Reach.PROFESSION: "what belongs to a profession whose code the institution owns, or whose people serve there",
    Reach.ALL: "the whole site",
    Reach.NONE: "no page; an address answers as if nothing were there",
}

DEPARTURES = (
    (
        "Provincial HR and ministry HR are one role",
        "The institution of the role says how far it reaches, so a province in a ministry needs no kind of its own.",
    ),
    (
        "There is no head of institution and no council member",
        "A head who answers for people has the HR role there. Allegations come in through a discipline officer; a"
        " council decides outside the site and its decision is entered as a stage. Fewer eyes on a case file.",
    ),
    (
        "An officer has no page of a case against them",
        "Notice and defence are served in the form that the statute asks for; the site keeps their dates. A page on a"
        " shared telephone would tell others that there is a case.",
    ),
    (
        "An auditor sees neither totals nor metadata of cases apart",
        "Both stand in the record of access as entries with references; who needs totals gets the monitor role beside.",
    ),
    (
        "A discipline officer sees no certificates, results or signatures of a subject",
        "The case shows which edition bound the person on the day of the incident, which is what it is decided on.",
    ),
    (
        "The publisher is two roles",
        "Who reviews and who adopts are never who wrote the text.",
    ),
    (
        "The quiz author is the editor of the profession",
        "Questions belong to a course and an article, so the rights are those of the section.",
    ),
    (
        "A trainer prints questions and key of the own profession",
        "Where there is no network, a session examines on paper. Never while the quiz is still before the trainer, and"
        " each printing of a key is on record.",
    ),
    (
        "The platform owner sees the name of an account's person, and no record of access",
        "A role or a slip for the wrong human is the greater harm; looking at an account is itself on record. The"
        " record is the auditor's, who answers for nothing else.",
    ),
    (
        "No break-glass into case files",
        "The owner of the platform has no way in at all.",
    ),
    (
        "A monitor of an area stands for partners with national aggregates",
        "Small numbers are withheld as for anything that leaves a ministry.",
    ),
)


def page():
    """The whole page, as text."""
    return "\n".join([*_head(), *_roles(), *_table(), *_departures(), *_granting()]) + "\n"


def _head():
    yield "# Roles"
    yield ""
    yield "Made from `institutions/matrix.py` by `manage.py role_matrix`; change it there. Tests hold every address of"
    yield "the site to it, in both directions."
    yield ""


def _roles():
    yield "## What each role is for"
    yield ""
    yield "| Role | In plain words |"
    yield "|---|---|"
    for role in MATRIX:
        yield f"| {NAMES[role]} | {IN_WORDS[role]} |"
    yield ""


def _table():
    yield "## Who reaches what"
    yield ""
    yield "`w`: may also change it."
    yield ""
    for reach, words in REACHES.items():
        yield f"- `{reach}`: {words}"
    yield ""
    for roles in (list(MATRIX)[:7], list(MATRIX)[7:]):
        yield f"| | {' | '.join(NAMES[role] for role in roles)} |"
        yield f"|---|{'---|' * len(roles)}"
        for resource in Resource:
            yield f"| {resource} | {' | '.join(str(cell(role, resource)) for role in roles)} |"
        yield ""


def _departures():
    yield "## Where this is narrower or wider than a common matrix of such systems, and why"
    yield ""
    for title, why in DEPARTURES:
        yield f"- **{title}.** {why}"
    yield ""


def _granting():
    yield "## Who gives and ends a role"
    yield ""
    yield "A registrar gives and ends the roles HR, monitor and trainer inside the own institutions, to the account"
    yield "of somebody who serves there, on a post that is held on the first day; the role ends with the post. The"
    yield "platform owner gives and ends every role, and alone the one over an area. Nobody gives a role to"
    yield "themselves, nor through a second account or a merged row; a row that looks like one's own is compared"
    yield "first. A role begins between today and three months from now, and while the giver's own still holds. What"
    yield "is given or ended works on the next request; a role that has not begun, or began today and is ended at"
    yield "once, leaves its two entries on record alone. The rules are `institutions/grant_rules.py`; they are asked"
    yield "again under a lock when the role is given."
