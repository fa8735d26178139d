"""The password of the first user is shown once, and kept nowhere but hashed."""

from pathlib import Path

import pytest

from automation.dev.installation import Installation
from automation.embedded.folder import DataFolder


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("ADMIN_EMAIL", "ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def started() -> Installation:
        folder = DataFolder(tmp_path)
        folder.make()
        installation = Installation(folder, 8160)
        assert installation.admin
        installation.remember_admin()
        return installation

    return started


def test_a_password_made_up_is_shown_at_the_first_start_only(start, tmp_path):
    first = start()
    password = first.admin["ADMIN_PASSWORD"]
    assert len(password) >= 12
    assert first.sign_in() == f"admin@example.com / {password}"
    assert start().sign_in() == "admin@example.com (password set before)"
    assert password not in (tmp_path / "secrets.json").read_text()


def test_a_password_of_the_environment_is_shown_as_given(start, monkeypatch):
    monkeypatch.setenv("ADMIN_EMAIL", "you@example.com")
    monkeypatch.setenv("ADMIN_PASSWORD", "of my own choice")
    for _start in range(2):
        assert start().sign_in() == "you@example.com / of my own choice"
