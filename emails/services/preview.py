"""Shows an email as one contact would get it, without sending or measuring anything."""

from datetime import datetime

from django.db import connection

from content.message import Rendered
from emails.models import Email
from emails.services.values import columns_of
from emails.services.versions import load

READ = """
SELECT ARRAY[{values}]::text[] FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id LEFT JOIN company co ON co.id = c.company_id
{owner} WHERE c.id = %s"""
# The addresses of a preview lead nowhere: nobody is unsubscribed by trying a link.
NOWHERE = {"unsubscribe_url": "#", "preferences_url": "#", "webview_url": "#"}


def preview(email: Email, contact: int | None, now: datetime) -> Rendered:
    """Fill the current version in; without a contact every value is empty."""
    version = load(email.current_id or 0)
    columns = columns_of(version)
    texts: list[str | None] = [None] * len(columns.columns)
    if contact is not None and texts:
        with connection.cursor() as cursor:
            cursor.execute(READ.format(values=columns.sql(), owner=columns.joins()), [contact])
            texts = cursor.fetchone()[0]
    values = columns.values(texts, None)
    return version.message.render({**values, **NOWHERE, "email": version.names, "today": now})
