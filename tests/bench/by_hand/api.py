"""The hand-written limit of the API's benchmark: bare Django views that write and read the same."""

import hashlib
import json
import os
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "automation.settings")
django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

import orjson  # noqa: E402 - after the settings are bare
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.urls import path  # noqa: E402

from kernel import clock  # noqa: E402

TOKEN = """
SELECT t.user_id, t.scopes, r.rights FROM api_token t JOIN account a ON a.id = t.user_id
JOIN role r ON r.id = a.role_id
WHERE t.digest = %s AND t.revoked_at IS NULL AND a.is_active"""
INSERT = """
WITH made AS (
  INSERT INTO contact (email, first_name, last_name, city, country, attrs, version, created_at,
                       updated_at)
  VALUES (%(email)s, %(first_name)s, %(last_name)s, %(city)s, %(country)s, %(attrs)s, 1, %(now)s,
          %(now)s) RETURNING id),
states AS (INSERT INTO contact_state (contact_id, points) SELECT id, 0 FROM made),
named AS (
  INSERT INTO identifier (kind, value, contact_id)
  SELECT 'email', lower(%(email)s), id FROM made),
facts AS (
  INSERT INTO event (retention, contact_id, type_id, occurred_at, data)
  SELECT 3, id, %(type)s, %(now)s, '{"source": "api"}' FROM made RETURNING id, contact_id),
announced AS (
  INSERT INTO change (bulk, lane, depth, contact_ids, type_id, event_ids, subject_ids,
                      occurred_ats, reads, created_at)
  SELECT false, contact_id %% 16, 0, ARRAY[contact_id], %(type)s, ARRAY[id], ARRAY[NULL::bigint],
         ARRAY[%(now)s::timestamptz], %(reads)s, %(now)s FROM facts)
SELECT id FROM made"""
CORE = ["email", "first_name", "last_name", "city", "country"]
READ = f"""
SELECT c.id, c.version, {", ".join("c." + name for name in CORE)}, c.attrs::text, c.created_at,
  c.updated_at, s.points,
  ARRAY(SELECT t.name FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id
        WHERE ct.contact_id = c.id ORDER BY t.name_key),
  (SELECT jsonb_agg(jsonb_build_array(d.channel, d.reason, d.comment, d.at))::text
   FROM do_not_contact d WHERE d.contact_id = c.id),
  (SELECT jsonb_agg(jsonb_build_array(k.purpose, k.topic_id, k.state, k.at))::text
   FROM consent k WHERE k.contact_id = c.id)
FROM contact c LEFT JOIN contact_state s ON s.contact_id = c.id
LEFT JOIN company co ON co.id = c.company_id LEFT JOIN account u ON u.id = c.owner_id
"""


def _bearer(request: HttpRequest) -> Any:
    secret = request.headers["Authorization"].removeprefix("Bearer ")
    with connection.cursor() as cursor:
        cursor.execute(TOKEN, [hashlib.sha256(secret.encode()).hexdigest()])
        return cursor.fetchone()


def _shown(row: Any) -> dict[str, Any]:
    number, version, *own = row[: 2 + len(CORE)]
    attrs, created, updated, points, tags, closed, agreed = row[2 + len(CORE) :]
    return {
        "id": str(number),
        "version": version,
        **dict(zip(CORE, own, strict=True)),
        **orjson.loads(attrs),
        "created_at": clock.iso(created),
        "updated_at": clock.iso(updated),
        "points": points,
        "tags": tags,
        "do_not_contact": orjson.loads(closed or "[]"),
        "consents": orjson.loads(agreed or "[]"),
    }


def contacts(request: HttpRequest) -> HttpResponse:
    """Create one, or list thirty."""
    if _bearer(request) is None:
        return HttpResponse(status=401)
    if request.method == "POST":
        return _answer(_create(json.loads(request.body)), 201)
    with connection.cursor() as cursor:
        cursor.execute(f"{READ} ORDER BY c.id DESC LIMIT 31")
        rows = [_shown(row) for row in cursor.fetchall()[:30]]
    return _answer({"results": rows, "next": rows[-1]["id"]}, 200)


def _answer(document: Any, status: int) -> HttpResponse:
    body = orjson.dumps(document)
    return HttpResponse(body, "application/json", status, headers={"Content-Length": len(body)})


@transaction.atomic
def _create(body: dict[str, Any]) -> dict[str, Any]:
    values = {name: body.pop(name, None) for name in CORE}
    reads = [f"field:{name}" for name in [*values, *body]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM event_type WHERE key = 'contacts.created'")
        now, kind = clock.now(), cursor.fetchone()[0]
        more = {"now": now, "type": kind, "reads": ["event:contacts.created", *reads]}
        cursor.execute(INSERT, {**values, **more, "attrs": json.dumps(body)})
        cursor.execute(f"{READ} WHERE c.id = %s", [cursor.fetchone()[0]])
        return _shown(cursor.fetchone())


def alive(request: HttpRequest) -> HttpResponse:
    """Say that the server runs."""
    return _answer({}, 200)


urlpatterns = [path("health/live", alive), path("api/v1/contacts", contacts)]
application = get_wsgi_application()
