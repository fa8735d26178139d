"""One loop: reads the children's output, starts again what ended, ends all together.

It must run in the main thread: children are tied to the thread that started them.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from automation.embedded.children import end_group
from automation.embedded.trouble import Trouble
from automation.supervisor.child import Child, Start
from automation.supervisor.forks import fork
from automation.supervisor.logs import ChildLog
from automation.supervisor.pulses import Pulses

FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
# Who ran so long has earned a fresh start of the back-off.
STEADY = 20.0
# Who was asked to end did not fail, if it had come to its feet.
ASKED = {0, -signal.SIGTERM, -signal.SIGINT}
ON_ITS_FEET = 1.0
FAILURES_AT_START = 3


@dataclass
class Supervisor:
    """The children of one data folder, in the order of their start."""

    logs: Path
    show: Callable[[str], None]
    lock: IO[str] | None = None
    children: list[Child] = field(default_factory=list)
    ending: bool = False
    pulses: Pulses | None = None

    def __post_init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._stop_asked = 0
        self._watch_signals()
        self._keeper = subprocess.Popen(
            [sys.executable, "-S", "-E", Path(__file__).with_name("keeper.py")],
            stdin=subprocess.PIPE,
            pass_fds=[self.lock.fileno()] if self.lock else [],
            start_new_session=True,
        )

    def add(self, name: str, start: Start, patience: float = 15) -> Child:
        """Start a child and keep it alive from now on."""
        return self._add(Child(name, start, self._log(name), patience=patience))

    def add_fork(self, name: str, run: Callable[[], object], patience: float) -> Child:
        """The same for a child that goes on with what this process has loaded."""
        return self.add(name, lambda out: fork(name, run, out, self._let_go), patience)

    def add_server(self, name: str, start: Start, stop_signal: signal.Signals) -> Child:
        """The same for a server that the others need to their end."""
        return self._add(Child(name, start, self._log(name), stop_signal, 60, is_server=True))

    def _add(self, child: Child) -> Child:
        self.children.append(child)
        self._launch(child)
        return child

    def _log(self, name: str) -> ChildLog:
        return ChildLog(name, self.logs, self._surface)

    def run_once(self, name: str, run: Callable[[], object]) -> None:
        """Fork a child and wait for its end; a failure is trouble, shown with its last lines."""
        child = self.add_fork(name, run, patience=0)
        self.children.remove(child)
        process = child.living
        try:
            while process.poll() is None:
                self.turn()
        finally:
            self._collect(child)
        if process.returncode != 0:
            raise Trouble(f"{name} failed:\n\n{child.log.last_lines()}\n\nLog: {child.log.path}")

    def wait_until(self, true: Callable[[], bool], patience: float) -> None:
        """Turn the loop until something holds; children that keep failing end the wait."""
        until = time.monotonic() + patience
        while not true():
            self.turn(0.05)
            for child in self.children:
                if child.failures >= FAILURES_AT_START:
                    message = f"{child.name} does not start:\n\n{child.log.last_lines()}"
                    raise Trouble(f"{message}\n\nLog: {child.log.path}")
            if time.monotonic() > until:
                message = f"Relais did not answer in time; see the logs in {self.logs}."
                raise Trouble(message)

    def run(self) -> None:
        """Keep everything alive until a signal asks to end."""
        while True:
            self.turn(1.0)

    def turn(self, patience: float = 0.1) -> None:
        """Read what the children said, notice who ended, start whose time has come."""
        due = [child.due for child in self.children if child.due is not None]
        wait = min([patience, *(max(0.0, moment - time.monotonic()) for moment in due)])
        for key, _events in self._selector.select(wait):
            key.data(key.fd)
        if self._stop_asked and not self.ending:
            raise StopAsked
        for child in self.children:
            self._look_after(child)

    def stop_all(self) -> None:
        """End what works together, then the servers it works with; ask again to hurry."""
        self.ending = True
        asked = self._stop_asked
        working = [child for child in self.children if not child.is_server]
        servers = [[child] for child in reversed(self.children) if child.is_server]
        for together in [working, *servers]:
            self._stop(together, hurry=lambda: self._stop_asked > asked)
        if self._keeper.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.close()
        self._keeper.wait()

    def _launch(self, child: Child) -> None:
        read, write = os.pipe()
        try:
            child.process = child.start(write)
        except OSError as error:
            os.close(read)
            self._postpone(child, f"could not be started ({error})")
            return
        finally:
            os.close(write)
        os.set_blocking(read, False)
        child.output, child.started, child.due = read, time.monotonic(), None
        self._selector.register(read, selectors.EVENT_READ, lambda _fd: self._read(child))
        self._tell_keeper(f"+{child.process.pid} {int(child.stop_signal)}")

    def _surface(self, line: str) -> None:
        """Show an error of a child; while all end, complaints about each other are no news."""
        if not self.ending:
            self.show(line)

    def _look_after(self, child: Child) -> None:
        if self.ending:
            return
        if child.process is None:
            if child.due is not None and time.monotonic() >= child.due:
                self._launch(child)
            return
        code = child.process.poll()
        if code is None:
            if child.failures and time.monotonic() - child.started > STEADY:
                child.failures = 0
            if self.pulses and self.pulses.stopped(child):
                self._collect(child)
                self._postpone(child, f"did nothing for {self.pulses.patience:.0f} s and was ended")
            return
        self._collect(child)
        if code in ASKED and time.monotonic() - child.started > ON_ITS_FEET:
            child.failures = 0
        how = f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        self._postpone(child, f"ended {how}")

    def _postpone(self, child: Child, why: str) -> None:
        delay = min(FIRST_DELAY * 2**child.failures, LONGEST_DELAY)
        child.failures += 1
        child.due = time.monotonic() + delay
        self.show(f"[{child.name}] {why}; starting again in {delay:.0f} s. Log: {child.log.path}")

    def _collect(self, child: Child) -> None:
        """Take the last words of an ended child, and its helpers with it."""
        process = child.living
        end_group(process)
        self._read(child)
        self._close_output(child)
        child.log.finish()
        child.process = None
        self._tell_keeper(f"-{process.pid}")

    def _read(self, child: Child) -> None:
        if child.output is None:
            return
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(child.output, 65536):
                child.log.write(chunk)
            self._close_output(child)

    def _close_output(self, child: Child) -> None:
        if child.output is not None:
            self._selector.unregister(child.output)
            os.close(child.output)
            child.output = None

    def _stop(self, children: list[Child], hurry: Callable[[], bool]) -> None:
        living = [(child, child.living) for child in children if child.process is not None]
        for child, process in living:
            process.send_signal(child.stop_signal)
        began = time.monotonic()
        for child, process in living:
            until = began + child.patience
            while process.poll() is None and time.monotonic() < until and not hurry():
                self.turn(0.05)
            self._collect(child)
        for child in children:
            child.log.close()

    def _let_go(self) -> None:
        """In a forked child: close what is the supervisor's alone, above all the keeper's pipe."""
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._selector.close()
        outputs = [child.output for child in self.children if child.output is not None]
        for descriptor in [*self._wake, *outputs]:
            os.close(descriptor)

    def _tell_keeper(self, line: str) -> None:
        if self._keeper.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._keeper.stdin.write(line.encode() + b"\n")
                self._keeper.stdin.flush()

    def _watch_signals(self) -> None:
        """Wake the loop by a pipe, so that a signal is never handled in the middle of a step."""
        read, write = os.pipe()
        for end in (read, write):
            os.set_blocking(end, False)
        self._wake = (read, write)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup keeps us running
            signal.signal(signal.SIGHUP, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._selector.register(read, selectors.EVENT_READ, lambda fd: os.read(fd, 512))

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stop_asked += 1


class StopAsked(BaseException):
    """A signal asked to end; not an error, so `except Exception` lets it pass."""
