"""What the tests of tracking share."""

import pytest

from kernel import preferences
from tests.tracking.site import SITE
from tests.tracking.spooled import taken
from tracking import spool


@pytest.fixture
def spooled(settings, tmp_path, monkeypatch):
    """A spool of its own."""
    settings.RELAIS_DATA = tmp_path
    writer = spool.Writer()
    monkeypatch.setattr(spool, "_writer", writer)
    yield tmp_path / "spool"
    # Its thread ends: those of hundreds of tests would slow all that come after.
    writer.pid = 0


@pytest.fixture
def site(db, spooled):
    """A site that may send hits."""
    preferences.put("tracking.sites", [SITE])
    return SITE


@pytest.fixture
def folder(spooled):
    """A spool of its own, whose lines of kind `testing.hit` end in `taken`."""
    taken.clear()
    spool.handlers["testing.hit"] = lambda lines, now: taken.extend(lines)
    yield spooled
    spool.handlers.pop("testing.hit")
