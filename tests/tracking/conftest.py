"""What the tests of tracking share."""

import pytest

from kernel import preferences
from tests.tracking.site import SITE
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
