"""A filter is stored while what it names is deleted: one of the two loses, and is told so."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.response import Response

from contacts.models import Field, Tag
from kernel import clock
from points.models import PointRule
from segments.models import Segment
from stages.models import Stage
from tests.cast import client_of
from tests.colliding import until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def beside(work: Callable[[], Response]) -> Iterator[list[Response]]:
    """Do something in another process's place while the transaction inside is open."""
    answers: list[Response] = []

    def call() -> None:
        answers.append(work())
        connection.close()

    other = threading.Thread(target=call)
    with transaction.atomic():
        yield answers
        other.start()
        until_somebody_waits()
    other.join()


def named(kind: str) -> tuple[str, dict[str, Any]]:
    """Make something that can be named: where it is deleted, and a filter that names it."""
    if kind == "field":
        row: Any = Field.objects.create(alias="f_x", type="text", label="X")
        return f"/api/v1/fields/{row.pk}", {"field": "f_x", "op": "is_not_empty"}
    if kind == "tag":
        row = Tag.objects.create(name="vip")
        return f"/api/v1/tags/{row.pk}", {"field": "tags", "op": "has_any", "value": ["vip"]}
    if kind == "stage":
        row = Stage.objects.create(name="Won")
        return f"/api/v1/stages/{row.pk}", {"field": "stage", "op": "is", "value": str(row.pk)}
    row = Segment.objects.create(name="S", created_at=clock.now(), updated_at=clock.now())
    return f"/api/v1/segments/{row.pk}", {"segment": [str(row.pk)], "op": "in"}


@pytest.mark.parametrize("kind", ["field", "tag", "stage", "segment"])
def test_who_deletes_waits_for_a_segment_that_is_stored(api: Any, alice: Any, kind: str):
    path, tree = named(kind)
    other = client_of(alice)
    with beside(lambda: other.delete(path)) as answers:
        made = api.post("/api/v1/segments", {"name": "New", "filter": tree})
        assert made.status_code == 201, made.content
    assert [answer.status_code for answer in answers] == [409]
    assert api.get(path).status_code == 200


# A filter may name a tag or a stage that there is not (any more): it finds nobody by them.
@pytest.mark.parametrize("kind", ["field", "segment"])
def test_who_stores_a_segment_waits_for_what_is_deleted(api: Any, alice: Any, kind: str):
    path, tree = named(kind)
    other = client_of(alice)
    body = {"name": "New", "filter": tree}
    with beside(lambda: other.post("/api/v1/segments", body)) as answers:
        assert api.delete(path).status_code == 204
    assert [answer.status_code for answer in answers] == [400]
    assert not Segment.objects.filter(name="New").exists()


def test_a_rule_waits_for_the_field_of_its_filter(api: Any, alice: Any):
    path, tree = named("field")
    other = client_of(alice)
    body = {"name": "R", "event": "contacts.created", "delta": 1, "filter": tree}
    with beside(lambda: other.post("/api/v1/point-rules", body)) as answers:
        assert api.delete(path).status_code == 204
    assert [answer.status_code for answer in answers] == [400]
    assert not PointRule.objects.exists()
