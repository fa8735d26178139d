"""Children forked from the supervisor, which has loaded Django once for all of them.

Starting eight processes by exec costs eight times the imports, on two cores longer than a second
start may take; forked they start at once and share the memory of the code.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

from automation.embedded.children import die_with_parent

PR_SET_NAME = 15
_libc = ctypes.CDLL(None)


class Fork:
    """A forked child, with what the supervisor needs of subprocess.Popen."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        """Signal only a child not yet collected: its number may be another's afterwards."""
        if self.poll() is None:
            os.kill(self.pid, number)


def fork(name: str, run: Callable[[], object], output: int, let_go: Callable[[], None]) -> Fork:
    """Run a function in a child with a process group of its own; call from the main thread."""
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _live(name, run, output, let_go, parent)
    with contextlib.suppress(OSError):  # the child does it too: whoever comes first
        os.setpgid(pid, pid)
    return Fork(pid)


def _live(
    name: str, run: Callable[[], object], output: int, let_go: Callable[[], None], parent: int
) -> NoReturn:
    """Be the child; never return into the supervisor's own stack."""
    code = 1
    try:
        _become_child(name, output, parent)
        let_go()
        run()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else bool(leaving.code)
    except BaseException:  # noqa: BLE001  (the last frame of this process)
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become_child(name: str, output: int, parent: int) -> None:
    os.setpgid(0, 0)
    os.umask(0o077)  # spools, uploads and captured mails are nobody else's business
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    die_with_parent(parent, signal.SIGTERM)
    if sys.platform == "linux":
        _libc.prctl(PR_SET_NAME, f"relais-{name}"[:15].encode(), 0, 0, 0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.argv = [f"relais-{name}"]
