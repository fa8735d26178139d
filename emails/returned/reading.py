"""Says what a mail that came back is, and of which recipients it tells.

* read(raw) -> Reading

A report by RFC 3464 or RFC 5965 is read as such; other notices of mail servers by their words.
What people write and what their programs answer by themselves (RFC 3834) is told apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.db import models
from django.utils.translation import gettext_lazy as _

from emails.returned import automatic, notices, sns
from emails.returned.causes import AFTER_DATA, HARD, Cause, cause_of, status_in
from emails.returned.structure import Headers, Message, Part, fields, parse

WORDS = 1_000


class Kind(models.TextChoices):
    """What a message is."""

    HARD = "hard", _("hard bounce")
    SOFT = "soft", _("soft bounce")
    COMPLAINT = "complaint", _("complaint")
    AUTO_REPLY = "auto_reply", _("automatic reply")
    REPLY = "reply", _("reply")
    # Of servers, about nothing that went wrong: delivered, checks of signatures.
    REPORT = "report", _("report")
    UNKNOWN = "unknown", _("unknown")


BOUNCES = frozenset({Kind.HARD, Kind.SOFT})


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one recipient; an address is empty where it was not named."""

    address: str
    kind: Kind
    cause: str = ""
    status: str = ""
    words: str = ""
    # It is tried further, and mostly arrives.
    delayed: bool = False


@dataclass(frozen=True)
class Reading:
    """What a message is. `original` holds the headers of the mail that was sent back."""

    kind: Kind
    message: Message
    reports: Sequence[Report] = ()
    original: Sequence[Headers] = field(default_factory=list)

    @property
    def is_automatic(self) -> bool:
        """Say whether no person wrote it: it is answered by nobody and forwarded to nobody."""
        return self.kind != Kind.REPLY


def read(raw: bytes) -> Reading:
    """Read a message, whoever sent it."""
    message = parse(raw)
    original = [each for part in message.parts if _is_returned(part) for each in _first(part)]
    for reader in (_complaint, _delivery_report):
        if reports := list(reader(message, original)):
            return Reading(_worst(reports), message, reports, original)
    if notified := list(sns.read(message)):
        reports = [Report(one.address, Kind(one.kind), one.cause, one.status) for one in notified]
        return Reading(_worst(reports), message, reports, original)
    if automatic.leaves_by_itself(message.headers):
        asked = [Report(_sender(message), Kind.COMPLAINT, "opt-out")]
        return Reading(Kind.COMPLAINT, message, asked, original)
    if automatic.is_answer(message):
        return Reading(Kind.AUTO_REPLY, message, [], original)
    if told := notices.read(message):
        reports = [_of_notice(one, message) for one in told]
        return Reading(_worst(reports), message, reports, original)
    return Reading(_silent(message), message, [], original)


def _silent(message: Message) -> Kind:
    """Say what a message is that tells of nothing."""
    if automatic.is_receipt(message.headers):
        return Kind.REPORT
    return Kind.UNKNOWN if automatic.is_by_machine(message.headers) else Kind.REPLY


def _is_returned(part: Part) -> bool:
    return part.type in {
        "text/rfc822-headers",
        "message/rfc822",
        "text/rfc822",
        "message/rfc822-headers",
    }


def _first(part: Part) -> list[Headers]:
    return list(fields(part.text))[:1]


def _sender(message: Message) -> str:
    return address_in(message.headers.get("from"))


def _worst(reports: Sequence[Report]) -> Kind:
    kinds = {one.kind for one in reports}
    order = (Kind.COMPLAINT, Kind.HARD, Kind.SOFT, Kind.REPORT)
    return next((kind for kind in order if kind in kinds), Kind.UNKNOWN)


def _judged(address: str, words: str, status: str, *, delayed: bool, data: bool = False) -> Report:
    status = status or status_in(words)
    data = data or bool(AFTER_DATA.search(words))
    cause = cause_of(words, status, delayed=delayed, data=data)
    kind = Kind.HARD if cause in HARD else Kind.SOFT
    said = " ".join(words.split())[:WORDS]
    return Report(address, kind, cause.value, status, said, delayed)


