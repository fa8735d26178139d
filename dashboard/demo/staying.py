"""Which of the sample's people are somebody's by now, and stay when the sample goes."""

from collections.abc import Sequence

from django.db import connection

from dashboard.demo.marking import marked

# As an undone import keeps people: changed, become one with somebody, written about, or in a file
# of one's own. What the sample's own campaigns do to people does not move `updated_at`.
TOUCHED = """
SELECT c.id FROM contact c
WHERE c.id = ANY(%(people)s) AND (
  c.updated_at > c.created_at
  OR EXISTS (SELECT 1 FROM merge m WHERE m.winner_id = c.id)
  OR EXISTS (SELECT 1 FROM note n WHERE n.contact_id = c.id)
  OR EXISTS (SELECT 1 FROM task t WHERE t.contact_id = c.id)
  OR EXISTS (SELECT 1 FROM import_contact i
             WHERE i.contact_id = c.id AND i.import_id <> ALL(%(imports)s)
               AND (i.what <> 3 OR i.written_at IS NOT NULL)))
ORDER BY c.id"""


def staying(people: Sequence[int]) -> list[int]:
    """Return those of these people of the sample who stay."""
    asked = {"people": list(people), "imports": marked("import")}
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, asked)
        return [row[0] for row in cursor.fetchall()]
