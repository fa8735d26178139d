"""A run of texts as screens show it: beside what all channels show the parts and the answers."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from backoffice.columns import number
from channels.screens import runs_shown
from channels.screens.runs_shown import percent
from channels.services.refused import Slow
from kernel.permissions import Actor, whose
from sms.models import Text, TextRun
from sms.services import figures, holding
from sms.services.channel import SMS


def context(text: Text, run: TextRun, now: datetime, user: Actor) -> dict[str, Any]:
    """Return what `sms/progress.html` reads, counting the people a user may see."""
    owner = whose(user, "contacts")
    try:
        figures.attach([run], owner)
    except Slow:
        return runs_shown.uncounted(SMS, text, run)
    counts, sent = run.counts, run.counts["sent"]
    kept = run.counted_at if counts["selected"] > figures.COUNTED_AT_ONCE else None
    told = (("delivered", _("Delivered")), ("clicked", _("Human clicks so far")))
    return {
        **runs_shown.context(SMS, text, run, counted_at=kept, only_own=owner is not None),
        "halted": run.state in TextRun.OPEN and holding.halted(),
        "refused": holding.refused(run, now),
        "sent_parts": number(counts["parts"]),
        "told": [
            (label, number(counts[key]), percent(counts[key], sent))
            for key, label in (*told, ("replied", _("Answered")))
        ],
    }
