"""What people's programs send by themselves: absences, confirmations, lists (RFC 3834)."""

import re

from emails.returned.structure import Headers, Message

SUBJECTS = re.compile(
    r"^(?:(?:re|aw|tr|rv):)? ?(?:\[?auto(?:matic|matique|matische|m[aá]tica)?[-_ :\]]{0,3}"
    r"(?:re(?:ply|sponse|sponder)|r[eé]ponse|antwort|mated)|automatic reply|out[- ]of[- ](?:the )?"
    r"office|(?:i am |i'm )?(?:away|on vacation|on leave|on holiday)\b|absen(?:t|ce)\b"
    r"|abwesen(?:d|heit)|r[eé]ponse automatique|message d.absence|automatische antwort|vacation"
    r"|respuesta autom[aá]tica|fuera de la oficina|risposta automatica|fuori sede"
    r"|automatisch antwoord|afwezig|resposta autom[aá]tica|autosvar|自動応答|自动回复)",
    re.IGNORECASE,
)
# Programs that ask a sender to prove that they are a person.
CHALLENGES = re.compile(
    r"(?:please )?(?:confirm|verify) (?:your|that you|you are|this) (?:e?mail|message|sen|human)"
    r"|challenge[- ]response|sender (?:verification|validation)|awaiting your confirmation"
    r"|your (?:message|mail) (?:is|has been) (?:held|quarantined)",
    re.IGNORECASE,
)
MARKS = ("x-autoreply", "x-autorespond", "x-auto-response", "x-autoresponder", "x-mail-autoreply")
_PRECEDENCES = frozenset({"auto_reply", "auto-reply"})
_BULK = frozenset({"bulk", "list", "junk"})
_REFERRALS = ("in-reply-to", "references", "x-auto-response-suppress")


def is_answer(message: Message) -> bool:
    """Say whether a program answered for a person."""
    headers = message.headers
    if headers.type == "multipart/report":
        return False
    if any(_is_yes(headers.get(mark)) for mark in MARKS if mark in headers):
        return True
    if headers.get("precedence").strip().lower() in _PRECEDENCES:
        return True
    if "x-apple-action" in headers and "vacation" in headers.get("x-apple-action").lower():
        return True
    if (
        "x-ms-exchange-inbox-rules-loop" in headers
        or "x-ms-exchange-generated-message-source" in headers
    ):
        return not is_daemon(headers)
    said = _submitted(headers)
    if said == "auto-replied" and not is_daemon(headers):
        return True
    subject = headers.get("subject").strip()[:500]
    if SUBJECTS.search(subject) and not is_daemon(headers):
        return True
    return bool(CHALLENGES.search(subject)) and not is_daemon(headers)


def leaves_by_itself(headers: Headers) -> bool:
    """Say whether a mail program asks, for its reader, that they be written to no more."""
    return (
        _is_yes(headers.get("x-apple-unsubscribe")) if "x-apple-unsubscribe" in headers else False
    )


def is_receipt(headers: Headers) -> bool:
    """Say whether a mail program tells what its reader did with a mail (RFC 8098)."""
    return headers.parameters.get("report-type", "").lower() == "disposition-notification"


def is_feedback(message: Message) -> bool:
    """Say whether it is a complaint of a provider that writes no reports: Microsoft's programme."""
    headers = message.headers
    if "x-hmxmroriginalrecipient" in headers:
        return True
    subject, sender = headers.get("subject").lower(), headers.get("from").lower()
    return subject.startswith("complaint about message from") and "staff@" in sender


def is_by_machine(headers: Headers) -> bool:
    """Say whether no person sent it: whoever answered it could answer for ever."""
    return (
        _submitted(headers) not in {"", "no"}
        or headers.get("precedence").strip().lower() in _BULK
        or headers.get("return-path").strip() == "<>"
        or any(name in headers for name in ("list-id", "list-unsubscribe", "feedback-id"))
        or is_daemon(headers)
    )


def _is_yes(value: str) -> bool:
    return value.strip().lower() not in {"no", "false", "0"}


def _submitted(headers: Headers) -> str:
    return headers.get("auto-submitted").partition(";")[0].strip().lower()


# As the name before the @: a domain or a display name may hold any of these words.
_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|poo?st_?master|mail[-_.]?(?:delivery|administrator)|mail[-_]?system"
    r"|mdaemon|(?:noreply-)?bounce[sd]?|microsoftexchange)\b",
    re.IGNORECASE,
)
_UNREAD = re.compile(r"(?:\A|[\s<])no-?reply@", re.IGNORECASE)
_LOCAL = re.compile(r"([^\s<>\"@]{1,64})@[^\s<>@]{1,253}>?\s*(?:\([^()]{0,200}\)\s*)?\Z")


def is_daemon(headers: Headers) -> bool:
    """Say whether a mail server signs as its sender."""
    sender = headers.get("from")[:500].strip()
    found = _LOCAL.search(sender)
    # Some servers write no address at all.
    return bool(_DAEMON.match(found[1] if found else sender.strip('<>" ')))


def _reads_nothing(headers: Headers) -> bool:
    return bool(_UNREAD.search(headers.get("from")[:500]))


def is_of_server(headers: Headers) -> bool:
    """Say whether a mail carries what people cannot give it: nobody answers it, or a server did.

    What a mail says, quotes or calls itself is never such a sign.
    """
    return (
        headers.get("return-path").strip() == "<>"
        or is_daemon(headers)
        or _reads_nothing(headers)
        or headers.type == "multipart/report"
        or any(name in headers for name in ("x-failed-recipients", "x-mlserver"))
        or _submitted(headers) not in {"", "no"}
    )
