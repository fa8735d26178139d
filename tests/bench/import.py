"""Import a file of which every other row is known, beside COPY and MERGE of the same rows by hand.

The limit writes what the product writes: contacts, states, identifiers, an event each, the change
sets, and whom the import met. It checks no value, and matches by email alone.
"""  # noqa: N999 - the command is called import

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path

from django.db import connection, transaction

from accounts.models import BuiltIn, Role, User
from contacts.catalogue import catalogue
from contacts.models import Field, Import
from contacts.services.imports.files import path_of
from contacts.services.imports.plan import Plan
from contacts.services.imports.reading import opened
from contacts.services.imports.start import Starter, Upload, start
from kernel import clock, events
from kernel.jobs import Jobs
from kernel.partitions import ensure_ahead
from tests.bench.bench import Bench

COLUMNS = (
    *("Email", "First name", "Last name", "City", "Postcode", "Country", "Phone"),
    *("Plan", "Visits", "Member since"),
)
CITIES = ("Lyon", "Besançon", "Zürich", "São Paulo", "Gdańsk", "Orléans", "Liège", "Québec")
COUNTRIES = {"France": "FR", "Suisse": "CH", "Brazil": "BR", "Pologne": "PL"}
FIRST = ("Ana", "Benoît", "Chloé", "Daria", "Émile", "František", "Gaël", "Héloïse")
AT_LEAST = 0.5

LOAD = """
WITH made AS (
  INSERT INTO contact (email, first_name, last_name, city, country, attrs, version,
                       created_at, updated_at)
  SELECT 'person' || n || '@mail' || n %% 97 || '.example', 'Ana', 'Load' || n %% 5000,
         'Paris', 'FR', jsonb_build_object('plan', 'free', 'visits', n %% 50), 1, now(), now()
  FROM generate_series(0, %s - 1) n ORDER BY n RETURNING id, email_key),
states AS (INSERT INTO contact_state (contact_id, points) SELECT id, 0 FROM made)
INSERT INTO identifier (kind, value, contact_id) SELECT 'email', email_key, id FROM made"""


RAW = """
CREATE TEMP TABLE raw (email text, first_name text, last_name text, city text, postcode text,
                       country text, phone text, plan text, visits int, since text)"""
COPY = "COPY raw FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)"
INCOMING = """
CREATE TEMP TABLE incoming AS
SELECT r.*, c.id AS known, coalesce(c.id, nextval(pg_get_serial_sequence('contact', 'id'))) AS id,
       %s::jsonb ->> r.country AS iso, lower(btrim(r.email)) AS key,
       jsonb_strip_nulls(jsonb_build_object('plan', nullif(r.plan, ''), 'visits', r.visits,
         'member_since', to_date(r.since, 'DD/MM/YYYY'))) AS values
FROM raw r LEFT JOIN contact c ON c.email_key = lower(btrim(r.email))"""
MERGE = """
MERGE INTO contact c USING incoming i ON c.id = i.id
WHEN MATCHED THEN UPDATE SET first_name = i.first_name, last_name = i.last_name, city = i.city,
  postcode = i.postcode, country = i.iso, phone = i.phone, attrs = c.attrs || i.values,
  updated_at = now(), version = c.version + 1
WHEN NOT MATCHED THEN
  INSERT (id, email, first_name, last_name, city, postcode, country, phone, attrs, version,
          created_at, updated_at)
  VALUES (i.id, i.email, i.first_name, i.last_name, i.city, i.postcode, i.iso, i.phone, i.values,
          1, now(), now())"""
BESIDE = (
    "INSERT INTO contact_state (contact_id, points) SELECT id, 0 FROM incoming WHERE known IS NULL",
    "INSERT INTO identifier (kind, value, contact_id)"
    " SELECT 'email', key, id FROM incoming WHERE known IS NULL",
    "INSERT INTO import_contact (import_id, contact_id, what)"
    " SELECT 1, id, CASE WHEN known IS NULL THEN 1 ELSE 2 END FROM incoming",
)
FRESH = """
WITH fresh AS (
  SELECT id AS contact_id, NULL::bigint AS subject_id, %(at)s::timestamptz AS occurred_at,
         NULL::smallint AS verdict, jsonb_build_object('source', 'import:1') AS data
  FROM incoming WHERE (known IS NULL) = %(new)s),"""


