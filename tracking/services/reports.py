"""Records events that clients report: checked one by one, written as a set, each id once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.services.identity import former_by_email
from contacts.services.merge import survivors
from kernel import events
from kernel.documents import size
from kernel.events import Fact, event_types
from kernel.lowering import lowered
from kernel.partitions import OLDEST
from kernel.permissions import Actor, narrow
from kernel.registry import ConfigProblem, Problem
from tracking.services import kinds, newcomers

AHEAD = timedelta(minutes=5)
MOST_BYTES = 16_384
TYPE = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,38}")

# The time of a client's id starts when it is first seen; housekeeping forgets it after 30 days.
FRESH = """
INSERT INTO client_event (source, client_id, recorded_at)
SELECT %s, id, %s FROM unnest(%s::text[]) id ORDER BY id
ON CONFLICT DO NOTHING RETURNING client_id"""


@dataclass(frozen=True)
class Report:
    """One event as a client tells it, its values already of the right types."""

    type: str
    data: Mapping[str, Any]
    occurred_at: datetime
    id: str = ""
    contact: int | None = None
    email: str = ""
    create: bool = False


@dataclass
class Received:
    """What came of a call: how many were new, which ids were known, and what was refused."""

    recorded: int = 0
    repeated: int = 0
    rejected: list[tuple[int, list[Problem]]] = field(default_factory=list)


def receive(reports: Sequence[Report], *, user: Actor, now: datetime) -> Received:
    """Record the reports that can be taken, all in the caller's transaction.

    An id repeated within 30 days, or within the call, is counted and not recorded again.
    """
    received, sound = Received(), list[tuple[int, Report]]()
    for index, report in enumerate(reports):
        try:
            sound.append((index, replace(report, data=_check(report, now))))
        except ConfigProblem as problem:
            received.rejected.append((index, problem.problems))
    sound = _of_known_kinds(sound, received)
    contacts = _contacts([report for _index, report in sound], user)
    strangers = {
        _key(report.email)
        for _index, report in sound
        if report.create and report.contact is None and _address(report) not in contacts
    }
    made, refused = newcomers.make(strangers, user, now) if strangers else ({}, {})
    contacts.update(made)
    known = list[tuple[Report, int]]()
    for index, report in sound:
        contact = contacts.get(_address(report))
        if contact is None:
            message = _("No contact of yours has this id or address.")
            unknown = _said(_address_field(report), "unknown_contact", message)
            problems = refused.get(_key(report.email)) if report.create else None
            received.rejected.append((index, problems or [unknown]))
        else:
            known.append((report, contact))
    _record(known, received, now)
    received.rejected.sort(key=itemgetter(0))
    return received


def _of_known_kinds(
    sound: Sequence[tuple[int, Report]], received: Received
) -> list[tuple[int, Report]]:
    """Refuse types that would be too many to invent."""
    known = kinds.known(report.type for _index, report in sound)
    message = _("No more types of events can be invented; the setting is tracking.custom_types.")
    for index, report in sound:
        if report.type not in known:
            received.rejected.append((index, [_said("type", "too_many_types", message)]))
    return [(index, report) for index, report in sound if report.type in known]


def _record(known: Sequence[tuple[Report, int]], received: Received, now: datetime) -> None:
    fresh = _unseen([report.id for report, _contact in known if report.id], now)
    by_type: dict[str, list[Fact]] = {}
    for report, contact in known:
        if report.id and report.id not in fresh:
            received.repeated += 1
            continue
        fresh.discard(report.id)
        fact = Fact(contact, report.occurred_at, data=dict(report.data))
        by_type.setdefault(report.type, []).append(fact)
        received.recorded += 1
    for key, facts in by_type.items():
        events.record(key, facts, now=now)


def _check(report: Report, now: datetime) -> dict[str, Any]:
    kind = event_types.get(report.type)
    if kind is None and not TYPE.fullmatch(report.type):
        raise ConfigProblem(
            [_said("type", "invalid", _("A type such as shop.visited is expected."))]
        )
    ours = report.type.split(".")[0] in settings.LOCAL_APPS
    if (kind and not kind.open_to_api) or (kind is None and ours):
        raise ConfigProblem(
            [_said("type", "reserved", _("This type is recorded by Relais itself."))]
        )
    if report.occurred_at > now + AHEAD:
        raise ConfigProblem(
            [_said("occurred_at", "future", _("This is more than 5 minutes ahead."))]
        )
    if report.occurred_at < now - OLDEST:
        raise ConfigProblem([_said("occurred_at", "too_old", _("This is more than 10 years ago."))])
    if size(report.data) > MOST_BYTES:
        raise ConfigProblem([_said("data", "too_large", _("At most 16 kB of data are kept."))])
    payload = getattr(kind, "payload", None)
    if payload is None:
        return dict(report.data)
    try:
        return dict(payload(report.data))
    except ConfigProblem as problem:
        raise ConfigProblem(
            [_said(f"data.{p['field']}", p["code"], p["message"]) for p in problem.problems]
        ) from problem


def _contacts(reports: Sequence[Report], user: Actor) -> dict[object, int]:
    """Return the contacts the reports name, as far as the caller may change them.

    Ids and addresses of contacts that were merged name the survivors.
    """
    mine = narrow(Contact.objects.all(), user, "contacts", "edit")
    given = {report.contact for report in reports if report.contact is not None}
    emails = {_key(report.email) for report in reports if report.contact is None}
    meant: dict[Any, int] = {number: number for number in given}
    meant |= survivors(given)
    meant |= former_by_email(emails)
    reached = set(mine.filter(pk__in=meant.values()).values_list("pk", flat=True))
    found: dict[object, int] = {
        named: contact for named, contact in meant.items() if contact in reached
    }
    by_email = mine.filter(email_key__in=emails).order_by("-pk").values_list("email_key", "pk")
    found.update(dict(by_email))
    return found


def _address(report: Report) -> object:
    return report.contact if report.contact is not None else _key(report.email)


def _address_field(report: Report) -> str:
    return "contact" if report.contact is not None else "email"


def _key(email: str) -> str:
    return lowered(email.strip())


def _unseen(ids: list[str], now: datetime) -> set[str]:
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(FRESH, ["api", now, ids])
        return {row[0] for row in cursor.fetchall()}


def _said(field_name: str, code: str, message: str) -> Problem:
    return {"field": field_name, "code": code, "message": message}
