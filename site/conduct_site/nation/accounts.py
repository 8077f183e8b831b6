"""The accounts of the demo: one for each role, with invented people behind those that learn themselves."""

from dataclasses import dataclass

from certification.rules import Status
from institutions.actions import grant_role, open_account
from institutions.models import Area, Institution, Role, User

DEFAULT_PASSWORD = "rumduol-demo-2026"
MINISTRIES = ("mowa", "moeys", "moi", "moh", "molvt", "mot", "moinfo", "mosvy", "moj", "mocr")


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """A login and what it shows; with a status it belongs to a person who serves in that position."""

    username: str
    what: str
    role: str = ""
    place: str = ""
    status: str = ""
    position: str = ""

    @property
    def is_person(self):
        return bool(self.status)

    @property
    def number(self):
        """The staff number without the two figures of the sector; those up to 100 are kept for demo accounts."""
        return int(self.username[2:])


def _person(username, what, role, place, position, status=Status.CERTIFIED):
    return DemoAccount(username=username, what=what, role=role, place=place, position=position, status=status)


def _clerk(username, what, role="", place=""):
    return DemoAccount(username=username, what=what, role=role, place=place)


ACCOUNTS = (
    _person("4400001", "Officer: nurse, nothing begun", "", "moh-06", "nurse", Status.NOT_STARTED),
    _person("2200001", "Officer: primary teacher, under way", "", "moeys-06", "primary-teacher", Status.IN_PROGRESS),
    _person("3300001", "Officer: police officer, renewal due", "", "moi-06", "post-officer", Status.RENEWAL_DUE),
    _person("2200002", "HR unit, provincial department of education", "hr", "moeys-06", "education-officer"),
    _person("4400002", "HR unit, provincial department of health", "hr", "moh-06", "doctor"),
    _person("2200003", "Registrar, Ministry of Education", "registrar", "moeys", "education-officer"),
    _clerk("monitor", "Monitor, Ministry of Education", "monitor", "moeys"),
    _clerk("province", "Monitor of a province, totals only", "monitor", "06"),
    _person("2200004", "Discipline officer, Ministry of Education", "discipline", "moeys", "education-officer"),
    _person("2200005", "Second discipline officer, same ministry", "discipline", "moeys", "education-officer"),
    _clerk("auditor", "Auditor, Ministry of Education", "auditor", "moeys"),
    _clerk("editor", "Editor of the education code", "editor", "moeys"),
    _clerk("reviewer", "Reviewer of all codes, coordinating ministry", "reviewer", "mosvy"),
    _clerk("adopter", "Adopting authority, Ministry of Education", "adopter", "moeys"),
    _person("2200006", "Trainer, provincial department of education", "trainer", "moeys-06", "education-officer"),
    _clerk("owner", "Platform owner"),
)


def open_clerks(password, at, starts_on):
    """The accounts without a person behind them, and those whose work on the codes lies in the past."""
    for account in ACCOUNTS:
        if not account.is_person:
            user = open_account(username=account.username, password=password, at=at, by=None)
            if account.role:
                give_role(account, user, at=at, starts_on=starts_on)
    owner = User.objects.get(username="owner")
    owner.is_superuser = owner.is_staff = True
    owner.save(update_fields=["is_superuser", "is_staff"])
    _open_others(at, starts_on)


def _open_others(at, starts_on):
    """Every other ministry's editor and adopter, and officers who handle its cases."""
    ministries = {institution.code: institution for institution in Institution.objects.filter(code__in=MINISTRIES)}
    for code in MINISTRIES:
        granted = {"institution": ministries[code], "starts_on": starts_on, "at": at, "by": None}
        if code == "moeys":
            continue
        for kind in (Role.Kind.EDITOR, Role.Kind.ADOPTER):
            _open_silent(f"{kind}-{code}", kind, granted)
    moi = {"institution": ministries["moi"], "starts_on": starts_on, "at": at, "by": None}
    for number in (1, 2):
        _open_silent(f"discipline-moi-{number}", Role.Kind.DISCIPLINE, moi)


def _open_silent(username, kind, granted):
    """An account that nobody can log in with, for what others than the demo accounts did."""
    user = open_account(username=username, password=None, at=granted["at"], by=None)
    grant_role(user=user, kind=kind, **granted)


def discipline_officers(ministry):
    """The two discipline officers of a ministry; those of other ministries than the demo's own have no password."""
    names = [f"discipline-{ministry}-{number}" for number in (1, 2)]
    if ministry == "moeys":
        names = [account.username for account in ACCOUNTS if account.role == "discipline"]
    return [User.objects.get(username=name) for name in names]


def word_account(kind, ministry):
    """The account that writes, reviews or adopts for a ministry."""
    if kind == Role.Kind.REVIEWER or ministry == "moeys":
        return User.objects.get(username=kind)
    return User.objects.get(username=f"{kind}-{ministry}")


def give_role(account, user, *, at, starts_on, post=None):
    """The account's role over its institution, or over its area where the place is a gazetteer code."""
    place = (
        {"area": Area.objects.get(code=account.place)}
        if account.place.isdigit()
        else {"institution": Institution.objects.get(code=account.place)}
    )
    grant_role(user=user, kind=account.role, post=post, starts_on=starts_on, at=at, by=None, **place)


def open_for_people(lives, password):
    """The logins and roles of those demo accounts that belong to one of these people."""
    by_number = {account.username: account for account in ACCOUNTS if account.is_person}
    for figure, story in lives:
        account = by_number.get(figure.staff_number)
        if account is None:
            continue
        at = story.registered_at
        if figure.person.user is None:
            open_account(username=account.username, password=password, person=figure.person, at=at, by=None)
        else:
            figure.person.user.set_password(password)
            figure.person.user.save(update_fields=["password"])
        if account.role:
            give_role(account, figure.person.user, at=at, starts_on=at.date(), post=figure.posts[0])


def table(password):
    """The accounts as lines of text, with the password where it is known."""
    width = max(len(account.username) for account in ACCOUNTS)
    lines = [f"  {account.username:<{width}}  {account.what}" for account in ACCOUNTS]
    known = f"Password of every account: {password}" if password else "The password is the one load_demo was given."
    return "\n".join(["Demo accounts (invented people; log in with the left column):", *lines, known])
