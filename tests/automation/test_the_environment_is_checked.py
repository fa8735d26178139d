"""Wrong surroundings are refused at the start, in words; no secret has a default."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from automation.embedded.throwaway import secrets_for_tests
from automation.environment import (
    STATEMENT_TIMEOUTS,
    Environment,
    celery_url,
    database_settings,
)

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"DATABASE_URL": "postgresql://relais@db/relais", "REDIS_URL": "redis://broker:6379/0"}


def check_with(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import automation.settings as s; print(s.SECRET_KEY, s.LINK_KEYS)"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("missing", "named"), [("SECRET_KEY", "secret_key"), ("LINK_KEYS", "link_keys")]
)
def test_without_a_secret_it_does_not_start(missing: str, named: str) -> None:
    environment = GOOD | secrets_for_tests()
    del environment[missing]
    done = check_with(environment)
    assert done.returncode != 0
    assert named in done.stderr


def test_a_weak_secret_key_is_refused() -> None:
    done = check_with(GOOD | secrets_for_tests() | {"SECRET_KEY": "django-insecure-" + "x" * 50})
    assert done.returncode != 0
    assert "50 random characters" in done.stderr


def test_another_database_is_refused() -> None:
    done = check_with(GOOD | secrets_for_tests() | {"DATABASE_URL": "mysql://root@db/relais"})
    assert done.returncode != 0
    assert "DATABASE_URL must be postgresql://" in done.stderr


def test_the_data_folder_brings_its_secrets_and_the_environment_wins(tmp_path: Path) -> None:
    kept = {
        "secret_key": "k" * 25 + "abcdefghijklmnopqrstuvwxyz",
        "link_keys": {"1": "from-folder"},
    }
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    folder = GOOD | {"RELAIS_DATA": str(tmp_path)}
    assert "from-folder" in check_with(folder).stdout
    chosen = check_with(folder | {"LINK_KEYS": '{"2": "from-environment"}'}).stdout
    assert "from-environment" in chosen
    assert "from-folder" not in chosen


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    missing = [name for name in Environment.model_fields if f"`{name.upper()}`" not in page]
    assert missing == []


def test_every_role_has_its_own_statement_time_out() -> None:
    for role, limit in STATEMENT_TIMEOUTS.items():
        options = database_settings(GOOD["DATABASE_URL"], role)["OPTIONS"]
        assert f"-c statement_timeout={limit} " in options["options"]
        assert options["application_name"] == f"relais {role}"


def test_a_unix_socket_is_named_in_the_query() -> None:
    database = database_settings("postgresql://me@/mine?host=%2Fdata%2Frun", "web")
    assert (database["HOST"], database["NAME"], database["USER"]) == ("/data/run", "mine", "me")
    assert celery_url("unix:///data/run/valkey.sock?db=3") == (
        "redis+socket:///data/run/valkey.sock?virtual_host=3"
    )
