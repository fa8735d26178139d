"""Why something of sending is refused, or worth a warning, in words."""

from django.utils.translation import gettext_lazy as _

from channels.services.refusals import ALREADY_SENT
from emails.models import Email, Reason
from emails.services import footers, hints, identity, signing

NO_ADDRESS = _("Marketing mail needs the sender's postal address: emails.postal_address.")
UNSIGNED = _("No key of signing-domains signs for %(domains)s: these mails go out unsigned.")
BEGIN = {
    "not_a_broadcast": _("Only an email of type segment is sent as a broadcast."),
    "is_translation": _("A translation goes out with the email it translates."),
    "unpublished": _("This email is unpublished."),
    "no_segments": _("This email has no segments to be sent to."),
    "no_postal_address": NO_ADDRESS,
    "nobody": _("Nobody is in the segments of this email."),
    "nobody_new": _("Everybody in the segments has got this email already."),
    "already_sent": ALREADY_SENT,
}


def said(reason: str | None) -> str | None:
    """Return a reason of the ledger in words; what a server answered stands as it is."""
    return str(dict(Reason.choices).get(reason, reason)) if reason else None


def warnings(email: Email) -> list[tuple[str, str]]:
    """Name what may be against the law of the readers' country, or end in the junk folder."""
    told = []
    if not email.is_transactional and footers.lacks_address():
        told.append(("no_postal_address", str(NO_ADDRESS)))
    emails = [email, *email.translations.all()]
    own = identity.default_address()
    if domains := signing.unsigned(one.from_address or own for one in emails):
        told.append(("unsigned", UNSIGNED % {"domains": ", ".join(domains)}))
    told += [("starter_text", begun) for one in emails if (begun := hints.of_start(one))]
    return told
