"""A whole installation, started as an operator does, for tests from outside."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import redis

from automation.embedded.folder import DataFolder
from automation.embedded.image import migrated_image
from automation.embedded.postgres import Cluster
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 240
# What belongs to the tests' own servers must not reach an installation of its own.
OWN = {
    "SITE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "LINK_KEYS",
    "RELAIS_DATA",
    "RELAIS_ROLE",
}


class Installation:
    """`./dev up` on a folder of its own, with its REST client and its clock."""

    def __init__(self, folder: Path, email_url: str = "") -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        kept = {key: value for key, value in os.environ.items() if key not in OWN}
        self.environment = kept | {"ADMIN_EMAIL": "alice@example.org"}
        if email_url:
            self.environment["EMAIL_URL"] = email_url

    def begin_migrated(self) -> None:
        """Spare the first start what another test watches: a hundred migrations."""
        data = DataFolder(self.folder)
        data.make()
        Cluster(data.path, data.sockets).copy(migrated_image())

    def start(self) -> None:
        command = [sys.executable, "-m", "automation.dev", "up", f"--port={self.port}"]
        options = [f"--data={self.folder}", "--no-browser", "--no-demo", "--test-clock"]
        self.output = (self.folder.parent / "up.log").open("wb")
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=self.environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )
        log = Path(self.output.name)
        wait_for(lambda: "Sign in:" in log.read_text(errors="replace"), log.read_text)
        self.token = self.manage("create_token", "--email", "alice@example.org").strip()
        self.client = httpx.Client(
            base_url=f"{self.address}/api/v1",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def stop(self) -> None:
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.output.close()

    def manage(self, *words: str) -> str:
        command = [
            sys.executable,
            "-m",
            "automation.dev",
            "manage",
            f"--data={self.folder}",
            *words,
        ]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def processes(self, name: str) -> list[int]:
        """List what bears the name and was started by this installation, at whatever depth."""
        return [pid for pid in descendants(self.process.pid) if comm(pid) == name[:15]]

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Signal whatever of this installation bears the name; return how many were reached."""
        reached = 0
        for pid in self.processes(name):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
                reached += 1
        return reached

    def broker(self) -> redis.Redis:
        """Its Valkey, for tests that empty or cut it."""
        return redis.Redis.from_url(self.running()["REDIS_URL"])

    def later(self, seconds: float) -> None:
        """Move its test clock, quicker than `manage clock` does the same."""
        file, fresh = self.folder / "test-clock", self.folder / "test-clock.new"
        fresh.write_text(str(float(file.read_text()) + seconds))
        fresh.replace(file)

    def running(self) -> dict[str, str]:
        """Return the environment by which other processes reach the servers."""
        state = json.loads((self.folder / "running.json").read_text())
        return dict(state["environment"])

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        answer = self.client.request(method, path, json=body, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json() if answer.content else None

    def get(self, path: str, **parameters: Any) -> Any:
        return self.call("GET", path, params=parameters)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("POST", path, body, **more)

    def everything(self, path: str, **parameters: Any) -> list[Any]:
        rows, cursor = [], None
        while True:
            page = self.get(
                path, limit=1000, **parameters, **({"cursor": cursor} if cursor else {})
            )
            rows += page["results"]
            cursor = page["next"]
            if not cursor:
                return rows


def wait_for(
    ready: Callable[[], Any], explain: Callable[[], Any] = str, patience: float = PATIENCE
) -> Any:
    """Ask again and again until the answer is truthy; the explanation is told on giving up."""
    end = time.monotonic() + patience
    while True:
        found = ready()
        if found:
            return found
        assert time.monotonic() < end, f"Waited {patience} s in vain: {explain()}"
        time.sleep(0.2)


def descendants(pid: int) -> list[int]:
    """List the children of a process, and theirs."""
    found = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *descendants(int(child))]
    return found


def comm(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', html)


def shown(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)[:4000]
