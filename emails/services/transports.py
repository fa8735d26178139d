"""Where mails go: over SMTP to the server of EMAIL_URL, or into the captured mails."""

import os
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from emails.services.identity import domain
from emails.smtp import Answer, Mailer, Reply, Server

__all__ = ["Answer", "Mail", "Reply", "Transport", "transport"]
# Relays answer in tens of milliseconds: several connections hide that.
THREADS, MOST_THREADS = 16, 64
# Servers that look into a mail before they answer take their time; giving up leaves doubt.
MAIL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail ready for the wire."""

    sender: str
    recipient: str
    raw: bytes
    subject: str = ""


class Transport(Protocol):
    """Hands mails over; called by several threads at once, never touches the database."""

    threads: int
    # Whether mails are kept in `captured_mail`, together with the outcome.
    captures: bool

    def deliver(self, mail: Mail) -> Reply:
        """Hand one mail over."""


class Capture:
    """Sends nothing: mails can be looked at in the back office."""

    threads = 1
    captures = True

    def deliver(self, mail: Mail) -> Reply:
        """Take the mail; it is stored with the outcome of its delivery."""
        return Reply(Answer.ACCEPTED, "captured")


class Smtp:
    """Kept connections to one server, one for each thread."""

    captures = False

    def __init__(self, url: str) -> None:
        server = Server.of_url(url, domain())
        self.mailer = Mailer(replace(server, mail_seconds=MAIL_SECONDS))
        asked = parse_qs(urlsplit(url).query).get("threads", [""])[-1]
        self.threads = min(int(asked), MOST_THREADS) if asked.isdigit() and int(asked) else THREADS

    def deliver(self, mail: Mail) -> Reply:
        """Hand one mail over, on this thread's connection."""
        return self.mailer.deliver(mail.sender, mail.recipient, mail.raw)


def transport() -> Transport:
    """Return this process's transport."""
    return _transport(settings.EMAIL_URL, os.getpid())


@lru_cache(maxsize=4)
def _transport(url: str, process: int) -> Transport:
    return Smtp(url) if url else Capture()
