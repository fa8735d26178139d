"""The key figures of an email, each with the people behind it."""

from typing import Any

from django.utils.translation import gettext as _

from backoffice.columns import number
from channels.screens import behind
from channels.screens.overview import KeyFigure
from channels.screens.runs_shown import percent
from emails.models import Email
from emails.services.channel import EMAILS


def headline(email: Email, user: Any) -> list[KeyFigure]:
    """Return the key figures of an email."""
    counts = email.counts
    sent = counts["sent"]
    by_machine = _("and %(count)s by machines only")
    alone = counts["opened_by_machine_only"]
    machines = by_machine % {"count": number(alone)} if alone else ""
    opened = " · ".join(part for part in (percent(counts["opened"], sent), machines) if part)
    of_all = _("of %(count)s") % {"count": number(counts["selected"])}
    shares = {
        "sent": of_all if counts["selected"] else "",
        "opened": opened,
        "failed": percent(counts["failed"], counts["selected"]),
    }
    return [
        KeyFigure(
            label,
            number(counts[key]),
            shares.get(key, percent(counts[key], sent)),
            _behind(key, email, user) if counts[key] else "",
        )
        for key, label in (
            ("sent", _("Sent")),
            ("opened", _("Opened by people")),
            ("clicked", _("Clicked by people")),
            ("unsubscribed", _("Unsubscribed")),
            ("failed", _("Failed")),
        )
    ]


def _behind(key: str, email: Email, user: Any) -> str:
    if key in ("sent", "failed"):
        return behind.people(user, {"delivery": {"email": [email.pk]}, "state": key})
    return behind.who_did(EMAILS, user, key, email.pk)
