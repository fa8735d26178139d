"""The API over HTTP: creating contacts, and the first page of thirty, on the server of production.

The limit is a bare Django view that looks the token up and runs the same statements.
"""

import json
from functools import partial

from django.db import connection

from accounts.models import BuiltIn, Role, Token, User
from kernel import clock
from tests.bench.bench import Bench
from tests.bench.population import populate
from tests.bench.serving import Request, press, request, serving

CREATED = 2_000
PAGES = 1_000
WARM = 100
CREATES_WANTED, LISTS_WANTED = 500, 300
PATH = "/api/v1/contacts"


def run(bench: Bench) -> None:
    rates = {}
    for who, application in (("ours", None), ("by hand", "tests.bench.by_hand.api:application")):
        bench.on("people", populate)
        token = make_token()
        with serving(*[application] if application else []) as port:
            page = request("GET", f"{PATH}?limit=30" if who == "ours" else PATH, token=token)
            press(port, [page] * WARM, 200)
            press(port, _creates(token, WARM, "warm"), 201)
            lists = bench.measure(partial(press, port, [page] * PAGES, 200))
            before = _written()
            new = _creates(token, CREATED, "new")
            creates = bench.measure(partial(press, port, new, 201))
            assert _written() - before == CREATED * 5
        rates[who] = CREATED / creates, PAGES / lists
    (creates, lists), (creates_by_hand, lists_by_hand) = rates["ours"], rates["by hand"]
    bench.metric("creates", creates, "per s", limit=creates_by_hand)
    bench.metric("lists of 30", lists, "per s", limit=lists_by_hand)
    bench.metric("creates, of what is wanted", creates / CREATES_WANTED, "times")
    bench.metric("lists of 30, of what is wanted", lists / LISTS_WANTED, "times")


def make_token() -> str:
    """Make an administrator with a token."""
    role = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    user = User.objects.create_user("bench@example.com", None, role=role)
    return Token.issue(user, "bench", now=clock.now())[1]


def _creates(token: str, number: int, mark: str) -> list[Request]:
    return [
        request("POST", PATH, json.dumps(_person(mark, place)).encode(), token)
        for place in range(number)
    ]


def _person(mark: str, place: int) -> dict[str, object]:
    return {
        "email": f"{mark}{place}@new.example",
        "first_name": f"Ana {place}",
        "last_name": "Lopez",
        "city": "Lyon",
        "country": "FR",
        "t0": f"city{place % 50}",
        "t3": "word7",
        "n0": place % 100,
    }


def _written() -> int:
    """Count the rows of everything that a new contact writes."""
    with connection.cursor() as cursor:
        total = 0
        for table in ("contact", "contact_state", "identifier", "event", "change"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            total += cursor.fetchone()[0]
        return total
