"""REL-38: an export is one snapshot, in flat memory, and nobody sees it half written."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from contacts.models import Contact, Export
from contacts.services.exports import run
from contacts.services.exports.files import path_of
from contacts.services.exports.start import cancel
from kernel import clock
from kernel.jobs import CLAIM, Claimed, LeaseLost
from kernel.models import Job
from tests.contacts.exports.asking import ask, exported, left_behind
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle


class Meanwhile(Claimed):
    """A job beside which something happens whenever it says how far it is on the way."""

    def __init__(self, row: Job, happens) -> None:
        super().__init__(row)
        self.happens = happens

    def keep(self, **progress) -> None:
        super().keep(**progress)
        if 0 < progress.get("rows", 0) < 5:
            self.happens()


def claimed(happens) -> Meanwhile:
    with connection.cursor() as cursor:
        now = clock.now()
        cursor.execute(CLAIM, {"lease": now + timedelta(minutes=1), "now": now})
        return Meanwhile(Job.objects.get(pk=cursor.fetchone()[0]), happens)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROWS", 2)
    monkeypatch.setattr(run, "KEPT_EVERY", -1)


@pytest.mark.django_db(transaction=True)
def test_rel_38_what_comes_or_goes_meanwhile_changes_nothing(api: APIClient, slowly: None):
    people = [add(email=f"p{n}@example.com", city="Paris").pk for n in range(6)]
    ask(api, everything=True, columns=["id", "city"])

    def busy() -> None:
        add(email=f"late{Contact.objects.count()}@example.com")
        Contact.objects.filter(pk=people[5]).update(city="Rome")
        assert [name for name in left_behind() if not name.endswith(".part")] == []

    run.run(claimed(busy))
    row = Export.objects.get()
    assert (row.state, row.rows) == ("done", 6)
    with path_of(row.file).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(int(one["id"]), one["city"]) for one in rows] == [(pk, "Paris") for pk in people]
    assert Contact.objects.count() > 6


@pytest.mark.django_db
def test_a_worker_that_dies_leaves_the_next_to_begin_anew(api: APIClient, slowly: None):
    for n in range(5):
        add(email=f"p{n}@example.com")
    ask(api, everything=True)

    def dies() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        run.run(claimed(dies))
    assert left_behind() == []
    settle(clock.now() + timedelta(minutes=4))
    row = Export.objects.get()
    assert (row.state, row.rows, len(left_behind())) == ("done", 5, 1)


@pytest.mark.django_db
def test_one_that_is_called_off_leaves_nothing(api: APIClient, slowly: None):
    for n in range(5):
        add(email=f"p{n}@example.com")
    asked = ask(api, everything=True).json()
    row = Export.objects.get()
    with pytest.raises(LeaseLost):
        run.run(claimed(lambda: cancel(row, clock.now())))
    assert left_behind() == []
    again = api.post(f"/api/v1/exports/{asked['id']}/cancel")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "finished")
    assert api.get(f"/api/v1/exports/{asked['id']}/file").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_takes_too_long_ends_with_a_sentence(api: APIClient, monkeypatch):
    """However fast the machine is: the statement sleeps for longer than anybody waits."""
    selected = run._selected
    monkeypatch.setattr(run, "PATIENCE", timedelta(milliseconds=300))
    monkeypatch.setattr(
        run,
        "_selected",
        lambda row: replace(selected(row), statement="SELECT pg_sleep(60)", parameters=[]),
    )
    add(email="p1@example.com")
    ask(api, everything=True)
    settle()
    row = Export.objects.get()
    assert (row.state, row.error) == ("failed", run.SLOW)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_rel_38_two_hundred_thousand_rows_take_flat_memory(api: APIClient, kind: str):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact (email, first_name, attrs, version, created_at, updated_at)"
            " SELECT 'p' || n || '@example.com', 'Ana', '{}', 1, now(), now()"
            " FROM generate_series(1, 200000) n"
        )
    Path("/proc/self/clear_refs").write_text("5")
    before = _megabytes()
    assert exported(api, everything=True, format=kind).rows == 200_000
    assert _megabytes() - before < 60


def _megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
