"""A running installation and the server its mails go to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation import Installation
from tests.smtp_sink import Sink


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with Sink() as running:
        yield running


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, sink: Any) -> Iterator[Installation]:
    started = Installation(
        tmp_path_factory.mktemp("relais") / "data", f"smtp://127.0.0.1:{sink.port}"
    )
    started.begin_migrated()
    started.start()
    yield started
    started.stop()
