"""A workbook between the look at it and its taking: kept under a name that only the page of the look knows."""

import hashlib
import re
import secrets

from django.utils.translation import gettext_lazy as _

from institutions.actions import RegisterRefused
from jobs.storage import private_folder

_NAME = re.compile(r"[0-9a-f]{32}")


def keep(content):
    """Keep the bytes with the scratch files, which go by themselves; returns the name to ask for them with."""
    name = secrets.token_hex(16)
    folder = _folder(name)
    folder.mkdir(parents=True, mode=0o700)
    (folder / hashlib.sha256(content).hexdigest()).write_bytes(content)
    return name


def kept(name):
    """The bytes kept under a name. Refused where they are gone, or are not what was kept."""
    files = list(_folder(name).glob("*")) if _NAME.fullmatch(name) else []
    content = files[0].read_bytes() if files else b""
    if not files or hashlib.sha256(content).hexdigest() != files[0].name:
        raise RegisterRefused(_("The file is not there any more. Send it once more."))
    return content


def _folder(name):
    return private_folder() / "scratch" / f"tree-{name}"
