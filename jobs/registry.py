"""Who does which kind of job: filled by the apps above in ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

_handlers: dict[str, Callable] = {}


class JobRefused(Exception):
    """The job cannot be done, now or later; str() is the sentence that its owner reads. It is not tried again."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a handler leaves behind: a sentence for the owner, and a file to keep under the name it is downloaded as."""

    message: str = ""
    file: Path | None = None
    file_name: str = ""


def register(kind: str, handler: Callable) -> None:
    """Let handler(job, progress) do the jobs of a kind; it may return an Outcome.

    A handler may be run again from the start after it stopped anywhere, so it does nothing twice: it skips what is
    there, or does each part and its progress in one progress.step().
    """
    if _handlers.setdefault(kind, handler) is not handler:
        raise ValueError(f"Two handlers for jobs of kind {kind}.")


def is_registered(kind: str) -> bool:
    return kind in _handlers


def handler_of(kind: str) -> Callable:
    """The handler of a kind; JobRefused if this installation has none."""
    try:
        return _handlers[kind]
    except KeyError:
        raise JobRefused(_("This installation cannot do this kind of work.")) from None