def run(bench: Bench) -> None:
    limit, imported = _started(bench)
    reading = bench.measure(lambda: _only_read(imported))
    # Forget the largest so far, which was making the file.
    Path("/proc/self/clear_refs").write_text("5")
    seconds = bench.measure(_work)
    imported.refresh_from_db()
    assert (imported.state, imported.read) == ("done", bench.size), imported.error
    assert imported.created == bench.size - imported.updated == bench.size // 2
    rate = bench.size / seconds
    bench.metric(
        "rows imported, half of them known", rate, "rows/s", limit=limit, at_least=AT_LEAST
    )
    bench.metric("rows read and converted only", bench.size / reading, "rows/s")
    bench.metric("largest memory", _largest(), "MB")


def _started(bench: Bench) -> tuple[float, Import]:
    """Return the rate of the limit, and an import of the same file that waits to be worked."""
    file = _file(bench.size)
    bench.on("import", _load)
    limit = bench.size / bench.measure(lambda: _by_hand(file))
    bench.on("import", _load)
    user = User.objects.administrators().get()
    return limit, start(Upload("people.csv", [file]), {}, Starter(user.pk), clock.now())


def _load(size: int) -> None:
    ensure_ahead(clock.now())
    role = Role.objects.get(built_in=BuiltIn.ADMINISTRATOR)
    User.objects.create_user("bench@example.com", None, role=role)
    now = clock.now()
    for alias, kind in (("plan", "text"), ("visits", "number"), ("member_since", "date")):
        label = alias.replace("_", " ")
        Field.objects.create(alias=alias, type=kind, label=label, created_at=now, updated_at=now)
    with connection.cursor() as cursor:
        cursor.execute(LOAD, [size])


def _file(size: int) -> bytes:
    """Write the file: even rows are new people, odd ones known ones with new values."""
    chance = random.Random(7)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for n in range(size):
        number = n if n % 2 else size + n
        writer.writerow(
            (
                f"person{number}@mail{number % 97}.example",
                chance.choice(FIRST),
                f"Martin-{chance.randrange(5000)}",
                chance.choice(CITIES),
                f"{chance.randrange(1000, 99999):05}",
                chance.choice(list(COUNTRIES)),
                f"+33 1 {chance.randrange(10**8):08}",
                chance.choice(("free", "pro", "team", "")),
                chance.randrange(500),
                f"{date(2010, 1, 1) + timedelta(chance.randrange(6000)):%d/%m/%Y}",
            )
        )
    return text.getvalue().encode()


def _work() -> None:
    while Jobs().work(clock.now()):
        pass


def _only_read(imported: Import) -> None:
    plan, now = Plan.of(imported.plan), clock.now()
    converter = plan.converter(catalogue(), now)
    with opened(path_of(imported.file), plan.dialect) as table:
        for row in table.rows:
            converter.convert(row.cells)


def _largest() -> float:
    """Return the most memory this process has held, in megabytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _by_hand(file: bytes) -> None:
    now = clock.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(RAW)
        cursor.copy_expert(COPY, io.BytesIO(file))
        cursor.execute(INCOMING, [json.dumps(COUNTRIES)])
        cursor.execute("ANALYZE incoming")
        for statement in (MERGE, *BESIDE):
            cursor.execute(statement)
        for key, new in (("contacts.created", True), ("contacts.updated", False)):
            more = events.parameters(key, now=now, bulk=True, reads=["field:city"])
            rows = FRESH + events.RECORD_ROWS + "SELECT 1"
            cursor.execute(rows, {**more, "new": new})
