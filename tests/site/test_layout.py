"""The shape of the project: what the source folder may hold, and what the packages promise about themselves."""

import re
import site
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_site_folder_holds_no_module_and_the_standard_one_stays_in_reach():
    assert not list((ROOT / "site").glob("*.py"))
    assert callable(site.getsitepackages)


def test_every_app_is_in_the_wheel_and_under_the_layers_contract():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {Path(package).name for package in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]}
    contract = project["tool"]["importlinter"]["contracts"][0]["layers"]
    on_disk = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"conduct_site"}
    assert packages == set(contract) == on_disk


def test_locks_have_a_hash_for_every_package_and_name_no_host():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text()
        pinned = re.findall(r"^[A-Za-z0-9_.\-]+(?:\[[^\]]*\])?==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert len(pinned) > 50
        assert all("--hash=sha256:" in package for package in pinned)
        assert "://" not in text and "index-url" not in text


def test_lock_names_every_direct_requirement():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {
        name.lower().replace("_", "-")
        for name in re.findall(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements.lock").read_text(), re.M)
    }
    wanted = {re.match(r"[A-Za-z0-9_.\-]+", line)[0].lower() for line in project["project"]["dependencies"]}
    assert wanted <= locked
