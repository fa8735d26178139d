"""Many people are forgotten with as many statements as one, beside whoever merges and ranks."""

import threading

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact, Erasure, Suppression
from contacts.services import bulk_erasing, echoes
from contacts.services.consent import close
from contacts.services.erase import drop, hold
from contacts.services.merge import merge
from contacts.services.searches import Search
from contacts.services.suppression import digest
from kernel import clock, invariants
from kernel.contactdata import ContactData, contact_data
from kernel.locks import LANES
from kernel.models import Job
from points.models import RankDifference
from points.services import ranking
from tests.contacts.merging import people, under_way
from tests.settle import settle

MANY = 40


def crowd(count: int, prefix: str = "p") -> list[int]:
    return people(*({"email": f"{prefix}{n}@x.example"} for n in range(count)))


@pytest.mark.django_db
def test_forgetting_many_takes_the_statements_of_one():
    one, many = crowd(1, "one"), crowd(MANY)
    counts = []
    for ids in (one, many):
        with CaptureQueriesContext(connection) as asked:
            assert drop(ids, clock.now()) == ids
        counts.append(len(asked))
    # The lanes of forty people are sixteen, in one statement.
    assert counts[1] <= counts[0] + 2
    assert not Contact.objects.exists()


def test_every_kind_of_data_forgets_in_sets():
    assert [kind.key for kind in contact_data if kind.erase_many is ContactData.erase_many] == []


@pytest.mark.django_db
def test_what_was_closed_stays_closed_for_each_by_its_strongest_reason():
    ana, bo, eve = crowd(3)
    now = clock.now()
    close([ana, bo], "email", "unsubscribed", "", now)
    close([bo], "email", "complaint", "", now)
    Suppression.objects.create(
        channel="email", kind="address", value="p2@x.example", reason="manual", since=now
    )
    drop([ana, bo, eve], now)
    kept = Suppression.objects.values_list("kind", "value", "reason")
    assert set(kept) == {
        ("hash", digest("p0@x.example"), "unsubscribed"),
        ("hash", digest("p1@x.example"), "complaint"),
        ("hash", digest("p2@x.example"), "manual"),
    }


@pytest.mark.django_db
def test_an_address_that_somebody_else_has_too_stays_on_the_list_as_it_is():
    now = clock.now()
    Suppression.objects.create(
        channel="email", kind="address", value="p0@x.example", reason="manual", since=now
    )
    (ana,) = crowd(1)
    Contact.objects.create(email="P0@x.example")
    drop([ana], now)
    assert Suppression.objects.values_list("kind", "value").get() == ("address", "p0@x.example")


@pytest.mark.django_db
def test_a_job_that_dies_amid_a_slice_forgets_those_that_are_left(alice, monkeypatch):
    crowd(MANY)
    monkeypatch.setattr(bulk_erasing, "TURN_SECONDS", -1)
    job = bulk_erasing.start(Search(), clock.now(), user_id=alice.pk, count=MANY)
    seen = list[list[int]]()
    real = bulk_erasing.drop
    monkeypatch.setattr(
        bulk_erasing, "drop", lambda part, now: seen.append(part) or real(part, now)
    )
    settle()
    # Nobody's reactions wait for more than one lane, and each turn got further.
    assert {len({one % LANES for one in part}) for part in seen} == {1}
    assert len(seen) == LANES
    job.refresh_from_db()
    assert (job.state, job.progress["done"]) == (Job.State.DONE, MANY)


@pytest.mark.django_db(transaction=True)
def test_ranks_are_written_while_the_ranked_are_forgotten():
    ana, bo = crowd(2)
    settle()
    run = ranking.measure(clock.now())
    RankDifference.objects.all().delete()
    RankDifference.objects.bulk_create(RankDifference(contact_id=one, rank=3) for one in (ana, bo))
    failed: list[BaseException] = []

    def write() -> None:
        try:
            with transaction.atomic():
                ranking.write(run)
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        hold([ana])
        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.5)
        drop([ana], clock.now())
    writer.join(20)
    assert failed == []
    assert not RankDifference.objects.exists()
    assert Contact.objects.select_related("state").get().state.activity_rank == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_was_merged_is_forgotten_while_it_is_looked_for_again():
    ana, dup = crowd(2)
    merge(ana, dup, clock.now())
    due = clock.now() + echoes.ECHOES[0]
    with under_way(lambda: echoes.follow(due)):
        pass
    with transaction.atomic():
        hold([ana])
        drop([ana], due)
    assert set(Erasure.objects.values_list("contact_id", flat=True)) == {ana}
    settle()
    assert invariants.broken() == []
