"""./dev up: start everything in the foreground, say how it goes, end it together."""

import argparse
import os
import socket
import subprocess
import sys
import time
from functools import partial

from automation.dev.installation import Installation
from automation.dev.terminal import say, step
from automation.embedded.folder import find_folder
from automation.embedded.trouble import Trouble
from automation.prepare import live, load_everything, prepare
from automation.processes import processes
from automation.supervisor.pulses import Pulses
from automation.supervisor.supervisor import StopAsked, Supervisor

PATIENCE = 120.0


def main(words: list[str]) -> int:
    options = _parse(words)
    began = time.monotonic()
    folder = find_folder(options.data)
    folder.make()
    with folder.locked("./dev up") as lock:
        _require_port(options.port)
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


def _parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev up", description="Start Relais on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data", metavar="DIR", help="folder that keeps everything")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no example data")
    parser.add_argument("--no-browser", dest="browser", action="store_false")
    parser.add_argument("--test-clock", action="store_true", help="time can be moved: clock +3d")
    return parser.parse_args(words)


def _require_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} cannot be used: {error.strerror}.\n"
                f"Choose another one: ./dev up --port {port + 1 if port < 65535 else 8000}"
            ) from error
        except OverflowError:
            message = f"{port} is not a port: ports go from 1 to 65535."
            raise Trouble(message) from None


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
