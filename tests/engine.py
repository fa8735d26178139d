"""An engine as a process of its own, for benchmarks: `python -m tests.engine NOW`.

It says when it is ready, starts when its input ends, and goes on until nothing is due.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime

import django


def start(now: datetime, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start an engine and wait until it is ready; closing its input lets it run."""
    engine = subprocess.Popen(
        [sys.executable, "-m", "tests.engine", now.isoformat()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert engine.stdout
    engine.stdout.readline()
    return engine


def go(engine: subprocess.Popen[bytes]) -> None:
    """Let it run."""
    assert engine.stdin
    engine.stdin.close()


def main(now: datetime) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
    django.setup()
    from django.db import connection

    from campaigns.services.advancing import advance

    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    idle = 0
    while idle < 2:
        moved, _wake = advance(now)
        idle = 0 if moved else idle + 1


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
