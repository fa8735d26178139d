"""One installation for all fault tests: what one breaks is whole again for the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.smtp_sink import Sink


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, sink: Sink) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("faults") / "data"
    started = Installation(folder, f"smtp://127.0.0.1:{sink.port}")
    # The CRM of a test is on this machine.
    started.environment["OUTBOUND_ALLOW"] = "127.0.0.1"
    started.begin_migrated()
    started.start()
    yield started
    started.stop()


@pytest.fixture
def test_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give this process, and those it starts, a clock that can be moved."""
    hours = tmp_path / "clock"
    hours.write_text("0")
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(hours))
