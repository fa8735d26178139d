"""Twilio by its REST API: https://www.twilio.com/docs/messaging/api/message-resource.

It has no idempotency key. Where the answer to a text was lost, the newest messages to that number
are listed, and `settling` says which is ours.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from kernel import preferences
from kernel.http import Answer as HttpAnswer
from kernel.http import Limits, OutboundError, fetch
from kernel.sealing import Unreadable, unseal
from sms.services.transports import Answer, Away, Message, Outgoing, Reply

ACCOUNT, TOKEN = "sms.account_sid", "sms.auth_token"
# What the token is sealed for, and nothing else.
SEALED = "sms.token"
SENDER, SERVICE = "sms.from_number", "sms.messaging_service"
LIMITS = Limits(seconds=20, body=200_000)
# A hundred of the longest messages, every sign of them escaped.
LISTING = Limits(seconds=20, body=3_000_000)
TOO_MANY, BUSY = 429, 503
# Wrong credentials, an account that was closed, a sender or a service that is not there or may not
# send: it is no text's fault, so that all wait until somebody has put it right.
OF_THE_ACCOUNT = frozenset(
    {
        *(10001, 20003, 20005, 20006, 20008, 20404),
        *(21212, 21603, 21606, 21659, 21660, 21661, 21701, 21702, 21703, 21704, 21705),
        30002,
    }
)
# What is said of numbers and texts, whatever the status beside it.
OF_MESSAGES = range(21200, 21800)
# What the address and the account of the call are answered with.
OF_THE_CALL = frozenset({401, 403, 404, 405, 407, 410})
# How long it is left alone when it is out of reach, and when it asks for it without saying.
REST = 30.0
LONGEST_REST = 600.0
LOOKED_AT = 100
# Of one day; more is no people writing.
MOST_PAGES = 1_000
# In front of every text of an account that is tried out.
OF_TRIALS = "Sent from your Twilio trial account - "
# Of what a person wrote.
LONGEST_TAKEN = 2_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Ends that say that it did not go out.
FAILED = frozenset({"failed", "undelivered", "canceled"})


def status_path(delivery: int) -> str:
    """Return the path of `sms.public` that receipts of a delivery come to."""
    return f"/hooks/twilio/status/{delivery}"


@dataclass(frozen=True)
class Twilio:
    """One account, and from whom texts come."""

    account: str
    token: str = field(repr=False)
    number: str
    service: str
    per_second: int | None
    # Why nothing can be sent with these settings.
    lacks: str = ""
    name: str = "twilio"
    captures: bool = False

    @property
    def sender(self) -> str:
        """Return the service, which takes the place of the number."""
        return self.service or self.number

    def deliver(self, text: Outgoing) -> Reply:
        """Hand one text over."""
        if self.lacks:
            return Reply(Answer.DOWN, self.lacks, rest=REST)
        told = {
            "To": text.number,
            "Body": text.body,
            **({"MessagingServiceSid": self.service} if self.service else {"From": self.number}),
        }
        if text.delivery:
            told["StatusCallback"] = settings.SITE_URL + status_path(text.delivery)
        try:
            answer = self._call("POST", "", urlencode(told).encode())
        except OutboundError as error:
            if error.unsent:
                return Reply(Answer.DOWN, str(error), rest=REST)
            return Reply(Answer.UNKNOWN, str(error))
        return _read(answer)

    def listed(self, number: str, since: datetime) -> list[Message]:
        """Read the newest messages to this number."""
        if self.lacks:
            raise Away(self.lacks)
        query = urlencode({"To": number, "PageSize": LOOKED_AT})
        try:
            answer = self._call("GET", f"?{query}", b"")
        except OutboundError as error:
            raise Away(str(error)) from error
        told = _document(answer).get("messages")
        if not answer.ok or not isinstance(told, list):
            raise Away(_("The server answered with status %(status)s.") % {"status": answer.status})
        made = [one for one in told if isinstance(one, dict) and _made(one) >= since]
        if len(made) >= LOOKED_AT:
            raise Away(_("Too many messages went to this number."))
        # What it answered by itself, as to STOP, is no program's.
        ours = [one for one in made if one.get("direction") == "outbound-api" and one.get("sid")]
        return [_message(one) for one in ours]

    def received(self, number: str, day: date, since: datetime) -> Iterator[Message]:
        """Read what people wrote to a number of ours on a day, page by page, the newest first."""
        if self.lacks:
            raise Away(self.lacks)
        query = "?" + urlencode({"To": number, "DateSent": f"{day}", "PageSize": LOOKED_AT})
        for _page in range(MOST_PAGES):
            try:
                answer = self._call("GET", query, b"")
            except OutboundError as error:
                raise Away(str(error)) from error
            document = _document(answer)
            told = document.get("messages")
            if not answer.ok or not isinstance(told, list):
                words = _("The server answered with status %(status)s.")
                raise Away(words % {"status": answer.status})
            made = [one for one in told if isinstance(one, dict) and one.get("sid")]
            inbound = [one for one in made if one.get("direction") == "inbound"]
            yield from (_written(one) for one in inbound if _made(one) >= since)
            # Of the address it names only the question: we call nothing else with our key.
            query = "?" + urlsplit(str(document.get("next_page_uri") or "")).query
            if query == "?" or (made and max(map(_made, made)) < since):
                return
        raise Away(_("Too many messages came to this number."))

    def _call(self, method: str, query: str, content: bytes) -> HttpAnswer:
        url = f"{settings.TWILIO_URL}/2010-04-01/Accounts/{self.account}/Messages.json{query}"
        key = b64encode(f"{self.account}:{self.token}".encode()).decode()
        headers = {"Authorization": f"Basic {key}", "Accept": "application/json"}
        if content:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        limits = LIMITS if content else LISTING
        return fetch(method, url, content=content, headers=headers, limits=limits)


def of_settings(per_second: int) -> Twilio:
    """Return the account of the settings in force."""
    values: dict[str, Any] = {
        "account": str(preferences.get(ACCOUNT)),
        "number": str(preferences.get(SENDER)),
        "service": str(preferences.get(SERVICE)),
        "per_second": per_second,
    }
    try:
        token = secret()
    except Unreadable:
        return Twilio(token="", lacks=_("Enter the token of Twilio again."), **values)
    whole = values["account"] and token and (values["number"] or values["service"])
    lacks = "" if whole else _("The account of Twilio is not complete in the settings.")
    return Twilio(token=token, lacks=lacks, **values)


def secret() -> str:
    """Return the account's token, empty where there is none; `Unreadable` with another key."""
    sealed = str(preferences.get(TOKEN))
    return unseal(sealed, SEALED) if sealed else ""


