"""How often, when and from which day on people want to hear from us, as conditions name it."""

from django.utils.translation import gettext_lazy as _

from contacts.filters.family import Target
from contacts.words import Channel

# What `consent.wish` announces.
READ = "wishes"
ABOUT = {
    Channel.EMAIL: (_("Wishes for emails"), _("Emails paused until")),
    Channel.SMS: (_("Wishes for SMS"), _("SMS paused until")),
    Channel.PUSH: (_("Wishes for push messages"), _("Push messages paused until")),
}
OPTIONS = (
    {"value": "frequency", "label": _("how often")},
    {"value": "quiet_hours", "label": _("quiet hours")},
    {"value": "pause", "label": _("a pause")},
)
ROWS = """FROM channel_wish x CROSS JOIN LATERAL (VALUES ('frequency', x.most IS NOT NULL),
 ('quiet_hours', x.quiet_from IS NOT NULL), ('pause', x.pause_until IS NOT NULL)) w(wish, given)
 WHERE w.given AND x.channel = '{channel}'"""
PAUSE = "FROM channel_wish x WHERE x.channel = '{channel}'"
UNTIL = "x.pause_until::text"


def _wishes(channel: Channel) -> Target:
    rows = ROWS.format(channel=channel.value)
    return Target(
        f"wishes.{channel.value}",
        "several",
        ABOUT[channel][0],
        f"ARRAY(SELECT w.wish {rows} AND x.contact_id = c.id)",
        frozenset({READ}),
        cost=5,
        options=OPTIONS,
        rows=rows,
        cell="w.wish",
    )


def _pause(channel: Channel) -> Target:
    rows = PAUSE.format(channel=channel.value)
    return Target(
        f"pause.{channel.value}",
        "date",
        ABOUT[channel][1],
        f"(SELECT {UNTIL} {rows} AND x.contact_id = c.id)",
        frozenset({READ}),
        cost=5,
        rows=rows,
        cell=UNTIL,
    )


WISHES = tuple(target(channel) for channel in ABOUT for target in (_wishes, _pause))
