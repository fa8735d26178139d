"""Whoever asks what publishing begins with hears a sentence when that takes too long."""

import threading

import pytest
from django.db import connection
from rest_framework.test import APIClient

from campaigns.services import foreseeing
from kernel import clock
from segments.models import Segment
from segments.services import members
from tests.journey import graph, node, ok, people
from tests.settle import settle

WAIT = graph([node("rest", "wait", **{"for": "1d"})], "start>rest")


def draft(api: APIClient) -> str:
    segment = Segment.objects.create(name="Clients")
    members.change(segment, add=people(2), now=clock.now())
    settle()
    body = {"name": "x", "graph": WAIT, "sources": [{"segment": segment.pk}]}
    return str(ok(api.post("/api/v1/campaigns", body), 201)["id"])


def refused(api: APIClient, campaign: str) -> None:
    answer = api.get(f"/api/v1/campaigns/{campaign}/outlook")
    assert answer.status_code == 400
    [problem] = answer.json()["errors"]
    assert (problem["code"], problem["message"]) == (
        "too_slow",
        "Who comes in could not be counted in time.",
    )


@pytest.mark.django_db
def test_no_patience_at_all_is_said(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    campaign = draft(api)
    monkeypatch.setattr(foreseeing, "SECONDS", 0.0)
    refused(api, campaign)
    monkeypatch.undo()
    assert ok(api.get(f"/api/v1/campaigns/{campaign}/outlook"))["enters"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_gets_nowhere_is_given_up(api: APIClient, monkeypatch):
    """However fast the machine is: somebody else holds the table for longer than anybody waits."""
    campaign = draft(api)
    monkeypatch.setattr(foreseeing, "SECONDS", 0.5)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("LOCK TABLE member IN ACCESS EXCLUSIVE MODE")
            held.set()
            done.wait(30)
            cursor.execute("ROLLBACK")
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(30)
        refused(api, campaign)
    finally:
        done.set()
        other.join()
    assert ok(api.get(f"/api/v1/campaigns/{campaign}/outlook"))["enters"] == 2
