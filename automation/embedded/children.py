"""Start a child process that cannot outlive us, and stop it with its whole group."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from automation.embedded.identity import Identity

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class ChildProcess(Protocol):
    """What is asked of a child, however it was started."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int, /) -> None: ...


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    output: int | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a process group of its own.

    Call it from the main thread only: the kernel ties the parent-death signal to the thread.
    """
    return subprocess.Popen(
        [str(word) for word in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        process_group=0,
        preexec_fn=_prepare(identity or Identity(), death_signal),
    )


def _prepare(identity: Identity, death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        identity.assume()
        # After the change of user, which would clear it.
        die_with_parent(parent, death_signal)

    return prepare


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel signal this process when its parent is gone, also by kill -9."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # it was faster than we
        os._exit(1)


def stop(
    child: subprocess.Popen[bytes],
    with_signal: signal.Signals = signal.SIGTERM,
    patience: float = 10,
) -> None:
    """Ask a child to end, wait, then end its whole group by force."""
    if child.poll() is None:
        child.send_signal(with_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    end_group(child)


def end_group(child: ChildProcess, patience: float = 2) -> None:
    """Kill what is left of a child's group, and wait until it is gone."""
    until = time.monotonic() + patience
    while _kill_group(child.pid) and time.monotonic() < until:
        child.poll()
        time.sleep(0.01)
    child.wait()


def _kill_group(group: int) -> bool:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True
