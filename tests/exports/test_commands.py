"""The same files from a shell."""

import hashlib
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from exports.models import Export
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def world():
    made = factories.make_bound_world()
    factories.make_post(institution=made["school"])
    factories.certify(factories.make_post(institution=made["school"]).person)
    factories.make_post(institution=factories.make_institution())
    return made


@pytest.mark.parametrize(("command", "rows"), [("export_roster", 2), ("export_coverage", 6)])
@pytest.mark.parametrize("language", ["km", "en"])
def test_command_writes_the_file_and_its_row(world, tmp_path, command, rows, language):
    path, said = tmp_path / "file.xlsx", StringIO()
    call_command(
        command, "--institution", world["ministry"].code, "--to", str(path), "--language", language, stdout=said
    )
    export = Export.objects.get()
    assert (export.rows, export.by, export.institution) == (rows, None, world["ministry"])
    assert export.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert export.sha256 in said.getvalue()
    assert openpyxl.load_workbook(path).worksheets[0].max_row == (3 if command == "export_roster" else 2)
    assert list(tmp_path.iterdir()) == [path]


def test_command_of_a_past_day_takes_that_days_posts(world, tmp_path):
    path = tmp_path / "file.xlsx"
    call_command(
        "export_roster",
        "--institution",
        world["ministry"].code,
        "--to",
        str(path),
        "--on",
        "2026-11-22",
        stdout=StringIO(),
    )
    assert Export.objects.get().rows == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"institution": "no-such"}, "no-such"),
        ({"on": "2999-01-01"}, "2999-01-01"),
        ({"to": "/no/such/folder/file.xlsx"}, "/no/such/folder"),
    ],
)
def test_command_refuses_with_a_sentence_and_writes_nothing(world, tmp_path, options, said):
    asked = {"institution": world["ministry"].code, "to": str(tmp_path / "file.xlsx"), **options}
    arguments = [part for name, value in asked.items() for part in (f"--{name}", value)]
    with pytest.raises(CommandError, match=said):
        call_command("export_roster", *arguments)
    assert not Export.objects.exists()
    assert not list(tmp_path.iterdir())
