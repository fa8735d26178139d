"""The SMS channel, as the code that channels share knows it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels.services.channel import Channel, Words
from sms.models import Reason, Text, TextDelivery, TextRun
from sms.services import (
    audience,
    editing,
    explaining,
    figures,
    foreseeing,
    preview,
    queueing,
    refusals,
)
from sms.services.versions import CONTENT

WORDS = Words(
    published=lambda count: ngettext(
        "%(count)d text published", "%(count)d texts published", count
    ),
    unpublished=lambda count: ngettext(
        "%(count)d text unpublished", "%(count)d texts unpublished", count
    ),
    closed=gettext_lazy(
        "This text is published: what is changed goes out from then on. You may not publish; "
        "make a copy and change that."
    ),
    unpublished_only=gettext_lazy("You may not publish texts."),
    being_sent=gettext_lazy("This text is being sent."),
    uncounted=gettext_lazy("These are too many texts to be counted while you wait."),
    never=gettext_lazy("It was never to get this text."),
    meant=gettext_lazy(
        "Everybody this text was meant for will stand here, also those who did not get it, and why."
    ),
    hidden=gettext_lazy("an SMS you may not see"),
    none=gettext_lazy("No SMS yet"),
    begin=refusals.BEGIN,
    gone=gettext_lazy("The text no longer exists."),
    idle=gettext_lazy("“%(sms)s” is unpublished: nobody would get it. Publish the text first."),
    not_a_template=gettext_lazy("Only a text of type template is sent by an action."),
    untold=lambda: (
        _("An SMS was not sent"),
        _("An SMS was called off"),
        _("An SMS was perhaps sent"),
    ),
)
SMS = Channel(
    kind="sms",
    subject="sms",
    message=Text,
    run=TextRun,
    delivery=TextDelivery,
    words=WORDS,
    address="mobile",
    reasons=Reason.choices,
    said=refusals.said,
    moments=(
        ("delivered_at", gettext_lazy("Delivered")),
        ("clicked_at", gettext_lazy("Clicked")),
        ("replied_at", gettext_lazy("Answered")),
    ),
    audience=audience.of,
    is_empty=audience.is_empty,
    explain=explaining.explain,
    warnings=refusals.warnings,
    count_runs=figures.attach,
    count=figures.attach,
    keep=figures.keep,
    figures=figures.of_texts,
    preview=preview.preview,
    queue=queueing.queue,
    rehearse=foreseeing.rehearse,
    foresee=foreseeing.foresee,
    effects=foreseeing.effects,
    queue_one=queueing.queue_one,
    queue_of=queueing.queue_of,
    create=editing.create,
    change=editing.change,
    copied=(*CONTENT, "type", "translation_of"),
    # Nothing may be left in doubt: it may turn out not to be taken, and goes again then.
    keeps_open=("d.state = 5 AND d.body IS NOT NULL",),
)
