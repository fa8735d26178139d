"""What may lead contacts into a campaign: the list in its settings."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph import timed
from campaigns.graph.decisions import check_conditions
from campaigns.graph.problems import Problems
from kernel import subjects
from kernel.filters.event_settings import is_event_key
from kernel.ids import LARGEST_SMALL_ID, read_id

# What is written as the object, and kept as the event it leaves.
NAMED = {"trigger": ("points.triggered", "point_trigger"), "form": ("forms.submitted", "form")}
_MOST = 50


def check_sources(
    sources: object, place: str = "sources", *, user: Any = None
) -> list[dict[str, Any]]:
    """Return sources as they are stored, or refuse them with every problem's place.

    `user` narrows what they may name. A point trigger or a form is a source by the event it leaves.
    """
    problems = Problems(place, user=user)
    if not isinstance(sources, list):
        problems.add("invalid", _("A list is expected."))
    elif len(sources) > _MOST:
        problems.add("too_many", _("At most %(number)d are possible.") % {"number": _MOST})
    else:
        for number, source in enumerate(sources):
            _check(source, problems.at(number))
    problems.finish()
    return [_stored(source) for source in sources] if isinstance(sources, list) else []


def _stored(source: dict[str, Any]) -> dict[str, Any]:
    if set(source) == {timed.INACTIVE}:
        return {timed.INACTIVE: timed.stored_inactive(source[timed.INACTIVE])}
    if set(source) == {timed.DATE}:
        return {timed.DATE: timed.stored(source[timed.DATE])}
    [*names] = source
    if len(names) != 1 or names[0] not in NAMED:
        return source
    event, kind = NAMED[names[0]]
    return {"event": event, "where": {kind: int(str(source[names[0]]))}}


def _check(source: object, problems: Problems) -> None:
    if not isinstance(source, dict):
        problems.add("invalid", _("An object is expected."))
    elif set(source) in ({"segment"}, {"campaign"}):
        [(kind, number)] = source.items()
        _check_named(kind, number, problems.at(kind))
    elif len(source) == 1 and (name := next(iter(source))) in NAMED:
        _check_named(NAMED[name][1], source[name], problems.at(name))
    elif "event" in source and set(source) <= {"event", "where"}:
        _check_event(source, problems)
    elif set(source) != {"manual"}:
        _check_timed(source, problems)
    elif source["manual"] is not True:
        problems.at("manual").add("invalid", _("Only true is possible."))


def _check_timed(source: dict[str, Any], problems: Problems) -> None:
    if set(source) == {timed.DATE}:
        timed.check_date(source[timed.DATE], problems.at(timed.DATE))
    elif set(source) == {timed.INACTIVE}:
        timed.check_inactive(source[timed.INACTIVE], problems.at(timed.INACTIVE))
    else:
        message = _("A source is a segment, a campaign, an event, a date, inactivity, or manual.")
        problems.add("invalid", message)


def _check_named(kind: str, value: object, problems: Problems) -> None:
    if not _is_id(value):
        problems.add("invalid", _("An id is expected."))
        return
    number = [int(str(value))]
    if not subjects.names(kind, number) or (
        problems.user is not None and subjects.beyond(kind, number, problems.user)
    ):
        message = {
            "segment": _("There is no such segment."),
            "campaign": _("There is no such campaign."),
            "point_trigger": _("There is no such point trigger."),
            "form": _("There is no such form."),
        }
        problems.add("not_found", message[kind])


def _check_event(source: dict[str, Any], problems: Problems) -> None:
    if not is_event_key(source["event"]):
        problems.at("event").add("unknown_event", _("There is no such event."))
        return
    check_conditions(source["event"], source.get("where", {}), problems.at("where"))


def _is_id(value: object) -> bool:
    return read_id(value, LARGEST_SMALL_ID) is not None