def _own(message: Message) -> Iterator[Part]:
    """The parts that are the sender's own; what a person forwards tells of their mail, not ours."""
    whole = automatic.is_of_server(message.headers) or automatic.is_feedback(message)
    return (part for part in message.parts if whole or not part.original)


_CODE = re.compile(r"(?<![\d.])5\d\d(?![\d.])|(?<![\d.])5\.\d{1,3}\.\d")


def _of_notice(told: notices.Notice, message: Message) -> Report:
    found = _judged(told.address, told.words, "", delayed=told.delayed, data=told.after_text)
    if found.kind == Kind.HARD and not _CODE.search(told.words):
        # Words alone close no address unless a mail server signs them.
        sure = automatic.is_daemon(message.headers)
        return found if sure else replace(found, kind=Kind.SOFT, cause=Cause.OTHER.value)
    return found


# RFC 5965, RFC 6591.
NOT_COMPLAINTS = frozenset({"auth-failure", "not-spam", "dmarc"})


def _complaint(message: Message, original: Sequence[Headers]) -> Iterator[Report]:
    groups = [
        each
        for part in _own(message)
        if part.type == "message/feedback-report"
        for each in fields(part.text)
    ]
    of_whole = message.headers.parameters.get("report-type", "").lower() == "feedback-report"
    if not groups and not of_whole and not automatic.is_feedback(message):
        return
    told = next((one for one in groups if "feedback-type" in one), Headers([]))
    sort = told.get("feedback-type").strip().lower() or "abuse"
    kind = Kind.REPORT if sort in NOT_COMPLAINTS else Kind.COMPLAINT
    people = [address_in(value) for value in told.all("original-rcpt-to", "removal-recipient")]
    people = people or [address_in(one.get("to")) for one in original]
    for address in dict.fromkeys(people or [""]):
        yield Report(address, kind, sort[:40])


def _delivery_report(message: Message, original: Sequence[Headers]) -> Iterator[Report]:
    said = message.text
    for part in _own(message):
        if part.type not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        groups = [one for each in fields(part.text) for one in _people(each)]
        for each in groups:
            yield _of_group(each, said if len(groups) == 1 else "")
        return


def _people(group: Headers) -> Iterator[Headers]:
    """Divide a group in which several recipients follow each other without an empty line."""
    starts = [n for n, (name, _) in enumerate(group.pairs) if name == "final-recipient"]
    if len(starts) < 2:
        starts = [0]
    for start, end in zip(starts, [*starts[1:], len(group.pairs)], strict=True):
        if _names_somebody(one := Headers(group.pairs[start:end])):
            yield one


def _names_somebody(headers: Headers) -> bool:
    return any(name in headers for name in ("final-recipient", "original-recipient", "action"))


def _of_group(told: Headers, said: str) -> Report:
    action = told.get("action").strip().lower().partition(" ")[0]
    named = [
        address_in(v)
        for v in told.all("original-recipient", "final-recipient", "x-actual-recipient")
    ]
    address = next((one for one in named if "@" in one), "")
    status = status_in(told.get("status"))
    words = told.get("diagnostic-code")
    if action in {"delivered", "relayed", "expanded", "deliverable"}:
        return Report(address, Kind.REPORT, "delivered", status, words[:WORDS])
    delayed, data = action == "delayed", bool(AFTER_DATA.search(said[:10_000]))
    kind = _judged(address, words, status, delayed=delayed, data=data)
    if words and kind.cause != Cause.OTHER:
        return kind
    more = f"{words}\n{notices.words_of(said)}"
    return _judged(address, more, status, delayed=delayed, data=data)


_ADDRESS = re.compile(r"[^\s<>;:,\"'()\[\]]{1,64}@[A-Za-z0-9.-]{1,253}")


def address_in(text: str) -> str:
    """Return the first address in a header, in small letters."""
    found = _ADDRESS.search(text[:2_000])
    return found[0].lower() if found else ""
