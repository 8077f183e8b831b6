"""Throwaway databases: a file in a folder that goes away, or a new database on the server that DATABASE_URL names."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


def kinds():
    """The databases to measure on: always SQLite, PostgreSQL where DATABASE_URL names a server."""
    named = os.environ.get("DATABASE_URL", "")
    return ["sqlite", "postgresql"] if named.startswith(("postgres:", "postgresql:")) else ["sqlite"]


@contextmanager
def throwaway(kind):
    """The environment of a process that works on an empty database of the kind, which goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="conduct-bench-") as folder:
        Path(folder, "static").mkdir()  # WhiteNoise warns where it is missing
        if kind == "sqlite":
            yield {"DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
            return
        with _new_database(os.environ["DATABASE_URL"]) as url:
            yield {"DATA_DIR": folder, "DATABASE_URL": url}


@contextmanager
def _new_database(url):
    import psycopg
    from psycopg import conninfo, sql

    parts = urlsplit(url)
    name = f"conduct_bench_{os.getpid()}"
    query = f"?{parts.query}" if parts.query else ""
    with psycopg.connect(conninfo.make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{parts.scheme}://{parts.netloc}/{name}{query}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Server:
    """The processor seconds that PostgreSQL spends on this process; 0 where it cannot be seen from here."""

    def __init__(self, connection):
        self.stat = None
        if connection.vendor != "postgresql" or not _is_near(connection.settings_dict["HOST"]):
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            process = Path("/proc", str(cursor.fetchone()[0]))
        if process.exists() and b"postgres" in (process / "cmdline").read_bytes():
            self.stat = process / "stat"

    def seconds(self):
        if self.stat is None:
            return 0.0
        fields = self.stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _is_near(host):
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")
