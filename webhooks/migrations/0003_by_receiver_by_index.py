"""What waits for a receiver is found by an index."""

from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db import migrations, models

AT_ONCE = 2_000
WAITING = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_post_host
ON webhook_post (host, due_at) WHERE state = 0"""
UNUSED = "DROP INDEX CONCURRENTLY IF EXISTS webhook_post_due"
DUE = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS webhook_post_due
ON webhook_post (due_at) WHERE state = 0"""
FOUND = """
SELECT id, url FROM webhook_post WHERE state = 0 AND host = '' AND id > %s ORDER BY id LIMIT %s"""
FILL = """
UPDATE webhook_post p SET host = f.host FROM unnest(%s::bigint[], %s::text[]) f(id, host)
WHERE p.id = f.id AND p.host = ''"""


def fill(_apps: Any, editor: Any) -> None:
    """Say of what waits already who receives it, some at a time: it would count as one receiver."""
    after = 0
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(FOUND, [after, AT_ONCE])
            rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][0]
            cursor.execute(FILL, [[row[0] for row in rows], [_host(row[1]) for row in rows]])


def _host(url: str) -> str:
    try:
        found = urlsplit(url)
        return f"{found.hostname or ''}:{found.port or found.scheme}"[:300]
    except ValueError:
        return ""


class Migration(migrations.Migration):
    """Made by hand: rows are filled, and the index is built, beside the traffic."""

    atomic = False
    dependencies: ClassVar = [("webhooks", "0002_by_receiver")]
    operations: ClassVar = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(WAITING, "DROP INDEX webhook_post_host")],
            [
                migrations.AddIndex(
                    "post",
                    models.Index(
                        condition=models.Q(("state", 0)),
                        fields=["host", "due_at"],
                        name="webhook_post_host",
                    ),
                )
            ],
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(UNUSED, DUE)],
            [migrations.RemoveIndex("post", "webhook_post_due")],
        ),
    ]
