"""Opens, clicks and hits over HTTP on the server of production, and the copying of their lines.

The limit is an empty Django view, served in the same way with the settings of the product; the
stricter one has no middleware either. `busy` is measured while an import and a rebuild run.
"""

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from functools import partial

from django.conf import settings
from django.db import connection

from emails.models import Email, State
from kernel import preferences
from tests.bench.bench import Bench
from tests.bench.population import populate
from tests.bench.serving import Request, press, request, serving
from tracking import spool
from tracking.spooler import copy_all
from tracking.tokens import make, make_click

# As many deliveries are needed: the size is 6,000 or more.
ASKED = 6_000
WARM = 500
PACED = 2_000
HALF, WANTED_EACH, LATENCY = 0.5, 1_500, 50.0
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BY_HAND = "tests.bench.by_hand.tracking:application"
LEDGER = """
INSERT INTO delivery (email_id, run_id, contact_id, due_at, created_at, sent_at, state, cause,
                      version_id)
SELECT %s, 0, id, now(), now(), now() - interval '1 hour', %s, 'bench:' || id, 1
FROM contact ORDER BY id LIMIT %s RETURNING id"""


def run(bench: Bench) -> None:
    bench.on("people", populate)
    site = settings.SITE_URL
    preferences.put("tracking.consent_first", False)
    kinds = {"opens": (_opens, 200), "clicks": (_clicks, 302), "hits": (_hits, 204)}
    deliveries = _ledger()
    asked = {kind: make_them(deliveries, site) for kind, (make_them, _status) in kinds.items()}
    empty = [request("GET", "/empty")] * ASKED
    limits = []
    for bare in ("", "1"):
        os.environ["BENCH_BARE"] = bare
        with serving(BY_HAND) as port:
            limits.append(_rate(bench, port, empty, 204))
    _clear()
    with serving() as port:
        for kind, (_make, status) in kinds.items():
            rate = _rate(bench, port, asked[kind], status)
            bench.metric(kind, rate, "per s", limit=limits[0], at_least=HALF)
            bench.metric(
                f"{kind}, beside a view without middleware", rate, "per s", limit=limits[1]
            )
            bench.metric(f"{kind}, of what is wanted", rate / WANTED_EACH, "times")
        _copy(bench)
        with under_pressure():
            for kind, (_make, status) in kinds.items():
                took = sorted(press(port, asked[kind][:PACED], status))
                p95 = took[int(len(took) * 0.95)] * 1000
                bench.metric(f"{kind}, busy, 95th percentile", p95, "ms", limit=LATENCY, at_least=1)


@contextlib.contextmanager
def under_pressure() -> Iterator[None]:
    """Keep an import and a rebuild running."""
    busy = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.pressure"],
        env=os.environ | {"RELAIS_ROLE": "worker"},
        stdout=subprocess.PIPE,
    )
    assert busy.stdout
    busy.stdout.readline()
    try:
        yield
        assert busy.poll() is None, "The import and the rebuild have ended."
    finally:
        busy.terminate()
        busy.wait()


def _rate(bench: Bench, port: int, asked: Sequence[Request], status: int) -> float:
    press(port, asked[:WARM], status)
    return len(asked) / bench.measure(partial(press, port, asked, status))


def _copy(bench: Bench) -> None:
    """Copy what the servers have spooled, as the spooler does."""
    lines = 0
    # The last files are closed a moment after their last line.
    while any(path.suffix == spool.OPEN for path in spool.folder().iterdir()):
        time.sleep(0.05)

    def copy() -> None:
        nonlocal lines
        lines = copy_all()

    took = bench.measure(copy)
    assert lines >= 3 * ASKED, lines
    bench.metric("copied to the database", lines / took, "lines/s")


def _clear() -> None:
    for path in spool.folder().iterdir():
        path.unlink()


def _ledger() -> list[int]:
    email = Email.objects.create(name="Bench")
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, [email.pk, State.SENT, ASKED])
        return [row[0] for row in cursor.fetchall()]


def _with_agent(wanted: Request, *more: str) -> Request:
    head, _blank, body = wanted.partition(b"\r\n\r\n")
    extra = "\r\n".join([f"User-Agent: {AGENT}", *more]).encode()
    return head + b"\r\n" + extra + b"\r\n\r\n" + body


def _opens(deliveries: Sequence[int], _site: str) -> list[Request]:
    return [_with_agent(request("GET", f"/e/o/{make('open', number)}")) for number in deliveries]


def _clicks(deliveries: Sequence[int], _site: str) -> list[Request]:
    place = "https://example.com/offers/7?utm_source=news&item=7"
    return [
        _with_agent(request("GET", f"/e/c/{make_click(number, 7, place)}")) for number in deliveries
    ]


def _hits(deliveries: Sequence[int], site: str) -> list[Request]:
    return [
        _with_agent(request("POST", "/t/hit", _view(site, place)), f"Origin: {site}")
        for place in range(len(deliveries))
    ]


def _view(site: str, place: int) -> bytes:
    view = {
        "n": "view",
        "i": str(uuid.uuid4()),
        "u": f"{site}/articles/{place % 300}?utm_source=news&utm_campaign=winter",
        "t": f"Article {place % 300}: how the snow came early",
        "r": "https://search.example/",
        "a": 400,
    }
    return json.dumps({"v": str(uuid.uuid4()), "c": 1, "e": [view]}).encode()
