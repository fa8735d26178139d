"""Segments are evaluated by a few prepared statements, planned once, parents before dependants."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from segments.models import Segment
from segments.services import editing, plan
from tests.segments.scene import FRENCH, follow, inside, move, person

pytestmark = pytest.mark.django_db
CITY = {"field": "city", "op": "is", "value": "Nice"}


def prepared() -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, generic_plans, custom_plans FROM pg_prepared_statements")
        return {row[0]: row[1:] for row in cursor.fetchall() if row[0].startswith("segments_")}


def test_a_pack_is_one_statement_with_a_generic_plan_whatever_its_size():
    ann = person(country="DE")
    segments = [follow({"all": [FRENCH]}, str(number)) for number in range(5)]
    move(ann, country="FR")
    (name,) = {pack.name for pack in plan.current().packs()}
    generic, custom = prepared()[name]
    assert (generic > 0, custom) == (True, 0)
    with CaptureQueriesContext(connection) as queries:
        move(ann, country="DE")
    executed = [query["sql"] for query in queries if "EXECUTE segments_" in query["sql"]]
    # Ann's change; who left asks for nothing more, since nobody reads it.
    assert len(executed) == 1
    assert not [query for query in queries if "PREPARE" in query["sql"]]
    assert [inside(segment) for segment in segments] == [set()] * 5


def test_only_packs_that_read_what_changed_run():
    ann = person(country="FR", city="Nice")
    follow({"all": [FRENCH]}, "french")
    follow({"field": "city", "op": "matches", "value": "^N"}, "alone, for it is a regular one")
    with CaptureQueriesContext(connection) as queries:
        move(ann, country="DE")
    assert len([query for query in queries if "EXECUTE segments_" in query["sql"]]) == 1


def test_dependants_follow_their_parents_in_the_same_round():
    ann = person(city="Nice")
    parent = follow({"all": [FRENCH]}, "parent")
    child = follow({"all": [{"segment": [parent.pk], "op": "in"}, CITY]}, "child")
    grandchild = follow({"segment": [child.pk], "op": "not_in"}, "grandchild")
    assert [len(level) for level in plan.current().levels] == [1, 1, 1]
    move(ann, country="FR")
    assert [inside(row) for row in (parent, child, grandchild)] == [{ann}, {ann}, set()]


def test_statements_of_filters_that_are_no_more_are_given_back():
    ann = person(country="FR")
    segment = follow({"all": [FRENCH]})
    move(ann, city="Nice")
    move(ann, country="DE")
    before = set(prepared())
    editing.edit(Segment.objects.get(pk=segment.pk), {"filter": CITY}, now=segment.updated_at)
    move(ann, city="Lyon")
    after = set(prepared())
    assert len(after) == 1
    assert not after & before
