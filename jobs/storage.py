"""Files that no address leads to: a view checks who asks and then sends them."""

import os
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """Files under DATA_DIR/private, readable by the site alone and never under MEDIA_URL."""

    def __init__(self):
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self):
        return private_folder()

    @property
    def location(self):
        return os.path.abspath(self.base_location)

    def url(self, name):
        raise ValueError("A private file has no address; a view sends it to who may see it.")


def private_storage() -> PrivateStorage:
    """The storage of private files; fields take this callable, so that no path gets into a migration."""
    return PrivateStorage()


def private_folder() -> Path:
    return Path(settings.DATA_DIR) / "private"
