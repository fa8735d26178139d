"""An upgrade counts by version and day what happened before; stopped, it goes on."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from campaigns.services import figures as counting
from kernel import clock, invariants
from tests.campaigns.test_figures_by_version_and_day import day, get, two  # noqa: F401

pytestmark = pytest.mark.django_db


class Stopped(Exception):  # noqa: N818
    """The machine went away."""


def stop_at(statement, times):
    """Let a statement run so often, and break off the next time."""
    left = [times]

    def run(execute, sql, *more):
        if sql == statement:
            if not left[0]:
                raise Stopped
            left[0] -= 1
        return execute(sql, *more)

    return connection.execute_wrapper(run)


@pytest.mark.parametrize("size", [2, 20_000])
def test_what_is_there_is_counted_once(api, two, monkeypatch, size):  # noqa: F811
    asked = [{"since": day(2), "until": day(1)}, {"version": 1}, {}]
    before = [get(api, two, **choice) for choice in asked]
    mark, fill = (
        import_module(f"campaigns.migrations.{name}")
        for name in ("0007_figures_by_day", "0008_figures_of_before")
    )
    monkeypatch.setattr(fill, "SLICE", size)
    editor = SimpleNamespace(connection=connection)
    while counting.fold(clock.now()):
        pass
    with connection.cursor() as cursor:
        for table in ("node_day", "node_version"):
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("UPDATE node_count SET came = 0, skipped = 0, failures = 0")
        cursor.execute(mark.MARK)
        # The clock of the test has been put forward.
        cursor.execute("UPDATE figures_fill SET until = %s", [clock.now() + timedelta(hours=1)])
    for statement in (fill.STANDING, fill.WAYS, fill.DONE):
        with pytest.raises(Stopped), stop_at(statement, statement != fill.STANDING):
            fill.fill(None, editor)
    for _again in range(2):
        fill.fill(None, editor)
    assert invariants.broken(lambda name: name.startswith("campaigns.figures")) == []
    for choice, known in zip(asked, before, strict=True):
        told = get(api, two, **choice)
        # Of a step's past nobody knows who came and left without passing it.
        for one in (told, known):
            del one["nodes"]["rest"]["came"]
        assert told == known
