"""Views and exports read personal data only through a scope: the syntax tree is walked, so a new view is held to it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PERSONAL = {
    "Person",
    "PersonStanding",
    "Post",
    "StaffNumber",
    "Designation",
    "Role",
    "User",
    "AuditEntry",
    "CorrectionRequest",
    "CorrectionAnswer",
    "RegisterImport",
    "ImportRow",
    "TransferRequest",
    "SignRequest",
    "SignOff",
    "PaperSheet",
    "PaperClaim",
    "PaperDecision",
    "Kiosk",
    "SigningPin",
    "Enrolment",
    "LessonProgress",
    "ScormState",
    "Attempt",
    "AttemptQuestion",
    "AttemptMark",
    "Period",
    "Evidence",
    "Exemption",
    "Certificate",
    "CertificateEvent",
    "Case",
    "Stage",
    "Decision",
    "Referral",
    "Export",
    "Delivery",
    "Job",
}
DOORS = {"visible_to", "countable_by", "answerable_by", "by_verification_code", "of"}
APPS = ("institutions", "conduct_codes", "courses", "certification", "discipline", "exports")


def guarded_files():
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py") if is_guarded(path)]
    return sorted(files)


def is_guarded(path):
    parts = path.relative_to(ROOT).parts
    if "migrations" in parts or "management" in parts:
        return False
    is_view = path.stem.endswith("views") or "views" in parts
    writes = path.stem == "actions" or path.stem.endswith("_actions")
    return is_view or (parts[0] == "exports" and path.stem not in {"models", "apps"} and not writes)


def bare_reads(source):
    """Line numbers where a personal model's manager is used without a door, or the model is handed to a shortcut."""
    tree = ast.parse(source)
    managers = [node for node in ast.walk(tree) if is_manager(node)]
    opened = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in DOORS and is_manager(node.value)
    }
    lines = [node.lineno for node in managers if id(node) not in opened]
    shortcuts = {"get_object_or_404", "get_list_or_404"}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    handed = [call for call in calls if getattr(call.func, "id", "") in shortcuts]
    return lines + [call.lineno for call in handed if getattr(call.args[0], "id", "") in PERSONAL]


def is_manager(node):
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in PERSONAL
    )


@pytest.mark.parametrize("path", guarded_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_personal_data_is_read_through_a_scope(path):
    assert bare_reads(path.read_text()) == []


def test_there_are_views_to_guard():
    assert len(guarded_files()) > 5


@pytest.mark.parametrize("line", ["Person.objects.all()", "x = Certificate.objects", "get_object_or_404(Case, pk=1)"])
def test_a_bare_read_is_found(line):
    assert bare_reads(line) == [1]


@pytest.mark.parametrize(
    "line",
    ["Person.objects.visible_to(scope)", "get_object_or_404(Case.objects.visible_to(s), pk=1)", "Area.objects.all()"],
)
def test_a_scoped_read_passes(line):
    assert bare_reads(line) == []
