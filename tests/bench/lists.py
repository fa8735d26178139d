"""Server time of the pages people open most: contacts, one contact, what happened to them.

Measured inside the application, without network, in processor-bound single file; the limit of
the first page is one hand-written statement of the same rows.
"""

import io
import json
import statistics
import time
from typing import Any

from django.db import connection
from django.test import Client

from accounts.models import BuiltIn, User
from automation.wsgi import application
from kernel.events import type_id
from tests.bench.api import make_token
from tests.bench.bench import Bench
from tests.bench.by_hand.lists import first_page
from tests.bench.population import FIELDS, TYPES, populate

ROUNDS = 15
DEEP = 20
API = "/api/v1"
# As many as many years leave behind: half texts, half numbers, in groups of ten.
FIELDS_IN_ALL = 500
MORE_FIELDS = """
INSERT INTO field (object, alias, type, label, labels, options, "group", "order", help_text,
                   decimals, required, "unique", public, listed, indexed, version, created_at,
                   updated_at)
SELECT 'contact', 'more' || n, (ARRAY['text', 'number'])[1 + n %% 2], 'More ' || n, '{}', '[]',
       'Group ' || n / 10, n, '', 0, false, false, false, false, false, 1, now(), now()
FROM generate_series(1, %s) n"""
FILTER = {"all": [{"field": "country", "op": "is", "value": "FR"}]}


def run(bench: Bench) -> None:
    bench.on("people", populate)
    reader = Reader(make_token())
    someone = reader.get(f"{API}/contacts?limit=1")["results"][0]["id"]
    type_id(TYPES[0])
    pages = {
        "contacts, first page": f"{API}/contacts?limit=30",
        "contacts, first page by name": f"{API}/contacts?limit=30&sort=name",
        "contacts, first page of a country": f"{API}/contacts?limit=30&country=FR",
        "contacts, first page with estimate": f"{API}/contacts?limit=30&estimate=true",
        "one contact": f"{API}/contacts/{someone}",
        "what happened to one": f"{API}/events?limit=30&contact={someone}",
    }
    by_hand = statistics.median(bench.measure(first_page) for _round in range(ROUNDS)) * 1000
    for name, path in pages.items():
        bench.metric(name, reader.median(path), "ms", limit=by_hand)
    bench.metric("contacts, page 20", reader.deep(f"{API}/contacts?limit=30"), "ms", limit=by_hand)
    screens = Screens(User.objects.get(role__built_in=BuiltIn.ADMINISTRATOR))
    for name, path in {
        "screen: contacts, first page": "/contacts",
        "screen: contacts by name": "/contacts?sort=name",
        "screen: contacts by points": "/contacts?sort=-points",
        "screen: contacts by activity": "/contacts?sort=-activity_rank",
        "screen: contacts found by a word": "/contacts?q=martin",
        "screen: contacts found by two letters": "/contacts?q=ma",
        "screen: one contact": f"/contacts/{someone}",
    }.items():
        bench.metric(name, screens.median(path), "ms", limit=150)
    with_many_fields(bench, reader, screens, someone)
    search = {"filter": FILTER, "limit": 30}
    bench.metric(
        "contacts by a filter", reader.median(f"{API}/contacts/search", search), "ms", limit=by_hand
    )


def with_many_fields(bench: Bench, reader: "Reader", screens: "Screens", someone: str) -> None:
    """Compare pages with those of a workspace of five hundred fields, of which people fill thirty.

    The limit is the same page with thirty fields, a moment before. Over REST each contact has a key
    for every field, so that the answer is six times as long.
    """
    pages = {
        "contacts, first page": lambda: reader.median(f"{API}/contacts?limit=30"),
        "screen: contacts, first page": lambda: screens.median("/contacts"),
        "screen: one contact": lambda: screens.median(f"/contacts/{someone}"),
    }
    before = {name: ask() for name, ask in pages.items()}
    with connection.cursor() as cursor:
        cursor.execute(MORE_FIELDS, [FIELDS_IN_ALL - len(FIELDS)])
    for name, ask in pages.items():
        bench.metric(f"{name}, {FIELDS_IN_ALL} fields", ask(), "ms", limit=before[name])


class Screens:
    """Opens pages of the back office as a user."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(user)

    def median(self, path: str) -> float:
        """Time a page in milliseconds."""
        took = []
        for _round in range(ROUNDS + 1):
            began = time.perf_counter()
            answer = self.client.get(path)
            took.append(time.perf_counter() - began)
            assert answer.status_code == 200, path
        return statistics.median(took[1:]) * 1000


class Reader:
    """Asks the application directly."""

    def __init__(self, token: str) -> None:
        self.token = token

    def get(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask(path, body))
        return found

    def ask(self, path: str, body: dict[str, Any] | None = None) -> bytes:
        """Return the answer as it is sent: what a client makes of it is not our time."""
        raw = b"" if body is None else json.dumps(body).encode()
        route, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET" if body is None else "POST",
            "PATH_INFO": route,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.input": io.BytesIO(raw),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
        }
        status = list[str]()
        answer: Any = application(environ, lambda line, _headers: status.append(line))
        content = b"".join(answer)
        answer.close()
        assert status[0].startswith("200"), (path, content)
        return content

    def median(self, path: str, body: dict[str, Any] | None = None) -> float:
        """Time a page in milliseconds."""
        self.ask(path, body)
        took = []
        for _round in range(ROUNDS):
            began = time.perf_counter()
            self.ask(path, body)
            took.append(time.perf_counter() - began)
        connection.close()
        return statistics.median(took) * 1000

    def deep(self, path: str) -> float:
        """Time the twentieth page: what lies before it must cost nothing."""
        cursor = ""
        for _page in range(DEEP - 1):
            cursor = self.get(path + cursor)["next"]
            cursor = f"&cursor={cursor}"
        return self.median(path + cursor)
