"""A wheel holds everything: built here, installed elsewhere, it migrates and serves from another folder."""

import os
import site
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
APPS = ("conduct_site", "exports", "discipline", "certification", "courses", "conduct_codes", "institutions", "jobs")
NEEDED = (
    "conduct_site/templates/base.html",
    "conduct_site/static/conduct_site/conduct.css",
    "conduct_site/static/conduct_site/fonts/noto-sans-khmer-400.woff2",
    "conduct_site/content/codes/education.km.yaml",
    "conduct_site/locale/km/LC_MESSAGES/django.mo",
    "certification/typst/certificate.typ",
    "certification/migrations/0001_initial.py",
)
FIRST_PAGES = """
import django, institutions
django.setup()
from django.test import Client
print(institutions.__file__)
for address in ("/healthz", "/km/account/login/", "/en/account/login/", "/c/"):
    print(address, Client().get(address, secure=True, HTTP_HOST="localhost").status_code)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("conduct-*.whl"))


def run(*command, cwd, **environment):
    """The output of a command that must succeed, run outside the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON", "DATABASE"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_wheel_holds_templates_files_words_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == set(APPS)
    missing = [name for name in NEEDED if name not in names]
    assert missing == []
    assert [app for app in APPS if f"{app}/locale/km/LC_MESSAGES/django.mo" not in names] == []


def test_wheel_installed_elsewhere_migrates_and_serves(wheel, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path / "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    zipfile.ZipFile(wheel).extractall(packages)
    # The libraries are borrowed from here; a path in a .pth file does not bring the checkout along.
    (packages / "borrowed.pth").write_text("\n".join({sysconfig.get_path("purelib"), *site.getsitepackages()}))
    settings = {"DJANGO_SETTINGS_MODULE": "conduct_site.settings.dev", "DATA_DIR": str(tmp_path / "data")}
    run(python, "-m", "conduct_site", "check", cwd=tmp_path, **settings)
    run(python, "-m", "conduct_site", "migrate", "--verbosity=0", cwd=tmp_path, **settings)
    run(python, "-m", "conduct_site", "createcachetable", cwd=tmp_path, **settings)
    run(python, "-m", "conduct_site", "collectstatic", "--noinput", "--verbosity=0", cwd=tmp_path, **settings)
    printed = run(python, "-c", FIRST_PAGES, cwd=tmp_path, **settings).split("\n")
    assert printed[0].startswith(str(packages))
    assert printed[1:5] == ["/healthz 200", "/km/account/login/ 200", "/en/account/login/ 200", "/c/ 200"]
