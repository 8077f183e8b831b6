"""A9: a certificate comes into being in one way only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("jobs", "institutions", "conduct_codes", "courses", "certification", "discipline", "exports", "site")
ISSUE = {"certification/actions.py", "certification/bulk.py"}
MAKES = {"create", "bulk_create", "get_or_create", "update_or_create"}


def makes_certificates(tree):
    """True if something there makes a row of Certificate, by its class or by its manager."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    managers = [called for called in calls if isinstance(called, ast.Attribute) and called.attr in MAKES]
    names = [part for called in managers for part in ast.walk(called)] + calls
    return any(isinstance(name, ast.Name) and name.id == "Certificate" for name in names)


def sources():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path


def test_certificates_are_made_by_the_issue_alone():
    found = {name for name, path in sources() if makes_certificates(ast.parse(path.read_text(encoding="utf-8")))}
    assert found == ISSUE


@pytest.mark.parametrize("line", ["Certificate(serial='x')", "Certificate.objects.filter(pk=1).get_or_create(a=1)"])
def test_another_way_would_be_found(line):
    assert makes_certificates(ast.parse(line))
