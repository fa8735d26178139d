"""Why something is refused, in words that are the same in every channel."""

from django.utils.translation import gettext_lazy as _

# Of what is done to a run.
RUNNING = {
    "not_running": _("This run is over."),
    "not_paused": _("Only a paused run can be resumed."),
}
# Of `running.begin`; the other codes name the message, in the words of the channel.
ALREADY_SENT = _("This was sent before. Send it to new people with again: new_only.")
