"""After every test of campaigns, what must always be true of their tables is."""

import pytest

from kernel import clock, events, invariants


@pytest.fixture(autouse=True)
def promises(request):
    """Check the invariants at the end of tests that use the database."""
    if not ({"db", "transactional_db", "api"} & set(request.fixturenames)):
        yield
        return
    request.getfixturevalue("db")
    yield
    assert invariants.broken(lambda name: name.startswith("campaigns.")) == []


@pytest.fixture
def shift(tmp_path, monkeypatch):
    """Move the product's own test clock."""
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    return clock.move


@pytest.fixture
def real(transactional_db):
    """Real transactions; event types are numbered anew after each such test."""
    events._ids.clear()
    yield
    events._ids.clear()