def _read(answer: HttpAnswer) -> Reply:
    told = _document(answer)
    if answer.ok:
        # Taken, though it did not say under which name.
        return _accepted(told) if told.get("sid") else Reply(Answer.UNKNOWN)
    found = told.get("code")
    code = found if isinstance(found, int) else 0
    words = _("The server answered with status %(status)s.") % {"status": answer.status}
    if told.get("message"):
        words = f"{code}: {told['message']}"[:500]
    if answer.status in (TOO_MANY, BUSY):
        return Reply(Answer.PASSING, words, code, rest=_asked_for(answer))
    if _is_of_the_account(answer.status, code):
        return Reply(Answer.DOWN, words, code, rest=REST, unnamed=not code)
    if answer.permanent:
        return Reply(Answer.PERMANENT, words, code)
    # It broke down over it: whether before or after taking it, nobody knows.
    return Reply(Answer.UNKNOWN, words, code)


def _is_of_the_account(status: int, code: int) -> bool:
    """Say whether nothing at all can be sent, rather than this text."""
    if code in OF_THE_ACCOUNT:
        return True
    is_elsewhere = status in OF_THE_CALL or 300 <= status < 400
    return is_elsewhere and code not in OF_MESSAGES


def _accepted(told: Mapping[str, Any]) -> Reply:
    number = str(told.get("num_segments") or "")
    status = str(told.get("status") or "")[:20]
    code = told.get("error_code") or 0
    answer = Answer.PERMANENT if status in FAILED else Answer.ACCEPTED
    words = f"{code}: {told.get('error_message') or status}"[:500] if status in FAILED else ""
    parts = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else None
    return Reply(answer, words, int(code), str(told["sid"])[:64], status, parts)


def _message(told: Mapping[str, Any]) -> Message:
    body = str(told.get("body") or "").removeprefix(OF_TRIALS)
    sender = str(told.get("messaging_service_sid") or told.get("from") or "")
    return Message(body, sender, _made(told), _accepted(told))


def _written(told: Mapping[str, Any]) -> Message:
    """Return what a person wrote: it is theirs, whatever service of ours it came to."""
    written = replace(_message(told), sender=str(told.get("from") or ""))
    return replace(written, body=written.body.replace("\0", "")[:LONGEST_TAKEN])


def _document(answer: HttpAnswer) -> dict[str, Any]:
    try:
        found = {} if answer.truncated else json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _made(told: Mapping[str, Any]) -> datetime:
    try:
        return parsedate_to_datetime(str(told["date_created"]))
    except (KeyError, TypeError, ValueError):
        return LONG_AGO


def _asked_for(answer: HttpAnswer) -> float:
    asked = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after", "")
    return min(float(asked), LONGEST_REST) if asked.isascii() and asked.isdigit() else REST
