"""The demo's hold on its database: whether it filled it, and how it begins it anew."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection

from conduct_site.models import DemoMark


def is_marked() -> bool:
    """True if the demo began to fill this database."""
    return DemoMark._meta.db_table in connection.introspection.table_names() and DemoMark.objects.exists()


def is_loaded() -> bool:
    """True if the demo filled this database to the end."""
    return is_marked() and DemoMark.objects.filter(loaded_at__isnull=False).exists()


def is_empty() -> bool:
    """True if nobody has ever migrated this database."""
    return not connection.introspection.table_names()


def refuse_unless_demo() -> None:
    """Stops unless the settings are the demo's."""
    if not settings.CONDUCT_DEMO:
        raise CommandError("These are not the demo's settings. The demo never touches a real site.")


def begin_anew() -> None:
    """Empties the database of tables and files, if the demo's mark is on it."""
    refuse_unless_demo()
    if not is_empty() and not is_marked():
        raise CommandError("This database was not filled by the demo. It is left as it is.")
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for leftover in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            leftover.unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
