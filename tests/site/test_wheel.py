"""The wheel: built, installed where the checkout cannot be seen, it migrates and serves with production settings."""

import os
import re
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).resolve().parents[2]
# What a new installation says: the product's own production settings, but static files as they lie in the wheel.
SETTINGS = """
from conduct_site.settings.production import *
from conduct_site.settings.production import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
"""


def packages():
    """The folders of the packages that the wheel carries, as they lie in the checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [ROOT / path for path in project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]]


def pip(*arguments, python=None):
    chosen = ["--python", str(python)] if python else []
    command = [sys.executable, "-m", "pip", *chosen, "--disable-pip-version-check", "--quiet", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    [path] = folder.glob("*.whl")
    return path


class Installation:
    """The wheel in an environment that sees what the tests' one has installed, without the checkout."""

    def __init__(self, folder, wheel):
        self.folder = folder / "elsewhere"
        self.folder.mkdir()
        self.environment = folder / "environment"
        venv.create(self.environment, with_pip=False)
        self.python = self.environment / "bin" / "python"
        pip("install", "--no-deps", "--no-index", str(wheel), python=self.python)
        # A .pth file inside the folder that is named here is not obeyed, so the editable checkout stays out of sight.
        packages_here = Path(self.output("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        (packages_here / "shared.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
        (self.folder / "elsewhere_settings.py").write_text(SETTINGS)

    @property
    def variables(self):
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME", "TMPDIR")}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "elsewhere_settings",
            "PYTHONPATH": str(self.folder),
            "SECRET_KEY": "k" * 40 + "0123456789abcdefghijklmnopqrst",
            "ALLOWED_HOSTS": "127.0.0.1",
        }

    def output(self, *arguments, program=None):
        command = [str(program or self.python), *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def conduct(self, *arguments):
        """The command that the wheel installs."""
        return self.output(*arguments, program=self.environment / "bin" / "conduct")


@pytest.fixture(scope="module")
def installation(tmp_path_factory, wheel):
    return Installation(tmp_path_factory.mktemp("installed"), wheel)


# --- what is in it --------------------------------------------------------------------------------------------------


def test_wheel_carries_every_file_of_the_packages_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        path.relative_to(package.parent).as_posix()
        for package in packages()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert held == there


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (r"[a-z_]+/templates/.+\.html", 80),
        (r"conduct_site/static/.+\.(css|woff2|svg)", 5),
        (r"[a-z_]+/locale/km/LC_MESSAGES/django\.mo", 8),
        (r"conduct_site/content/codes/.+\.(km|en)\.yaml", 20),
        (r"conduct_site/content/courses/.+\.(km|en)\.yaml", 8),
        (r"certification/typst/certificate\.typ", 1),
        (r"[a-z_]+/migrations/0001_.+\.py", 6),
    ],
)
def test_wheel_carries_what_is_not_python_too(wheel, kind, count):
    with zipfile.ZipFile(wheel) as archive:
        assert len([name for name in archive.namelist() if re.fullmatch(kind, name)]) >= count


# --- what it does elsewhere -----------------------------------------------------------------------------------------


def test_installed_packages_are_those_of_the_wheel(installation):
    names = [package.name for package in packages()]
    code = f"import importlib; [print(importlib.import_module(name).__file__) for name in {names}]"
    files = installation.output("-c", code).split()
    assert len(files) == len(names)
    assert all(Path(file).is_relative_to(installation.environment) for file in files)


def test_installed_site_is_checked_migrated_and_serves(installation):
    assert "no issues" in installation.conduct("check", "--deploy", "--fail-level=WARNING")
    assert "No changes" in installation.conduct("makemigrations", "--check", "--dry-run")
    installation.conduct("migrate", "--verbosity=0")
    installation.conduct("createcachetable")
    assert (installation.folder / "var" / "conduct.sqlite3").exists()
    server, base = served(installation)
    try:
        assert fetch(f"{base}/healthz") == '{"status": "ok"}'
        page = fetch(f"{base}/km/account/login/")
        assert '<html lang="km">' in page and "ចូល" in page
        stylesheet = re.search(r'href="(/static/conduct_site/conduct[^"]*\.css)"', page)[1]
        assert "--" in fetch(base + stylesheet)
        assert '<html lang="en">' in fetch(f"{base}/c/?lang=en")
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_installed_site_prints_a_certificate(installation):
    code = (
        "import django; django.setup(); from types import SimpleNamespace; import datetime;"
        "from certification.documents import certificate_pdf; from certification.models import Certificate;"
        "day = datetime.date(2026, 11, 23); moment = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC);"
        "facts = {f.name: 'x' for f in Certificate._meta.fields if f.get_internal_type() == 'CharField'};"
        "facts |= {'edition': SimpleNamespace(number=1), 'issued_on': day, 'valid_until': day, 'issued_at': moment};"
        "facts |= {f'{name}_latin': 'x' for name in ('holder', 'position', 'institution', 'code_name', 'issuer')};"
        "made = certificate_pdf(SimpleNamespace(**facts), 'https://example.org/c/X/', demonstration=False);"
        "print(made[:5].decode(), len(made))"
    )
    start, length = installation.output("-c", code).split()
    assert start == "%PDF-" and int(length) > 10_000


def served(installation):
    """The site behind gunicorn on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(installation.python), "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "conduct_site.wsgi"]
    server = subprocess.Popen(
        command, cwd=installation.folder, env=installation.variables, stderr=subprocess.DEVNULL, start_new_session=True
    )
    base = f"http://127.0.0.1:{port}"
    for _try in range(300):
        try:
            fetch(f"{base}/healthz")
        except (urllib.error.URLError, OSError):
            assert server.poll() is None, "the server did not start"
            time.sleep(0.2)
        else:
            return server, base
    server.terminate()
    raise AssertionError("the server did not answer within a minute")


def fetch(address):
    """What a proxy that speaks HTTPS outside gets."""
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()
