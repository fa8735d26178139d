"""`./dev` answers what needs no packages before it installs any."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import ROOT
from tests.ports import free_port

Answer = subprocess.CompletedProcess[str]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone: nothing is installed beside it, and nothing could be, for want of locks."""
    shutil.copy(ROOT / "dev", tmp_path / "dev")
    shutil.copytree(
        ROOT / "automation", tmp_path / "automation", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def ask(checkout: Path, *words: str) -> Answer:
    """Run it by an interpreter that sees no library but its own."""
    command = [sys.executable, "-S", "-E", str(checkout / "dev"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize(
    ("words", "status"), [(["--help"], 0), (["help"], 0), ([], 2), (["nonsense"], 2)]
)
def test_the_commands_are_listed_without_installing(
    checkout: Path, words: list[str], status: int
) -> None:
    answer = ask(checkout, *words)
    assert answer.returncode == status, answer.stderr
    assert "start everything in the foreground" in answer.stdout
    assert not (checkout / ".venv").exists()


def test_a_port_that_is_taken_is_told_before_packages_are_installed(checkout: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        answer = ask(checkout, "up", f"--port={port}", f"--data={checkout / 'data'}")
    assert answer.returncode == 1
    assert f"Port {port} cannot be used" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (checkout / ".venv").exists()


def test_options_it_does_not_know_are_refused_before_packages_are_installed(
    checkout: Path,
) -> None:
    answer = ask(checkout, "up", f"--prot={free_port()}")
    assert answer.returncode == 2
    assert "--prot" in answer.stderr
    assert not (checkout / ".venv").exists()
