"""Shows an email as one contact gets it, or got it, without sending or measuring anything."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.html import escape

from contacts.services.token_values import columns_of
from content.message import Rendered
from content.problems import RenderRefused
from emails.models import Delivery, Email, EmailVersion
from emails.services import audiences, footers, links
from emails.services.messages import fill
from emails.services.versions import Compiled, as_written, load
from kernel import clock
from kernel.zone import workspace_zone

READ = """
SELECT ARRAY[{values}]::text[] FROM contact c
LEFT JOIN contact_state s ON s.contact_id = c.id LEFT JOIN company co ON co.id = c.company_id
{owner} WHERE c.id = %s"""
# The addresses of a preview lead nowhere: nobody is unsubscribed by trying a link.
NOWHERE = {"unsubscribe_url": "#", "preferences_url": "#", "webview_url": "#", "confirm_url": "#"}


def preview(email: Email, contact: int | None, now: datetime) -> Rendered:
    """Fill the current version in; without a contact every value is empty."""
    return _shown(load(email.current_id or 0, workspace_zone()), contact, now)


def draft(email: Email, contact: int | None, now: datetime, audience: str = "") -> Rendered:
    """Fill in what an author has before them; `TemplateRefused` says what is wrong with it.

    With an `audience` it is shown as somebody gets it who belongs to that one alone.
    """
    return _shown(as_written(email, workspace_zone()), contact, now, audience)


def _shown(version: Compiled, contact: int | None, now: datetime, audience: str = "") -> Rendered:
    values = _values(version, contact, None, now) or {}
    if audience:
        values[audiences.NAMESPACE] = audiences.as_if(version.audiences, audience)
    here = now.astimezone(workspace_zone())
    return fill(version, {**values, **NOWHERE, **footers.values()}, here)


def as_sent(delivery_id: int, now: datetime) -> str | None:
    """Return the HTML of a mail that went out, None when it or its reader is gone."""
    delivery = Delivery.objects.filter(pk=delivery_id).first()
    kept = EmailVersion.objects.filter(pk=delivery.version_id or 0) if delivery else None
    if delivery is None or kept is None or not kept.exists():
        return None
    zone = workspace_zone()
    version = load(delivery.version_id or 0, zone)
    values = _values(version, delivery.contact_id, delivery.context, now)
    if values is None:
        return None
    addresses = links.addresses(delivery.pk, delivery.contact_id)
    sent = delivery.sent_at or now
    shown = fill(version, {**values, **addresses, **footers.values()}, sent.astimezone(zone))
    return shown.html or f"<pre>{escape(shown.text)}</pre>"


def subjects(rows: Iterable[Delivery]) -> dict[int, str]:
    """Return the subjects of mails that went out, filled in as they were sent, by delivery.

    What was never sent has none, nor has a mail whose version or reader is gone.
    """
    sent = [row for row in rows if row.sent_at and row.version_id and row.contact_id]
    kept = EmailVersion.objects.filter(pk__in={row.version_id for row in sent})
    there, zone, shared = set(kept.values_list("pk", flat=True)), workspace_zone(), footers.values()
    # What is read of a reader is the same in all mails of one version.
    read: dict[tuple[int, int], dict[str, Any] | None] = {}
    found = {}
    for row in sent:
        if row.version_id not in there:
            continue
        version, which = load(row.version_id, zone), (row.version_id, row.contact_id)
        if which not in read:
            read[which] = _values(version, row.contact_id, None, clock.now())
        if (values := read[which]) is None or row.sent_at is None:
            continue
        own = {"event": row.context or {}, "email": version.names}
        day = {"today": row.sent_at.astimezone(zone).date()}
        with suppress(RenderRefused):
            subject = version.message.headers["subject"]
            found[row.pk] = subject.render({**values, **own, **day, **NOWHERE, **shared})
    return found


def _values(
    version: Compiled, contact: int | None, event: Mapping[str, Any] | None, now: datetime
) -> dict[str, Any] | None:
    """Return the values of one contact; None when there is no such contact."""
    columns = columns_of(version.message.uses)
    if contact is None:
        nobody = columns.values([None] * len(columns.columns), event)
        return {**nobody, audiences.NAMESPACE: audiences.as_if(version.audiences, "")}
    with connection.cursor() as cursor:
        cursor.execute(READ.format(values=columns.sql(), owner=columns.joins()), [contact])
        row = cursor.fetchone()
    if row is None:
        return None
    belongs = audiences.belonging(version.audiences, [contact], now)[contact]
    told = audiences.seen(version.audiences, belongs)
    return {**columns.values(row[0], event), audiences.NAMESPACE: told}
