"""Why something of sending is refused, or worth a warning, in words."""

from django.utils.translation import gettext_lazy as _

from channels.services.refusals import ALREADY_SENT
from sms.models import Reason, Text

BEGIN = {
    "not_a_broadcast": _("Only a text of type segment is sent as a broadcast."),
    "is_translation": _("A translation goes out with the text it translates."),
    "unpublished": _("This text is unpublished."),
    "no_segments": _("This text has no segments to be sent to."),
    "nobody": _("Nobody is in the segments of this text."),
    "nobody_new": _("Everybody in the segments has got this text already."),
    "already_sent": ALREADY_SENT,
}
NO_WAY_OUT = _("It does not say how to leave, such as: STOP to unsubscribe.")


def said(reason: str | None) -> str | None:
    """Return a reason of the ledger in words; what the provider answered stands as it is."""
    return str(dict(Reason.choices).get(reason, reason)) if reason else None


def warnings(text: Text) -> list[tuple[str, str]]:
    """Name what may be against the law of the readers' country."""
    if text.is_transactional or "stop" in text.body.casefold():
        return []
    return [("no_way_out", str(NO_WAY_OUT))]
