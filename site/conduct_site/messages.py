"""Which words of the site are to be translated, app by app, and the catalogues that hold the translations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PACKAGE_DIR = Path(__file__).resolve().parent
APPS = ["conduct_site", "exports", "discipline", "certification", "courses", "conduct_codes", "institutions", "jobs"]
LANGUAGE = "km"

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# Words of other packages that a visitor of our own pages can meet; conduct_site's catalogue says them in Khmer.
FOREIGN = [
    "django/core/validators.py",
    "django/forms/fields.py",
    "django/forms/models.py",
    "django/forms/utils.py",
    "django/forms/widgets.py",
    "django/utils/dates.py",
    "django/db/models/base.py",
    "django/contrib/auth/password_validation.py",
    "django_filters/fields.py",
    "allauth/account/adapter.py",
    "allauth/account/forms.py",
    "allauth/account/internal/flows/reauthentication.py",
    "allauth/mfa/adapter.py",
    "allauth/mfa/internal/flows/totp.py",
    "allauth/mfa/base/forms.py",
    "allauth/mfa/totp/forms.py",
    "allauth/mfa/recovery_codes/forms.py",
    "allauth/templates/account/base_reauthenticate.html",
    "allauth/templates/account/messages/password_changed.txt",
    "allauth/templates/mfa/authenticate.html",
    "allauth/templates/mfa/index.html",
    "allauth/templates/mfa/reauthenticate.html",
    "allauth/templates/mfa/totp/*.html",
    "allauth/templates/mfa/recovery_codes/*.html",
    "allauth/templates/mfa/messages/*.txt",
    "crispy_bootstrap5/templates/bootstrap5/*.html",
]
# Texts of those files that belong to features which this site does not carry.
UNSEEN = re.compile(
    r"e-?mail|phone|security key|passkey|^(Master|Backup) key|^Key nr|IPv[46]|URL|UUID|JSON|slug|domain name"
    r"|valid %\(protocol\)s|inline value|ManagementForm|Remember Me|^Security Keys|reset token",
    re.IGNORECASE,
)


@dataclass
class Message:
    """One text to translate: its key in a catalogue, and where it stands."""

    msgid: str
    plural: str = ""
    context: str | None = None
    places: list[str] = field(default_factory=list)
    comment: str = ""

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid


def app_folder(app: str) -> Path:
    return PACKAGE_DIR if app == "conduct_site" else Path(find_spec(app).origin).parent


def catalogue_path(app: str) -> Path:
    return app_folder(app) / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def messages_of(app: str) -> dict[tuple[str | None, str], Message]:
    """Every text of an app, by key, in the order of the files that hold them."""
    found: dict[tuple[str | None, str], Message] = {}
    for path, place in _sources(app):
        for message in _messages_in(path):
            if not place.startswith(f"{app}/") and UNSEEN.search(message.msgid):
                continue
            known = found.setdefault(message.key, message)
            known.plural = known.plural or message.plural
            known.places.append(place)
    return found


def _sources(app: str) -> Iterator[tuple[Path, str]]:
    folder = app_folder(app)
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.suffix not in {".py", ".html", ".txt"} or {"migrations", "content"} & set(place.parts):
            continue
        if path.suffix == ".py" or "templates" in place.parts:
            yield path, f"{app}/{place.as_posix()}"
    if app == "conduct_site":
        yield from _foreign_sources()


def _foreign_sources() -> Iterator[tuple[Path, str]]:
    for pattern in FOREIGN:
        package, _slash, rest = pattern.partition("/")
        folder = Path(find_spec(package).origin).parent
        for path in sorted(folder.glob(rest)):
            yield path, f"{package}/{path.relative_to(folder).as_posix()}"


def _messages_in(path: Path) -> Iterator[Message]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Only calls of gettext are left, one a line; indentation of the template would not be Python's.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    for _line, texts, comments, context in extract(
        "python", BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        singular, plural = texts if isinstance(texts, tuple) else (texts, "")
        if singular:
            yield Message(singular, plural or "", context or None, comment="\n".join(comments))


def updated_catalogue(app: str) -> polib.POFile:
    """The app's catalogue with exactly the texts of today; translations that still fit are kept."""
    path = catalogue_path(app)
    kept = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "conduct",
        "Language": LANGUAGE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, message in sorted(messages_of(app).items(), key=lambda item: (item[1].places[0], item[0][1])):
        catalogue.append(_entry(message, kept.get(key)))
    return catalogue


def _entry(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.msgid,
        msgctxt=message.context,
        comment=message.comment,
        occurrences=[(place, "") for place in dict.fromkeys(message.places)],
        flags=["python-format"] if "%(" in message.msgid else [],
    )
    translation = (old.msgstr_plural.get(0, "") or old.msgstr) if old else ""
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: translation}
    else:
        entry.msgstr = translation
    return entry
