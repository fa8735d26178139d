"""The hand-written limit of lists: the newest thirty contacts in one statement."""

from django.db import connection

FIRST_PAGE = """
SELECT c.*, s.points,
  ARRAY(SELECT t.name FROM contact_tag ct JOIN tag t ON t.id = ct.tag_id
        WHERE ct.contact_id = c.id ORDER BY t.name_key)
FROM contact c LEFT JOIN contact_state s ON s.contact_id = c.id ORDER BY c.id DESC LIMIT 31"""


def first_page() -> None:
    """Read it."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_PAGE)
        assert len(cursor.fetchall()) == 31
