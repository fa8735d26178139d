"""One recipient's mail: values in, bytes for the wire out."""

from datetime import datetime
from functools import partial
from typing import Any

from content.message import Rendered
from emails.mime import Letter, write
from emails.services import identity, links, returns, signing
from emails.services.senders import SenderRefused
from emails.services.slices import Recipient, Slice
from emails.services.transports import Mail
from emails.services.versions import Compiled

# So that absence notices answer neither.
MARKETING = (("Precedence", "bulk"),)
TRANSACTIONAL = (("Auto-Submitted", "auto-generated"),)


def compose(part: Slice, recipient: Recipient) -> Mail:
    """Fill a version in for one reader and write it as a mail.

    Raises `SenderRefused` for a sender that is not allowed, `AddressRefused` where nobody can be
    written to, `RenderRefused` where it grew too large.
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
    if not workspace.senders.permit(sender):
        raise SenderRefused(sender)
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
        unsubscribe_address=workspace.unsubscribe_address if version.marketing else "",
        list_id=f"<email-{version.email_id}.{identity.domain()}>" if version.marketing else "",
        feedback_id=f"{claimed.run_id}:{version.email_id}:{version.kind}:relais",
        headers=MARKETING if version.marketing else TRANSACTIONAL,
    )
    raw = write(letter)
    if signer := signing.signer_for(sender, workspace.signers):
        raw = signer.sign(raw)
    if workspace.return_path:
        sender = returns.address_of(delivery, workspace.return_path)
    return Mail(sender, recipient.address, raw, rendered.subject)


def fill(version: Compiled, values: dict[str, Any], now: datetime, **measured: Any) -> Rendered:
    """Render a version with one reader's values and what every reader shares."""
    shared = {"email": version.names, "today": now.date()}
    return version.message.render({**values, **shared}, **measured)
