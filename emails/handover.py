"""One mail on one connection: the dialogue, and what its end means."""

import time
from dataclasses import dataclass
from enum import StrEnum

from emails.wire import DOT, Line, Wire, WireLost, stuffed

GO_AHEAD = 354
# DATA is the third command of a mail.
DATA_PLACE = 2
CLOSING = 421
# Seconds the final dot is held back, as long as the server needed for the envelope: one that
# goes away while the text comes is noticed before it can have accepted anything. A server that
# did so lately is given more time to show it.
SHORTEST_HOLD, LONGEST_HOLD, WARY_HOLD = 0.001, 0.004, 0.02


class Answer(StrEnum):
    """What handing a mail over came to."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    PASSING = "passing"
    # The whole mail went out, but no answer came: it may have been accepted.
    UNKNOWN = "unknown"
    # The server cannot be reached or does not let us in: nothing was tried.
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one mail with the server's words, such as `550 5.1.1 no such user`."""

    answer: Answer
    words: str = ""
    # The connection broke before the mail was complete, which says nothing about the mail.
    cut: bool = False


def hand_over(wire: Wire, sender: str, recipient: str, raw: bytes, deadline: float) -> Reply | None:
    """Hand one mail over; None when the connection broke before anything of it was taken."""
    plain = sender.isascii() and recipient.isascii()
    if not plain and not wire.international:
        return Reply(Answer.PERMANENT, "550 5.6.7 the mail server takes no accents in addresses")
    wire.begin()
    began = time.monotonic()
    origin = f"MAIL FROM:<{sender}>" + ("" if plain else " SMTPUTF8")
    commands = [origin, f"RCPT TO:<{recipient}>", "DATA"]
    try:
        refused = _envelope(wire, [command.encode() for command in commands], deadline)
    except WireLost:
        wire.spent = True
        return None
    if refused:
        return _refusal(refused)
    longest = WARY_HOLD if wire.wary else LONGEST_HOLD
    hold = min(max(time.monotonic() - began, SHORTEST_HOLD), longest)
    return _text(wire, raw, deadline, hold)


def _envelope(wire: Wire, commands: list[bytes], deadline: float) -> Line | None:
    """Give sender and recipient and ask to begin; the refusal, or None when the text may follow."""
    lines: list[Line] = []
    if wire.pipelining:
        wire.send(b"\r\n".join(commands) + b"\r\n", deadline)
    for place, command in enumerate(commands):
        lines.append(wire.reply(deadline) if wire.pipelining else wire.ask(command, deadline))
        if not wire.pipelining and not _as_wished(place, lines[-1]):
            break
    refused = [line for place, line in enumerate(lines) if not _as_wished(place, line)]
    if not refused:
        return None
    _start_over(wire, lines[-1], deadline)
    return refused[0]


def _as_wished(place: int, line: Line) -> bool:
    return line.code == GO_AHEAD if place == DATA_PLACE else line.accepts


def _start_over(wire: Wire, last: Line, deadline: float) -> None:
    """Make the connection ready for the next mail after a refusal, or give it up."""
    try:
        if last.code == GO_AHEAD:
            # It waits for a text without a recipient: an empty one ends this.
            wire.ask(b".", deadline)
        wire.spent = last.code == CLOSING or not wire.ask(b"RSET", deadline).accepts
    except WireLost:
        wire.spent = True


def _refusal(line: Line) -> Reply:
    answer = Answer.PERMANENT if line.permanent else Answer.PASSING
    return Reply(answer, f"{line.code} {line.words}")


def _text(wire: Wire, raw: bytes, deadline: float, hold: float) -> Reply:
    try:
        wire.send(stuffed(raw), deadline)
        if wire.interrupted(hold):
            return _refused_early(wire, deadline)
        wire.send(DOT, deadline)
    except WireLost as lost:
        # The end of the mail never left us, so the server cannot have accepted it.
        wire.spent = True
        return Reply(Answer.PASSING, str(lost), cut=True)
    try:
        line = wire.reply(deadline)
    except WireLost as lost:
        wire.spent = True
        if lost.before_the_end:
            return Reply(Answer.PASSING, str(lost), cut=True)
        return Reply(Answer.UNKNOWN, str(lost))
    wire.spent = line.code == CLOSING or not line.known
    if line.accepts:
        return Reply(Answer.ACCEPTED, f"{line.code} {line.words}")
    return _refusal(line) if line.known else Reply(Answer.UNKNOWN, line.words)


def _refused_early(wire: Wire, deadline: float) -> Reply:
    """Read what a server says in the middle of a mail: it does not want the rest."""
    wire.spent = True
    line = wire.reply(deadline)
    if line.permanent:
        return _refusal(line)
    return Reply(Answer.PASSING, f"{line.code} {line.words}")
