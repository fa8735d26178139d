"""Rows that are written though their stage, points or segment is not given say so, and why."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, ContactState, Import
from contacts.services.imports import run
from contacts.services.restricting import Said, restrict
from kernel import clock
from segments.models import Segment
from stages.models import Stage
from tests.contacts.imports.sending import counts, take
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
FILE = (
    "email,city,Stage,Points\nold@x.example,Lyon,Lead,\nnew@x.example,Nice,Customer,7\n"
    "wrong,Pau,Lead,\nlast@x.example,Metz,Lead,\n"
)
CHOSEN = {"mapping": {"Stage": "stage", "Points": "points"}}


def taken(api: APIClient, monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, Any]:
    """Take the file in while one of its stages is deleted; one of its people is restricted."""
    Stage.objects.create(name="Lead")
    gone = Stage.objects.create(name="Customer")
    (old,) = people({"email": "old@x.example"})
    restrict([old], "unlawful", Said("hand"), clock.now())
    write = run.take_in

    def deleted_meanwhile(*asked: Any) -> Any:
        Stage.objects.filter(pk=gone.pk).delete()
        return write(*asked)

    monkeypatch.setattr(run, "take_in", deleted_meanwhile)
    return take(api, FILE, **CHOSEN, **options)


def test_they_are_written_counted_and_told(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    done = taken(api, monkeypatch)
    assert (*counts(done), done["unplaced"]) == (4, 2, 1, 0, 1, 2)
    assert set(Contact.objects.values_list("city", flat=True)) == {"Lyon", "Nice", "Metz"}
    # What could be given was given.
    assert ContactState.objects.get(contact__email="new@x.example").points == 7
    last = ContactState.objects.get(contact__email="last@x.example")
    assert last.stage_id == Stage.objects.get().pk
    lines = api.get(f"/api/v1/imports/{done['id']}/unplaced").getvalue().decode().splitlines()
    assert lines == [
        "\ufeffemail,city,Stage,Points,import_line,import_reason",
        "old@x.example,Lyon,Lead,,2,Stage: Left out: processing is restricted.",
        "new@x.example,Nice,Customer,7,3,Stage: This was deleted while the file was taken in.",
    ]
    refused = api.get(f"/api/v1/imports/{done['id']}/rejects").getvalue().decode().splitlines()
    assert [line.split(",")[0] for line in refused[1:]] == ["wrong"]


def test_the_page_shows_them_apart(
    client: Client, api: APIClient, alice: User, monkeypatch: pytest.MonkeyPatch
):
    done = taken(api, monkeypatch)
    client.force_login(alice)
    page = client.get(f"/imports/{done['id']}")
    assert [row["line"] for row in page.context["rejects"]] == [4]
    assert [row["line"] for row in page.context["unplaced"]] == [2, 3]
    assert f'href="/imports/{done["id"]}/unplaced.csv"' in page.content.decode()
    assert "Written, not placed" in page.content.decode()
    file = client.get(f"/imports/{done['id']}/unplaced.csv").getvalue().decode()
    assert "deleted while the file was taken in" in file
    nothing = Import.objects.create(name="other", state="done", plan={"fields": {}, "columns": []})
    assert "Written, not placed" not in client.get(f"/imports/{nothing.pk}").content.decode()


def test_a_segment_that_went_is_told_of_everybody(api: APIClient, monkeypatch: pytest.MonkeyPatch):
    segment = Segment.objects.create(name="Fair")
    write = run.take_in

    def deleted_meanwhile(*asked: Any) -> Any:
        Segment.objects.filter(pk=segment.pk).delete()
        return write(*asked)

    monkeypatch.setattr(run, "take_in", deleted_meanwhile)
    done = take(api, "email\na@x.example\nb@x.example\n", segment=segment.pk)
    assert (*counts(done), done["unplaced"]) == (2, 2, 0, 0, 0, 2)
    told = api.get(f"/api/v1/imports/{done['id']}/unplaced").getvalue().decode()
    assert told.count("segment: This was deleted while the file was taken in.") == 2
