"""SEC-20: a shared view that asks about a field one may not see is not offered; others are."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from backoffice.models import SavedView
from tests.accounts.sensitive.conftest import FILTER, SECRET, made

pytestmark = pytest.mark.django_db
TAGGED = {"field": "tags", "op": "has_any", "value": ["blood"]}
WRITTEN = json.dumps(FILTER).replace("blood", "\\u0062lood")
# The list, what is searched there, and whether it is offered.
SHARED = {
    "as a condition": ("contacts", {"filter": json.dumps(FILTER)}, False),
    "written otherwise": ("contacts", {"filter": WRITTEN}, False),
    "typed": ("contacts", {"q": f"-Blood:{SECRET}"}, False),
    "cut": ("contacts", {"filter": json.dumps(FILTER)[:50]}, False),
    "nested": ("contacts", {"filter": "[" * 900 + "]" * 900}, False),
    "nested, with a decimal": ("contacts", {"filter": "[" * 990 + "1.5" + "]" * 990}, False),
    "nested without an end": ("contacts", {"filter": '{"all":[' * 300}, False),
    "too much": ("contacts", [("q", "")] * 1_001, False),
    "a tag": ("contacts", {"filter": json.dumps(TAGGED)}, True),
    "words": ("contacts", {"q": "cold blood"}, True),
    "another list": ("emails", {"q": "blood: give"}, True),
    "everything": ("contacts", {}, True),
}


def test_sec_20_what_asks_about_it_is_not_offered(client: Client, alice: User, dora: User, api):
    made(api, "fields", label="Blood", alias="blood", type="text", sensitive=True)
    for name, (place, asked, offered) in SHARED.items():
        view = {"list": place, "name": "Bloodless", "query": urlencode(asked)}
        for owner, user, told in ((alice, alice, True), (alice, dora, offered), (dora, dora, True)):
            SavedView.objects.all().delete()
            SavedView.objects.create(user=owner, shared=True, **view)
            client.force_login(user)
            page = client.get(f"/{place}")
            assert page.status_code == 200
            assert ("Bloodless" in page.content.decode()) is told, (name, owner, user)
