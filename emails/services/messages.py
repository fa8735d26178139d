"""One recipient's mail: values in, bytes for the wire out."""

from datetime import datetime
from functools import partial
from typing import Any

from content.message import Rendered
from emails.mime import Letter, write
from emails.services import identity, links
from emails.services.slices import Recipient, Slice
from emails.services.transports import Mail
from emails.services.versions import Compiled


def compose(part: Slice, recipient: Recipient) -> Mail:
    """Fill a version in for one reader and write it as a mail.

    Raises `AddressRefused` where nobody can be written to, `RenderRefused` where it grew too large.
    """
    version, workspace, now = part.version, part.workspace, part.began_at
    claimed = recipient.claimed
    delivery = claimed.id
    addresses = links.addresses(delivery, claimed.contact_id, confirms=version.confirms)
    rendered = fill(
        version,
        {**recipient.values, **addresses, **workspace.footer},
        now.astimezone(workspace.zone),
        click=partial(links.click_url, delivery) if recipient.clicks else None,
        pixel_url=links.pixel_url(delivery) if recipient.opens else "",
    )
    sender = rendered.from_address or workspace.address
    letter = Letter(
        from_address=sender,
        from_name=rendered.from_name or workspace.name,
        to_address=recipient.address,
        reply_to=rendered.reply_to,
        subject=rendered.subject,
        message_id=identity.message_id(delivery, claimed.created_at),
        date=now,
        text=rendered.text_pieces,
        html=rendered.html_pieces,
        fixed=rendered.fixed,
        # RFC 8058: marketing mail alone is left by one click.
        unsubscribe_url=addresses["unsubscribe_url"] if version.marketing else "",
        list_id=f"<email-{version.email_id}.{identity.domain()}>" if version.marketing else "",
        feedback_id=f"{claimed.run_id}:{version.email_id}:{version.kind}:relais",
        headers=() if version.marketing else (("Auto-Submitted", "auto-generated"),),
    )
    return Mail(sender, recipient.address, write(letter), rendered.subject)


def fill(version: Compiled, values: dict[str, Any], now: datetime, **measured: Any) -> Rendered:
    """Render a version with one reader's values and what every reader shares."""
    shared = {"email": version.names, "today": now.date()}
    return version.message.render({**values, **shared}, **measured)
