"""./dev up: start everything in the foreground, say how it goes, end it together."""

import os
import subprocess
import sys
import time
from functools import partial

from automation.dev.asked import parse, require_port
from automation.dev.installation import Installation
from automation.dev.terminal import say, step
from automation.embedded.folder import find_folder
from automation.prepare import live, load_everything, prepare
from automation.processes import processes
from automation.supervisor.pulses import Pulses
from automation.supervisor.supervisor import StopAsked, Supervisor

PATIENCE = 120.0


def main(words: list[str]) -> int:
    options = parse(words)
    began = time.monotonic()
    folder = find_folder(options.data)
    folder.make()
    with folder.locked("./dev up") as lock:
        require_port(options.port)
        installation = Installation(folder, options.port, test_clock=options.test_clock)
        supervisor = Supervisor(folder.logs, say, lock)
        try:
            _start(installation, supervisor, demo=options.demo)
            say(f"Everything answers after {time.monotonic() - began:.1f} s. Ctrl-C ends it.\n")
            print(f"Ready: {installation.address}", flush=True)
            print(f"Sign in: {installation.sign_in()}", flush=True)
            if options.browser:
                _open_browser(installation.address)
            supervisor.run()
        except StopAsked:
            say("\nStopping; Ctrl-C again ends it at once.")
        finally:
            installation.forget_running()
            supervisor.stop_all()
    say("Stopped.")
    return 0


def _start(installation: Installation, supervisor: Supervisor, *, demo: bool) -> None:
    os.environ.update(installation.environment())
    admin = installation.admin
    os.environ.pop("ADMIN_PASSWORD", None)  # no process but the one that needs it has it
    installation.start_servers(supervisor, step)
    with step("Code"):
        load_everything()
    with step("Tables, first user"):
        supervisor.run_once("prepare", partial(prepare, admin, demo=demo))
    installation.remember_admin()
    with step("Web, workers, dispatcher"):
        for process in processes(installation.port):
            supervisor.add_fork(process.name, live(process), process.patience)
        supervisor.wait_until(installation.answers, PATIENCE)
    supervisor.pulses = Pulses(installation.folder.pulse, installation.broker_answers)
    installation.remember_running()


def _open_browser(address: str) -> None:
    """Only where a person sits in front of a screen; a text browser would take the terminal."""
    screen = (
        sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if screen and sys.stdout.isatty():
        subprocess.Popen(
            [sys.executable, "-m", "webbrowser", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
