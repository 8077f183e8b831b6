import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.test.utils import isolate_apps

from institutions import frozen

pytestmark = pytest.mark.django_db

TABLE = "frozen_probe"


@pytest.fixture
def probe(monkeypatch):
    """A table of its own with one row, and a registry that knows no other."""
    with isolate_apps():

        class Probe(models.Model):
            body = models.TextField()
            note = models.TextField(null=True)  # noqa: DJ001

            class Meta:
                app_label = "probe"
                db_table = TABLE

    monkeypatch.setattr(frozen, "_registered", {})
    run(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, body text NOT NULL, note text NULL)")
    run(f"INSERT INTO {TABLE} (id, body, note) VALUES (1, 'as signed', NULL)")
    return Probe


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def refused(sql):
    """Whether the database refuses the statement, with a message that names the table."""
    try:
        with transaction.atomic():
            run(sql)
    except IntegrityError as error:
        return f"{TABLE} is append-only" in str(error)
    return False


CHANGES = [
    f"UPDATE {TABLE} SET body = 'as forged'",
    f"UPDATE {TABLE} SET id = 2",
    f"DELETE FROM {TABLE}",
    f"DELETE FROM {TABLE} WHERE id = 1",
]


@pytest.mark.parametrize("change", CHANGES)
def test_install_triggers_refuses_every_change(probe, change):
    frozen.register(probe)
    assert not refused(f"UPDATE {TABLE} SET body = 'not yet frozen'")
    frozen.install_triggers()
    assert refused(change)
    assert not refused(f"INSERT INTO {TABLE} (id, body) VALUES (2, 'a new row')")


def test_install_triggers_refuses_changes_through_the_model(probe):
    frozen.register(probe)
    frozen.install_triggers()
    for change in (
        lambda: probe.objects.update(body="as forged"),
        lambda: probe.objects.get().delete(),
        lambda: probe(pk=1, body="as forged").save(),
        lambda: probe.objects.bulk_create(
            [probe(pk=1, body="x")], update_conflicts=True, unique_fields=["id"], update_fields=["body"]
        ),
    ):
        with pytest.raises(IntegrityError, match=f"{TABLE} is append-only"), transaction.atomic():
            change()
    assert probe.objects.get().body == "as signed"


def test_install_triggers_lets_only_the_free_fields_change(probe):
    frozen.register(probe, allow_update_of=["note"])
    frozen.install_triggers()
    assert not refused(f"UPDATE {TABLE} SET note = 'checked'")
    assert not refused(f"UPDATE {TABLE} SET note = 'again', body = body")
    assert refused(f"UPDATE {TABLE} SET note = 'x', body = 'as forged'")
    assert refused(f"UPDATE {TABLE} SET body = 'as forged'")
    assert refused(f"DELETE FROM {TABLE}")


def test_install_triggers_twice_leaves_the_same_triggers(probe):
    frozen.register(probe)
    frozen.install_triggers()
    once = frozen.installed_triggers()
    frozen.install_triggers()
    assert frozen.installed_triggers() == once
    assert {table for table, _trigger in once} == {TABLE}
    assert frozen.missing_triggers() == []


def test_install_triggers_removes_those_of_a_table_that_is_free_again(probe):
    frozen.register(probe)
    frozen.install_triggers()
    frozen._registered.clear()
    frozen.install_triggers()
    assert frozen.installed_triggers() == []
    assert not refused(CHANGES[0])


def test_install_triggers_skips_a_table_that_does_not_exist_yet(probe):
    frozen.register(probe)
    run(f"DROP TABLE {TABLE}")
    frozen.install_triggers()
    assert frozen.installed_triggers() == []


def test_missing_triggers_names_what_somebody_dropped(probe):
    frozen.register(probe)
    frozen.install_triggers()
    table, trigger = frozen.installed_triggers()[0]
    run(f"DROP TRIGGER {trigger}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert frozen.missing_triggers() == [(table, trigger)]


def test_lifted_opens_the_table_and_closes_it_again(probe):
    frozen.register(probe)
    frozen.install_triggers()
    with frozen.lifted():
        assert not refused(CHANGES[0])
    assert refused(CHANGES[0])
    with pytest.raises(LookupError), frozen.lifted():
        raise LookupError
    assert refused(CHANGES[0])


def test_install_after_migrate_runs_once_for_all_apps(monkeypatch):
    calls = []
    monkeypatch.setattr(frozen, "install_triggers", calls.append)
    for name in ("jobs", "institutions", "courses"):
        config = type("Config", (), {"name": name})
        frozen.install_after_migrate(config, using="default")
    assert calls == ["default"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table in place")
def test_install_triggers_comes_back_after_sqlite_rebuilt_the_table(probe):
    frozen.register(probe)
    frozen.install_triggers()
    run(f"CREATE TABLE new__{TABLE} (id integer PRIMARY KEY, body text NOT NULL, note text NULL)")
    run(f"INSERT INTO new__{TABLE} SELECT * FROM {TABLE}")
    run(f"DROP TABLE {TABLE}")
    run(f"ALTER TABLE new__{TABLE} RENAME TO {TABLE}")
    assert not refused(CHANGES[0])
    frozen.install_triggers()
    assert refused(CHANGES[0])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_install_triggers_refuses_truncate_and_lets_a_column_go(probe):
    frozen.register(probe, allow_update_of=["note"])
    frozen.install_triggers()
    assert refused(f"TRUNCATE {TABLE}")
    run(f"ALTER TABLE {TABLE} ALTER COLUMN body TYPE varchar(80), DROP COLUMN note")
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        run(f"TRUNCATE {TABLE}")


def test_register_takes_a_label(monkeypatch):
    monkeypatch.setattr(frozen, "_registered", {})
    frozen.register("auth.Permission")
    frozen.install_triggers()
    with pytest.raises(IntegrityError, match="auth_permission is append-only"), transaction.atomic():
        Permission.objects.update(name="x")


def test_lifted_works_after_rows_whose_keys_are_checked_at_commit(monkeypatch):
    monkeypatch.setattr(frozen, "_registered", {"auth.Permission": ()})
    frozen.install_triggers()
    first = Permission.objects.first()
    Permission.objects.create(content_type_id=first.content_type_id, codename="x", name="x")
    with frozen.lifted():
        Permission.objects.filter(codename="x").delete()
    assert not Permission.objects.filter(codename="x").exists()


@pytest.mark.django_db(transaction=True)
def test_lifted_lets_a_test_database_be_flushed(monkeypatch):
    monkeypatch.setattr(frozen, "_registered", {"auth.Permission": ()})
    frozen.install_triggers()
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    assert Permission.objects.exists()
    with frozen.lifted():
        call_command("flush", interactive=False, inhibit_post_migrate=True, verbosity=0)
    assert not Permission.objects.exists()
    assert frozen.missing_triggers() == []
    frozen.remove_triggers()  # the flush after this test goes without lifting
