"""The email channel, as the code that channels share knows it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels.services.channel import Channel, Words
from emails.models import Delivery, Email, Reason, Send
from emails.services import (
    audience,
    editing,
    explaining,
    figures,
    footers,
    foreseeing,
    preview,
    queueing,
    refusals,
)
from emails.services.versions import CONTENT

WORDS = Words(
    published=lambda count: ngettext(
        "%(count)d email published", "%(count)d emails published", count
    ),
    unpublished=lambda count: ngettext(
        "%(count)d email unpublished", "%(count)d emails unpublished", count
    ),
    closed=gettext_lazy(
        "This email is published: what is changed goes out from then on. You may not publish; "
        "make a copy and change that."
    ),
    unpublished_only=gettext_lazy("You may not publish emails."),
    being_sent=gettext_lazy("This email is being sent."),
    uncounted=gettext_lazy("These are too many mails to be counted while you wait."),
    never=gettext_lazy("It was never to get this email."),
    meant=gettext_lazy(
        "Everybody this email was meant for will stand here,"
        " also those who did not get it, and why."
    ),
    hidden=gettext_lazy("an email you may not see"),
    none=gettext_lazy("No email yet"),
    begin=refusals.BEGIN,
    gone=gettext_lazy("The email no longer exists."),
    idle=gettext_lazy("“%(email)s” is unpublished: nobody would get it. Publish the email first."),
    not_a_template=gettext_lazy("Only an email of type template is sent by an action."),
    untold=lambda: (
        _("An email was not sent"),
        _("An email was called off"),
        _("An email was perhaps sent"),
    ),
)


def _hinders(email: Email) -> str:
    return "" if email.is_transactional or not footers.refuses() else "no_postal_address"


def _since(row: Delivery) -> str:
    if row.complained_at:
        return _("reported as spam")
    if row.bounced_at:
        return _("came back")
    return _("answered") if row.replied_at else ""


EMAILS = Channel(
    kind="emails",
    subject="email",
    message=Email,
    run=Send,
    delivery=Delivery,
    words=WORDS,
    address="email",
    reasons=Reason.choices,
    said=refusals.said,
    moments=(("opened_at", gettext_lazy("Opened")), ("clicked_at", gettext_lazy("Clicked"))),
    audience=audience.of,
    is_empty=audience.is_empty,
    explain=explaining.explain,
    warnings=refusals.warnings,
    count_runs=figures.attach,
    count=figures.attach_to_emails,
    keep=lambda run, now: figures.keep([run], now),
    figures=figures.of_emails,
    preview=preview.preview,
    queue=queueing.queue,
    rehearse=foreseeing.rehearse,
    foresee=foreseeing.foresee,
    effects=foreseeing.effects,
    queue_one=queueing.queue_one,
    queue_of=queueing.queue_of,
    create=editing.create,
    change=editing.change,
    copied=(*CONTENT, "type", "topic", "translation_of"),
    hinders=_hinders,
    since=_since,
)
