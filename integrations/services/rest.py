"""Calls a system with a REST API as its settings say, through `kernel.http` alone.

What says nothing for sure makes no record: a look must plainly say that nobody is there, and a
making of which the answer does not say that it failed is in doubt.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integrations.services.mapping import is_key
from integrations.services.rest_answers import (
    at,
    document_of,
    id_of,
    read_found,
    seconds_to_wait,
)
from integrations.services.rest_calls import Caller, filled
from kernel import clock
from kernel.connectors import How, Pushed, Record, RemoteField, Tested
from kernel.documents import dumps
from kernel.http import Answer, OutboundError

MOST_FIELDS = 300
# What says that nobody's push would be taken, whoever is pushed.
OURS = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 415, 426, 451})
# The request was not worked on, so that nothing can have been made.
UNTOUCHED = frozenset({408, 425, 429})
GONE = frozenset({404, 410})
# What is wrong with the one who is looked for; all else is wrong with the look itself.
THEIRS = frozenset({"ambiguous", "another"})


def test(caller: Caller) -> Tested:
    """Ask for a sample, or for the address itself."""
    try:
        answer = caller.call("GET", str(caller.config.get("sample_path") or ""))
    except OutboundError as error:
        return Tested(error.code)
    problem = "" if answer.ok else f"status:{answer.status}"
    return Tested(problem, answer.status, caller.shown(answer))


def remote_fields(caller: Caller) -> list[RemoteField]:
    """Name the fields of a sample record, those inside others by their path."""
    answer = caller.call("GET", str(caller.config.get("sample_path") or ""))
    if not answer.ok:
        raise OutboundError("", f"status:{answer.status}")
    found = at(document_of(answer), str(caller.config.get("sample_at") or ""))
    return list(_flat(found))[:MOST_FIELDS] if isinstance(found, dict) else []


def _flat(record: Mapping[str, Any], before: str = "", depth: int = 0) -> Any:
    for key, value in record.items():
        # Of any key on the way: what no line of a mapping can name, with all inside it, is none.
        if not is_key(key):
            continue
        name = f"{before}{key}"
        if isinstance(value, dict) and value and depth < 4:
            yield from _flat(value, f"{name}.", depth + 1)
        else:
            yield RemoteField(name)


def push(caller: Caller, record: Record) -> Pushed:
    """Change the record there; one that is not known is looked for, and made where nobody is."""
    if record.remote_id:
        return _update(caller, record)
    if not caller.config.get("find_path"):
        if record.doubtful:
            return Pushed(How.UNCERTAIN, problem="doubt")
        return _create(caller, record)
    return _find(caller, record) or _create(caller, record)


def _find(caller: Caller, record: Record) -> Pushed | None:
    """Look for the one record; None says that there is none for sure.

    One that may have been made is looked for by what it was made with, too.
    """
    for match, where in record.earlier:
        if came := _look(caller, match, where):
            return came
    if not record.match:
        return Pushed(How.FAILED, problem="no_match")
    return _look(caller, record.match, record.match_field)


def _look(caller: Caller, match: str, field: str) -> Pushed | None:
    path = filled(str(caller.config["find_path"]), "{match}", match)
    if not path:
        return Pushed(How.FAILED, problem="climbs")
    try:
        answer = caller.call("GET", path)
    except OutboundError as error:
        return _unreached(error)
    if not answer.ok and answer.status != 404:
        return _refused(caller, answer)
    looked = read_found(answer, caller.config, match, field)
    if looked.problem:
        how = How.FAILED if looked.problem in THEIRS else How.REFUSED
        return Pushed(how, problem=looked.problem, answer=caller.shown(answer))
    return Pushed(How.FOUND, looked.remote_id) if looked.remote_id else None


def _update(caller: Caller, record: Record) -> Pushed:
    path = filled(str(caller.config["update_path"]), "{id}", record.remote_id)
    if not path:
        return Pushed(How.FAILED, record.remote_id, "climbs")
    content = dumps(record.body).encode()
    try:
        answer = caller.call(str(caller.config.get("update_method") or "PATCH"), path, content)
    except OutboundError as error:
        # The record is known: it is found again, and changed once more.
        return replace(_unreached(error), remote_id=record.remote_id)
    if answer.ok:
        return Pushed(How.SENT, record.remote_id, answer=caller.shown(answer))
    if answer.status in GONE:
        return _missing(caller, record, answer)
    return replace(_refused(caller, answer), remote_id=record.remote_id)


def _missing(caller: Caller, record: Record, answer: Answer) -> Pushed:
    """Find out whether the record is gone: a server that is being changed says so of all."""
    told = caller.shown(answer)
    if not (caller.config.get("find_path") and record.match):
        if document_of(answer) is None:
            return Pushed(How.LATER, record.remote_id, f"status:{answer.status}", told)
        return Pushed(How.FAILED, record.remote_id, "gone_or_path", told)
    found = _find(caller, record)
    if found is None:
        return replace(_create(caller, record), gone=True)
    if found.how is not How.FOUND:
        return replace(found, remote_id=record.remote_id)
    if found.remote_id == record.remote_id:
        # It is there: the path is wrong, or the server does not know its own at this moment. One
        # alone stops nobody else's push; several in a row do.
        return Pushed(How.LATER, record.remote_id, f"status:{answer.status}", told)
    return replace(found, gone=True)


def _create(caller: Caller, record: Record) -> Pushed:
    content = dumps(record.body).encode()
    method, path = str(caller.config.get("create_method") or "POST"), caller.config["create_path"]
    more = {"Idempotency-Key": record.key} if record.key else {}
    try:
        answer = caller.call(method, str(path), content, more)
    except OutboundError as error:
        if error.unsent:
            return replace(_unreached(error), unmade=True)
        return Pushed(How.UNCERTAIN, problem=error.code)
    told = caller.shown(answer)
    if answer.ok:
        remote = id_of(at(document_of(answer), str(caller.config["create_id"])))
        if remote:
            return Pushed(How.SENT, remote, answer=told, made=True)
        # It was made: without its id it would be made once more.
        return Pushed(How.UNCERTAIN, problem="no_id", answer=told)
    if _may_have_made(answer):
        return Pushed(How.UNCERTAIN, problem=f"status:{answer.status}", answer=told)
    return replace(_refused(caller, answer), unmade=True)


def _may_have_made(answer: Answer) -> bool:
    """Say whether a making that was not taken may have worked all the same."""
    if answer.status == 503:
        # Said by the system itself, which asks for a pause; or by what stands before it.
        return seconds_to_wait(answer.headers, clock.now()) is None
    # Sent on to a page, as old servers do once they have made something.
    return answer.status < 400 or (answer.status >= 500 and answer.status not in UNTOUCHED)


def _unreached(error: OutboundError) -> Pushed:
    """Try again later; what our own settings forbid is everybody's."""
    return Pushed(How.REFUSED if error.permanent else How.LATER, problem=error.code)


def _refused(caller: Caller, answer: Answer) -> Pushed:
    how = How.LATER
    if answer.status in OURS or 300 <= answer.status < 400:
        how = How.REFUSED
    elif answer.permanent:
        how = How.FAILED
    told, after = f"status:{answer.status}", seconds_to_wait(answer.headers, clock.now())
    return Pushed(how, problem=told, answer=caller.shown(answer), after=after)
