"""The trail names nobody who was erased, however long ago, nor keeps pieces of addresses."""

from importlib import import_module

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from contacts.models import Contact, Erasure
from contacts.services.erase import drop
from contacts.services.leftovers import MOST
from kernel import clock
from kernel.trail import difference
from segments.models import Segment
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
WORDS = ["ana.o'neill@x.example", "+33612345678"]


def told() -> str:
    return str(list(AuditEntry.objects.values_list("name", "before", "after"))).lower()


@pytest.mark.parametrize("word", WORDS)
def test_a_mend_after_many_erasures_tells_no_name(api: APIClient, word: str):
    [ana, *others] = people(
        {"email": WORDS[0], "mobile": WORDS[1]},
        *({"email": f"p{n}@x.example"} for n in range(MOST + 1)),
    )
    tree = {"any": [{"field": "email", "op": "is", "value": word}]}
    one = api.post("/api/v1/segments", {"name": "Hers", "filter": tree}).json()
    named = [{"field": "email", "op": "is", "value": f"p{n}@x.example"} for n in range(MOST + 1)]
    now = clock.now()
    Segment.objects.create(name="Theirs", filter={"any": named}, created_at=now, updated_at=now)
    drop([ana], clock.now())
    drop(others, clock.now())
    assert Erasure.objects.filter(words__isnull=False).count() > MOST
    assert not Contact.objects.exists()
    mended = {"filter": {"all": [{"field": "city", "op": "is", "value": "Nice"}]}}
    body = {**mended, "version": one["version"]}
    answer = api.patch(f"/api/v1/segments/{one['id']}", body)
    assert answer.status_code == 200, answer.content
    assert word not in told()
    assert "(erased)" in told()


@pytest.mark.parametrize("before", [470, 485, 495, 499, 500])
def test_what_is_cut_ends_with_a_whole_word(before: int):
    text = "x " * (before // 2) + "quetzalina@zanzibar.example and more " + "y " * 100
    kept = difference({"html": ""}, {"html": text})[1]["html"]
    assert kept.endswith("…")
    assert "quetzalina@zanzibar.example" in kept or "quetz" not in kept


def test_what_was_cut_through_before_is_mended():
    cut = "x " * 245 + "quetzalina…"
    whole = {"html": cut, "name": "Quetz…", "size": 7}
    AuditEntry.objects.create(kind="emails", verb="change", before=whole, after={"html": cut[1:]})
    with connection.cursor() as cursor:
        for side in ("before", "after"):
            cut_anew = import_module("accounts.migrations.0010_whole_words").CUT
            cursor.execute(cut_anew.format(side=side))
    entry = AuditEntry.objects.get()
    assert entry.before == {**whole, "html": "x " * 245 + "…"}
    assert entry.after == {"html": cut[1:]}
