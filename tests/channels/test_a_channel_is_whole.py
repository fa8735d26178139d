"""What the common code asks of a channel is there: words, columns, templates, one and the same."""

import inspect
import re
from typing import Any

import pytest
from django.db import connection
from django.template.loader import get_template
from django.urls import get_resolver

from channels.rest import deliveries, messages, runs
from channels.screens import listing
from channels.services import refusals, running
from contacts.models import Contact
from kernel import locks
from tests.channels.both import BOTH, make_message

pytestmark = BOTH
SHARE_HELD = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND mode = 'ShareLock'
  AND pid = pg_backend_pid()"""


def codes(*functions: Any) -> set[str]:
    """Return the codes that functions name."""
    said = r'(?:RunRefused\(|return |else )"([a-z_]+)"|"([a-z_]+)" if'
    found = [pair for one in functions for pair in re.findall(said, inspect.getsource(one))]
    return {first or second for first, second in found}


def of(kind: type, channel: Any) -> list[Any]:
    """Return the classes a channel makes of a common one."""
    # The addresses import every face.
    assert get_resolver().url_patterns
    found, known = [], kind.__subclasses__()
    while known:
        one = known.pop()
        known += one.__subclasses__()
        found += [one] if getattr(one, "channel", None) is channel else []
    return found


def test_every_refusal_has_words(channel):
    asked = codes(running.begin, running._hindrance, channel.hinders)
    assert {"nobody", "nobody_new", "already_sent", "no_segments"} <= asked
    assert asked <= set(channel.words.begin)
    doings = codes(running.pause, running.resume, running.cancel)
    assert doings == set(refusals.RUNNING)


def test_every_reason_has_words(channel):
    for code, words in channel.reasons:
        assert channel.said(code) == str(words) != ""


def test_what_is_named_is_a_column(channel):
    ledger, message = channel.delivery._meta, channel.message._meta
    for name in (channel.column, *(name for name, _label in channel.moments)):
        assert name in {field.attname for field in ledger.fields}, name
    for name in channel.copied:
        assert message.get_field(name)
    assert channel.run._meta.get_field(channel.subject).related_model is channel.message
    assert Contact._meta.get_field(channel.address)


def test_its_templates_are_there(channel):
    for name in ("item", "progress"):
        assert get_template(f"{channel.kind}/{name}.html")


def test_what_it_is_called_is_said_once(channel):
    [resource] = of(listing.Messages, channel)
    assert (resource.key, resource.kind, resource.model) == (
        channel.kind,
        channel.kind,
        channel.message,
    )
    assert resource.subject == channel.subject
    for common, model in (
        (messages.MessageViews, channel.message),
        (runs.RunViews, channel.run),
        (deliveries.DeliveryViews, channel.delivery),
    ):
        [views] = of(common, channel)
        assert (views.kind, views.queryset.model) == (channel.kind, model)
        assert views.serializer_class.Meta.model is model
    [views], [own] = of(messages.MessageViews, channel), of(runs.RunViews, channel)
    assert views.begun.channel is views.delivery.channel is channel
    assert own.owner == f"{channel.subject}__owner"
    for narrowed in (*of(runs.RunViews, channel), *of(deliveries.DeliveryViews, channel)):
        assert channel.subject in narrowed.filters
        assert narrowed.serializer_class.channel is channel


@pytest.mark.django_db
def test_while_it_is_stored_nothing_it_names_is_deleted(channel):
    def held() -> int:
        with connection.cursor() as cursor:
            cursor.execute(SHARE_HELD, [locks.USES_LOCK])
            return int(cursor.fetchone()[0])

    assert held() == 0
    make_message(channel)
    assert held() == 1
