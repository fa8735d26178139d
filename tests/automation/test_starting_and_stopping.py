"""`./dev up` starts everything, keeps it alive, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from tests.installation import ROOT, Installation, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="it looks into /proc")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """An installation that made its tables itself, as everybody's first start does."""
    started = Installation(tmp_path / "data")
    started.start()
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that each test leaves running."""
    started = Installation(tmp_path_factory.mktemp("installation") / "data")
    started.begin_migrated()
    started.start()
    yield started
    if started.process.poll() is None:
        started.stop()


def children_of(parent: int) -> dict[int, str]:
    """Find the children of a process with their names; one that has ended does not count."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            name, rest = (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        state, its_parent = rest.split()[:2]
        if int(its_parent) == parent and state != "Z":
            found[int(entry.name)] = name
    return found


def family_of(parent: int) -> set[int]:
    family = set(children_of(parent))
    return family.union(*(family_of(child) for child in family))


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if any(pid in children_of(parent) for parent in _parents(pid))}


def _parents(pid: int) -> list[int]:
    try:
        return [int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])]
    except OSError:
        return []


def is_ready(installation: Installation) -> bool:
    try:
        answer = httpx.get(f"{installation.address}/health/ready", timeout=5)
    except httpx.HTTPError:
        return False
    return answer.status_code == HTTPStatus.OK


def test_what_is_killed_comes_back_and_the_end_leaves_no_process(
    empty: Installation,
) -> None:
    supervisor = empty.process.pid
    named = {name: pid for pid, name in children_of(supervisor).items()}
    victims = {"postgres", "valkey-server", "relais-web", "relais-worker", "relais-dispatch"}
    assert victims <= set(named)
    for name in victims:
        os.kill(named[name], signal.SIGKILL)

    def all_are_back() -> bool:
        now = {name: pid for pid, name in children_of(supervisor).items()}
        fresh = all(now.get(name, named[name]) != named[name] for name in victims)
        return fresh and is_ready(empty)

    wait_for(all_are_back, Path(empty.output.name).read_text)
    family = family_of(supervisor)
    empty.stop()
    assert empty.process.returncode == 0
    assert alive(family) == set()


def test_nothing_outlives_a_supervisor_killed_by_force(installation: Installation) -> None:
    family = family_of(installation.process.pid)
    assert len(family) > 10
    installation.process.kill()
    installation.process.wait()
    wait_for(lambda: not alive(family), lambda: alive(family), patience=30)
    # Its keeper gives the folder back last, and the next start finds nothing in its way.
    installation.output.close()
    installation.start()
    assert is_ready(installation)


def test_a_second_start_on_the_same_folder_says_who_has_it(installation: Installation) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "automation.dev", "up", f"--data={installation.folder}"],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert second.returncode == 1
    assert f"process {installation.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert is_ready(installation)
