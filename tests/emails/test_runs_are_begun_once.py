"""REL-05: a broadcast begun by many at once is one run; figures are counted once a page."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from emails.models import CapturedMail, Delivery, Send
from kernel import clock
from kernel.queues import queues
from tests.cast import client_of
from tests.emails.people import begin, make_contacts, make_email, make_segment, states
from tests.settle import settle

API = "/api/v1"


@pytest.mark.django_db(transaction=True)
def test_rel_05_eight_starts_at_once_are_one_run(alice):
    people = make_contacts(30)
    email = make_email(type="segment", segments=[make_segment(people)])
    clients = [client_of(alice) for _number in range(8)]
    ready, answers = threading.Barrier(12), []

    def start(client) -> None:
        try:
            ready.wait()
            answers.append(client.post(f"{API}/emails/{email.pk}/send", {}))
        finally:
            connection.close()

    def prepare() -> None:
        try:
            ready.wait()
            for _round in range(20):
                queues.get("emails.runs")().work(clock.now())
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=[client]) for client in clients]
    threads += [threading.Thread(target=prepare) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [202] * 8
    assert len({answer.json()["id"] for answer in answers}) == Send.objects.count() == 1
    settle()
    assert states() == {"sent": 30}
    assert CapturedMail.objects.values("recipients").distinct().count() == 30
    Send.objects.create(email=email, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Send.objects.create(email=email, at=clock.now())


@pytest.mark.django_db
def test_a_page_of_runs_is_counted_in_one_statement_and_writes_nothing(api):
    for _number in range(3):
        begin(make_contacts(2, f"x{Send.objects.count()}.example"))
    Send.objects.update(at=clock.now())
    settle()
    Send.objects.update(counts={}, counted_at=None)
    api.get(f"{API}/sends")
    with CaptureQueriesContext(connection) as few:
        shown = api.get(f"{API}/sends", {"limit": 1}).json()["results"]
    with CaptureQueriesContext(connection) as many:
        shown = api.get(f"{API}/sends").json()["results"]
    assert len(few) == len(many)
    assert [run["statistics"]["sent"] for run in shown] == [2, 2, 2]
    assert [run["queued"] for run in shown] == [0, 0, 0]
    assert set(Send.objects.values_list("counted_at", flat=True)) == {None}
    Delivery.objects.update(opened_at=clock.now())
    assert api.get(f"{API}/sends/{shown[0]['id']}").json()["statistics"]["opened"] == 2
