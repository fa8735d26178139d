"""Makes one contact of two: every app moves its rows, all in one transaction."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.catalogue import catalogue
from contacts.models import Contact, Identifier, Merge
from contacts.services import suppression
from contacts.services.plan import Terms
from contacts.services.upsert import write
from kernel.contactdata import contact_data
from kernel.documents import loads
from kernel.events import Fact, record
from kernel.locks import lock_contacts

VALUES = """
SELECT to_jsonb(c)::text, co.name FROM contact c
LEFT JOIN company co ON co.id = c.company_id WHERE c.id = %s"""


class Gone(Exception):  # noqa: N818 - an answer
    """One of the two is no contact (any more)."""


@transaction.atomic
def merge(winner: int, loser: int, now: datetime) -> None:
    """Move everything of the loser to the winner; the winner's own values win.

    The loser's id answers with the winner from now on. Addresses that nobody has any more stay
    closed where the person had closed them, under either name.
    """
    if winner == loser or len(lock_contacts([winner, loser])) < 2:
        raise Gone
    addresses = dict(Contact.objects.filter(pk__in=[winner, loser]).values_list("pk", "email_key"))
    missing = _values(loser)
    kept = _values(winner)
    filled = {alias: value for alias, value in missing.items() if kept.get(alias) is None}
    for kind in contact_data:
        kind().merge(winner, loser, now)
    if addresses[winner] and addresses[winner] != addresses[loser]:
        mobile = missing.get("mobile") if kept.get("mobile") else None
        suppression.remember_closed(winner, addresses[loser], mobile, now)
    Identifier.objects.filter(contact_id=loser).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact WHERE id = %s", [loser])
    if filled:
        write([{"id": winner, **filled}], now, Terms(match="id", mode="update", source="merge"))
    Merge.objects.filter(winner_id=loser).update(winner_id=winner)
    Merge.objects.create(loser_id=loser, winner_id=winner, at=now)
    record("contacts.merged", [Fact(winner, now, data={"loser": str(loser)})], now=now)


def survivor(contact: int) -> int | None:
    """Return whom a merged id answers with now."""
    return Merge.objects.filter(loser_id=contact).values_list("winner_id", flat=True).first()


def _values(contact: int) -> dict[str, Any]:
    """Return the writable values of a contact that it has, as the writer takes them."""
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [contact])
        document, company = cursor.fetchone()
    row = loads(document)
    values = {"company": company, "owner": row["owner_id"]}
    for spec in catalogue().fields.values():
        if spec.kept == "column" and spec.writable:
            values[spec.alias] = row[spec.alias]
        elif spec.kept == "attrs":
            values[spec.alias] = row["attrs"].get(spec.alias)
    return {alias: value for alias, value in values.items() if value is not None}
