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
    monkeypatch.setattr(spool, "_writer", spool.Writer())
    return tmp_path / "spool"


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
