"""Settings: production refuses to start half configured, and is clean when it is configured."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
HOUSE = "conduct_site", "exports", "discipline", "certification", "courses", "conduct_codes", "institutions", "jobs"
COMPLETE = {"SECRET_KEY": "k" * 40 + "0123456789abcdefghijklmnopqrst", "ALLOWED_HOSTS": "conduct.example.org"}
COMPLETE["CONDUCT_MFA_ROLES"] = "hr, registrar,owner"


def manage(*arguments: str, settings_module: str, **environment: str) -> subprocess.CompletedProcess:
    """Runs a command in a process of its own, so that its settings are its own."""
    own = {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env={**inherited, "DJANGO_SETTINGS_MODULE": settings_module, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without_a_secret(missing, tmp_path):
    given = {name: value for name, value in COMPLETE.items() if name != missing}
    result = manage("check", settings_module="conduct_site.settings.production", DATA_DIR=str(tmp_path), **given)
    assert result.returncode != 0
    assert f"Set the environment variable {missing}" in result.stderr


def test_check_deploy_is_clean_under_production_settings(tmp_path):
    result = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        settings_module="conduct_site.settings.production",
        DATA_DIR=str(tmp_path),
        **COMPLETE,
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(("roles", "problem"), [("", "conduct.E002"), ("hr,chief", "conduct.E001")])
def test_check_deploy_fails_where_no_role_or_an_unknown_one_must_have_a_second_step(roles, problem, tmp_path):
    given = COMPLETE | {"CONDUCT_MFA_ROLES": roles}
    module = "conduct_site.settings.production"
    result = manage("check", "--deploy", settings_module=module, DATA_DIR=str(tmp_path), **given)
    assert result.returncode != 0
    assert problem in result.stderr


def test_demo_refuses_production_settings(tmp_path):
    result = manage("demo", settings_module="conduct_site.settings.production", DATA_DIR=str(tmp_path), **COMPLETE)
    assert result.returncode != 0
    assert "not the demo's settings" in result.stderr


def test_first_language_is_the_authoritative_one():
    assert settings.LANGUAGE_CODE == settings.WAGTAIL_CONTENT_LANGUAGES[0][0] == "km"
    assert settings.LANGUAGES == settings.WAGTAIL_CONTENT_LANGUAGES


def test_site_comes_before_the_apps_and_the_apps_before_the_rest():
    assert tuple(settings.INSTALLED_APPS[: len(HOUSE)]) == HOUSE


def test_argon2_is_the_first_hasher_outside_the_tests():
    from conduct_site.settings import base

    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert base.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_no_outside_host_is_asked_by_the_admin():
    assert settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None
    assert settings.WAGTAIL_ENABLE_UPDATE_CHECK is False
    assert settings.WAGTAIL_ENABLE_WHATS_NEW_BANNER is False
    assert not [app for app in settings.INSTALLED_APPS if app.startswith("wagtail.api")]
