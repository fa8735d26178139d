"""REL-47: a process that lives but does not get on is ended and started again."""

import os
import re
import signal
import time
from pathlib import Path

import pytest

from automation.supervisor.pulses import Pulses
from automation.supervisor.supervisor import Supervisor
from kernel.pulse import Pulse

PATIENCE = 1.6


class House:
    """A supervisor with one child that writes down each start, then beats or hangs."""

    def __init__(self, folder: Path, *, beats: bool, broker: bool = True) -> None:
        self.starts = folder / "starts"
        self.folder, self.beats = folder, beats
        self.said: list[str] = []
        self.supervisor = Supervisor(folder, self.said.append)
        self.supervisor.pulses = Pulses(folder / "pulse", lambda: broker, PATIENCE)
        self.supervisor.add_fork("worker", self.work, patience=2)

    def work(self) -> None:
        with self.starts.open("a") as file:
            file.write("x")
        pulse = Pulse()
        pulse.show_in(self.folder / "pulse" / "worker")
        while True:
            if self.beats:
                pulse.beat()
            time.sleep(0.1)

    def turn(self, seconds: float) -> int:
        """Let the supervisor look after its child; return how often that was started."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.supervisor.turn(0.1)
        return len(self.starts.read_text())


@pytest.fixture
def house(tmp_path: Path):
    houses = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def build(**how: bool) -> House:
        houses.append(House(tmp_path, **how))
        return houses[-1]

    yield build
    for built in houses:
        built.supervisor.stop_all()
    signal.set_wakeup_fd(-1)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_who_hangs_is_started_again_and_the_operator_is_told(house):
    hanging = house(beats=False)
    assert hanging.turn(4.5) >= 2
    assert "worker" in hanging.said[0]
    assert "did nothing for 2 s" in hanging.said[0]


def test_who_gets_on_is_left_alone(house):
    assert house(beats=True).turn(3.5) == 1


@pytest.mark.parametrize(
    ("number", "delays"), [(signal.SIGTERM, ["1 s"] * 3), (signal.SIGKILL, ["1 s", "2 s", "4 s"])]
)
def test_who_is_asked_to_end_is_followed_soon_however_often(house, number, delays):
    asked = house(beats=True)
    for start, _delay in enumerate(delays, start=1):
        while asked.turn(0.1) < start:
            pass
        assert asked.turn(1.2) == start
        asked.supervisor.children[0].living.send_signal(number)
    asked.turn(0.5)
    assert [re.search(r"again in (\d+ s)", said)[1] for said in asked.said] == delays


def test_a_step_of_the_clock_starts_nobody_again(house):
    quiet = house(beats=False)
    assert quiet.turn(0.8) == 1
    pulse = quiet.folder / "pulse" / "worker"
    # What the file says is an hour off from what the clock says from now on.
    os.utime(pulse, (time.time() - 3600, time.time() - 3600))
    assert quiet.turn(PATIENCE - 0.6) == 1
    assert quiet.said == []


def test_without_a_broker_nobody_is_started_again(house):
    assert house(beats=False, broker=False).turn(3.5) == 1
