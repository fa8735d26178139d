"""What keys and fixed values of handed-out data are called: apps export them, people read these.

Keys that are not here are an app's own, and are told as they stand.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Suppression
from contacts.words import UNREACHED, Channel, ConsentState, Ground, Purpose, Reason

TITLES: Mapping[str, Any] = {
    # What there is of a person.
    "campaigns": _("Campaigns"),
    "companies": _("Companies"),
    "consent_records": _("Proof of consent"),
    "consents": _("Consents"),
    "contact": _("Personal details"),
    "deeds": _("What was done with these data"),
    "do_not_contact": _("Not to be contacted by"),
    "email_outcomes": _("What became known of emails"),
    "emails": _("Emails"),
    "events": _("Events"),
    "former_identifiers": _("Former identifiers"),
    "held_out_of": _("Campaigns you were held out of"),
    "identifiers": _("Identifiers"),
    "imports": _("Imports"),
    "mails_to_users": _("Mails to users"),
    "merged": _("Merged records"),
    "notes": _("Notes"),
    "notices": _("Notices"),
    "point_triggers": _("Point triggers"),
    "points_given": _("Points given"),
    "points_given_before": _("Points given before"),
    "points_lost_by_inactivity": _("Points lost by inactivity"),
    "posts": _("On its way to other systems"),
    "pushes": _("Handed to other systems"),
    "records": _("Records in other systems"),
    "scores": _("Points by group"),
    "segments": _("Segments"),
    "sms_replies": _("Answers by SMS"),
    "suppressions": _("On the suppression list"),
    "tasks": _("Tasks"),
    "visitors": _("Browsers"),
    # What is said of each.
    "answer": _("Answer"),
    "at": _("When"),
    "body": _("Body"),
    "bounce": _("Returned mail"),
    "bounced_at": _("Bounced at"),
    "campaign": _("Campaign"),
    "cause": _("Sent through"),
    "channel": _("Channel"),
    "clicked_at": _("Clicked at"),
    "comment": _("Comment"),
    "complained_at": _("Complained about at"),
    "created_at": _("Created at"),
    "data": _("Details"),
    "delivered_at": _("Delivered at"),
    "done_at": _("Done at"),
    "due_at": _("Due at"),
    "email": _("Email"),
    "entered_at": _("Entered at"),
    "event": _("What led to it"),
    "expired_at": _("Expired at"),
    "file": _("File"),
    "finished_at": _("Finished at"),
    "fired_at": _("Fired at"),
    "first_at": _("First seen"),
    "former": _("No longer linked"),
    "ground": _("Ground"),
    "group": _("Group"),
    "id": _("Number"),
    "identified_at": _("Recognised at"),
    "import": _("Number of the import"),
    "ip": _("IP address"),
    "kind": _("Kind"),
    "language": _("Language"),
    "last_at": _("Last seen"),
    "left_at": _("Left at"),
    "lost": _("Values given up"),
    "made_at": _("Made at"),
    "message": _("Number of the message"),
    "message_id": _("Number of the message"),
    "name": _("Name"),
    "number": _("Number"),
    "occurred_at": _("When"),
    "opened_at": _("Opened at"),
    "owner": _("Owner"),
    "points": _("Points"),
    "primary": _("Main company"),
    "proof": _("Recognised by"),
    "purpose": _("Purpose"),
    "pushed_at": _("Handed over at"),
    "reason": _("Reason"),
    "reference": _("Reference"),
    "replied_at": _("Replied at"),
    "restriction": _("Processing is restricted"),
    "role": _("Role"),
    "rule": _("Rule"),
    "segment": _("Segment"),
    "sent_at": _("Sent at"),
    "since": _("Since"),
    "sms": _("SMS"),
    "source": _("Source"),
    "stage": _("Stage"),
    "state": _("State"),
    "step": _("Step"),
    "steps": _("Steps"),
    "subject": _("Subject"),
    "system": _("System"),
    "tags": _("Tags"),
    "text": _("Text"),
    "title": _("Title of the task"),
    "to": _("To"),
    "topic": _("Topic"),
    "trigger": _("Trigger"),
    "type": _("Type"),
    "unsubscribed_at": _("Unsubscribed at"),
    "value": _("Value"),
    "values": _("Values"),
    "verb": _("What was done"),
    "version": _("Version"),
    "visitor": _("Number of the browser"),
    "what": _("What the import did"),
    "words": _("In the words of the server"),
}
# Why a message did not go out, or a way through a campaign ended, beside what closes a channel.
REASONS: Mapping[str, Any] = {
    "contact_gone": _("the contact was deleted"),
    "done": _("came to the end"),
    "duplicate_address": _("another contact with this address gets it"),
    "ended": _("the campaign ended"),
    "exit": _("reached an exit"),
    "frequency_cap": _("enough messages for now"),
    "goal": _("reached the goal"),
    "interrupted": _("the sending process ended in the middle"),
    "invalid_address": _("the address cannot be written to"),
    "merged": _("merged with another contact"),
    "opt-out": _("unsubscribed"),
    "paused": _("paused by the contact"),
    "quiet_hours": _("quiet hours"),
    "rate_limit": _("waits for its turn under a limit on sending"),
    "removed": _("taken out by hand"),
    "restarted": _("entered anew"),
    "segment": _("left the segment"),
    "step_gone": _("its step was removed"),
    "topic_refused": _("this topic was left"),
    "withheld": _("restricted, or objected to profiling"),
}
# Fixed values, by the key they stand under.
VALUES: Mapping[str, Mapping[str, Any]] = {
    "channel": dict(Channel.choices),
    "ground": dict(Ground.choices),
    "kind": {
        **dict(Suppression.Kind.choices),
        "call": _("Call"),
        "complaint": _("complaint"),
        "email": _("Email"),
        "general": _("Note"),
        "hard": _("hard bounce"),
        "meeting": _("Meeting"),
        "reply": _("reply"),
        "soft": _("soft bounce"),
        "todo": _("To do"),
    },
    "purpose": dict(Purpose.choices),
    "reason": {**REASONS, **UNREACHED, **dict(Reason.choices)},
    "state": {
        **dict(ConsentState.choices),
        "cancelled": _("cancelled"),
        "claimed": _("taken"),
        "failed": _("failed"),
        "merged": pgettext_lazy("push", "merged"),
        "queued": _("waiting"),
        "sending": _("sending"),
        "sent": _("sent"),
        "skipped": _("skipped"),
        "uncertain": _("uncertain"),
    },
    "verb": {
        "bulk": pgettext_lazy("deed", "did a bulk action"),
        "change": pgettext_lazy("deed", "changed"),
        "consents": pgettext_lazy("deed", "noted consent"),
        "create": pgettext_lazy("deed", "created"),
        "delete restriction": pgettext_lazy("deed", "lifted the restriction"),
        "edit": pgettext_lazy("deed", "changed"),
        "export": pgettext_lazy("deed", "exported"),
        "hand-out": pgettext_lazy("deed", "handed out"),
        "merge": pgettext_lazy("deed", "merged"),
        "send": pgettext_lazy("deed", "sent"),
        "set": pgettext_lazy("deed", "set"),
        "set restriction": pgettext_lazy("deed", "restricted processing"),
        "undo": pgettext_lazy("deed", "taken back"),
    },
    "what": {"created": _("added"), "unchanged": _("unchanged"), "updated": _("updated")},
}
# The beginnings of causes of messages.
CAUSES: Mapping[str, Any] = {
    "api": _("the API"),
    "broadcast": _("a broadcast"),
    "bulk": _("a bulk action"),
    "confirm": _("a request to confirm an address"),
    "step": _("a campaign"),
    "trigger": _("a point trigger"),
}


def title(key: str) -> str:
    """Return what a key is called in the language in force."""
    return str(TITLES.get(key) or key.replace("_", " "))


def fixed(key: str, value: str) -> str | None:
    """Return what a fixed value under a key is called; None: it is none."""
    if key == "cause":
        words = CAUSES.get(value.partition(":")[0])
    else:
        words = VALUES.get(key, {}).get(value)
    return None if words is None else str(words)
