"""The record of access in words: what an entry is about, and the facts that were kept with it."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from institutions.models import Role
from institutions.models.imports import Verdict
from institutions.people_in.columns import BY_KEY
from institutions.templatetags.conduct import localdate, localnum

THINGS = {
    "account": gettext_lazy("Account"),
    "bank": gettext_lazy("Question bank"),
    "case": gettext_lazy("Case"),
    "certificate": gettext_lazy("Certificate"),
    "client": gettext_lazy("Other system"),
    "code": gettext_lazy("Code of conduct"),
    "course": gettext_lazy("Course"),
    "edition": gettext_lazy("Edition"),
    "export": gettext_lazy("Export"),
    "import": gettext_lazy("Import"),
    "institution": gettext_lazy("Institution"),
    "kiosk": gettext_lazy("Signing place"),
    "package": gettext_lazy("Package"),
    "page": gettext_lazy("Page"),
    "paper-sheet": gettext_lazy("Sheet of signatures"),
    "question": gettext_lazy("Question"),
    "revision": gettext_lazy("Text under review"),
    "session": gettext_lazy("Session"),
    "user": gettext_lazy("Account"),
    "webhook": gettext_lazy("Messages to other systems"),
}
WHOLE = {"institutions:tree": gettext_lazy("All institutions"), "duties": gettext_lazy("Duties")}
FACTS = {
    "accepted": gettext_lazy("Accepted"),
    "after": gettext_lazy("Afterwards"),
    "attempt": gettext_lazy("Attempt"),
    "bank": gettext_lazy("Question bank"),
    "before": gettext_lazy("Before"),
    "certificate": gettext_lazy("Certificate"),
    "claim": gettext_lazy("Request"),
    "code": gettext_lazy("Code of conduct"),
    "due_on": gettext_lazy("Due"),
    "edition": gettext_lazy("Edition"),
    "extra_attempts": gettext_lazy("More attempts"),
    "extra_minutes": gettext_lazy("More minutes"),
    "fields": gettext_lazy("What was changed"),
    "from": gettext_lazy("From"),
    "hours": gettext_lazy("Hours"),
    "institutions": gettext_lazy("Institutions"),
    "kind": gettext_lazy("Kind"),
    "lesson": gettext_lazy("Lesson"),
    "number": gettext_lazy("Number"),
    "on": gettext_lazy("Day"),
    "outcome": gettext_lazy("Outcome"),
    "passed": gettext_lazy("Passed"),
    "people": gettext_lazy("People"),
    "present": gettext_lazy("Present"),
    "reason": gettext_lazy("Reason"),
    "request": gettext_lazy("Request"),
    "role": gettext_lazy("Role"),
    "rows": gettext_lazy("Rows"),
    "sha256": gettext_lazy("Checksum"),
    "sheet": gettext_lazy("Sheet of signatures"),
    "starts_on": gettext_lazy("From"),
    "total": gettext_lazy("Total"),
}
COUNTS = {"extra_attempts", "extra_minutes", "hours", "institutions", "people", "present", "rows", "total", "right"}
CHECKSUM = 12


def subject_words(subject):
    """(what kind of thing, its number or code) that an entry is about; a code is the same in every language."""
    if subject in WHOLE:
        return str(WHOLE[subject]), ""
    kind, _colon, code = subject.partition(":")
    if kind == "person" and code.isdigit():
        return _("Person"), f"P-{int(code):06}"
    return (str(THINGS[kind]), code) if kind in THINGS and code else ("", subject)


def fact_words(facts):
    """(label, value, whether the value is a code) of each fact worth reading, in the order they were kept in."""
    found = []
    for name, value in facts.items():
        if value in (None, "", [], {}):
            continue
        if name == "counts" and isinstance(value, dict):
            found += _counted(value)
            continue
        words = _value(name, value)
        if name in FACTS:
            found.append((_("%(heading)s:") % {"heading": FACTS[name]}, words, words.strip("…").isascii()))
        else:
            found.append(("", f"{name}: {words}", True))
    return found


def _counted(counts):
    """The counts of an import: how many rows of each verdict."""
    known = [(Verdict(key), count) for key, count in counts.items() if count and key in Verdict.values]
    return [(_("%(heading)s:") % {"heading": verdict.label}, localnum(count), False) for verdict, count in known]


def _value(name, value):
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "fields" and isinstance(value, list):
        return ", ".join(str(BY_KEY[key].heading) if key in BY_KEY else str(key) for key in value)
    if name == "kind" and value in Role.Kind.values:
        return str(Role.Kind(value).label)
    if name == "sha256":
        return f"{str(value)[:CHECKSUM]}…"
    if isinstance(value, int):
        return localnum(value) if name in COUNTS else str(value)
    return _day(value) if isinstance(value, str) else str(value)


def _day(text):
    """A day in the words of the page's language; any other text as it is."""
    try:
        return localdate(date.fromisoformat(text)) if len(text) == 10 else text
    except ValueError:
        return text
