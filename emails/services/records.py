"""The DNS records that let receivers believe our mails, and what the DNS says of each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emails.models import SigningDomain, SigningKey
from emails.services import identity, signing
from kernel import dns, preferences

K = SigningKey.State
AT_ONCE = 8


class Verdict(models.TextChoices):
    """What was found at a name."""

    FOUND = "found", gettext_lazy("published")
    DIFFERS = "differs", gettext_lazy("differs")
    MISSING = "missing", gettext_lazy("missing")
    UNKNOWN = "unknown", gettext_lazy("no answer")


@dataclass(frozen=True)
class Record:
    """One record to publish, and why."""

    kind: str
    label: str
    purpose: str
    name: str
    value: str
    # The value as zone files write long ones.
    zone_line: str = ""
    # The public half of the key, for a DKIM record.
    public: str = ""


@dataclass(frozen=True)
class Finding:
    """What the DNS says of a record."""

    record: Record
    verdict: Verdict
    words: str = ""
    seen: Sequence[str] = field(default_factory=list)


def of(owner: SigningDomain) -> list[Record]:
    """Return what is to be published for a domain: its keys, who sends for it, what binds both."""
    keys = [key for key in owner.keys.all() if key.state != K.RETIRED]
    keys.sort(key=lambda key: key.state == K.NEW)
    return [*(_dkim(key) for key in keys), _spf(owner.domain), _dmarc(owner.domain)]


def check(records: Sequence[Record]) -> list[Finding]:
    """Ask for all of them at once."""
    with ThreadPoolExecutor(AT_ONCE) as hands:
        answers = list(hands.map(_ask, records))
    return [_judged(record, found) for record, found in zip(records, answers, strict=True)]


def _dkim(key: SigningKey) -> Record:
    told = signing.record_of(key)
    if key.state == K.NEW:
        purpose = _("The next key. Publish it first, then let it sign.")
    else:
        purpose = _("Receivers verify the signature of each mail by it.")
    label = _("DKIM key %(selector)s") % {"selector": key.selector}
    return Record(
        "dkim", label, purpose, told["name"], told["value"], told["zone_line"], key.public
    )


def _spf(domain: str) -> Record:
    """Name the domain that bounces come back to, if it is one of this domain."""
    back = str(preferences.get("emails.return_path_domain"))
    name = back if back == domain or back.endswith(f".{domain}") else domain
    purpose = _(
        "Says which servers send for the domain. Your provider may ask for another word than this,"
        " such as include:…; there may be one such record only."
    )
    return Record("spf", _("SPF"), purpose, name, f"v=spf1 {_server()} ~all")


def _server() -> str:
    host = urlsplit(settings.EMAIL_URL).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return f"a:{host}" if "." in host else _own()
    return f"ip{address.version}:{address}" if address.is_global else _own()


def _own() -> str:
    """Name this machine; where it has no name, those that take the domain's mail."""
    name = identity.domain()
    return "mx" if name.startswith("localhost") else f"a:{name}"


def _dmarc(domain: str) -> Record:
    purpose = _(
        "Tells receivers what to do with mails that fail both. Large providers want one;"
        " none only watches."
    )
    return Record("dmarc", _("DMARC"), purpose, f"_dmarc.{domain}", "v=DMARC1; p=none")


def _ask(record: Record) -> list[str] | None:
    """Return the texts at a name; of DMARC those of the domains above it hold, too."""
    try:
        found = dns.texts(record.name)
        labels = record.name.split(".")[1:]
        while record.kind == "dmarc" and len(labels) > 2 and not _versions(found, "dmarc"):
            del labels[0]
            found = dns.texts(".".join(["_dmarc", *labels]))
    except dns.Unanswered:
        return None
    return found


def _versions(found: Sequence[str], kind: str) -> list[str]:
    """Return the texts that are meant as such a record."""
    starts = {"dkim": ("v=dkim1", "k=", "p="), "spf": ("v=spf1",), "dmarc": ("v=dmarc1",)}[kind]
    return [text for text in found if text.strip().lower().startswith(starts)]


def _judged(record: Record, found: list[str] | None) -> Finding:
    if found is None:
        return Finding(record, Verdict.UNKNOWN, _("No name server answered. Try again later."))
    seen = _versions(found, record.kind)
    if not seen:
        words = _("Nothing of the kind stands there yet. New records may take an hour to be seen.")
        return Finding(record, Verdict.MISSING, words)
    problem = _JUDGES[record.kind](record, seen)
    return Finding(record, Verdict.DIFFERS if problem else Verdict.FOUND, problem, seen)


def _judge_dkim(record: Record, seen: Sequence[str]) -> str:
    keys = ["".join(_tags(text).get("p", "").split()) for text in seen]
    if record.public in keys:
        return ""
    if not any(keys):
        return _("The record is there, but its key is empty: that means it was withdrawn.")
    return _("Another key stands there. Mails signed by ours are not believed.")


_ELSEWHERE = ("include:", "redirect=")


def _judge_spf(record: Record, seen: Sequence[str]) -> str:
    if len(seen) > 1:
        return _("There are several such records: receivers then heed none. Join them into one.")
    words = seen[0].lower().split()
    if "+all" in words or "all" in words:
        return _("It ends with +all, which lets everybody send for the domain.")
    ours = record.value.split()[1]
    # Whom a provider's record includes is for the provider to say.
    if ours.lower() not in words and not any(word.startswith(_ELSEWHERE) for word in words):
        return _("It does not name the server your mails leave from: %(word)s.") % {"word": ours}
    return ""


def _judge_dmarc(record: Record, seen: Sequence[str]) -> str:
    if len(seen) > 1:
        return _("There are several such records: receivers then heed none. Keep one.")
    if _tags(seen[0]).get("p", "").lower() not in {"none", "quarantine", "reject"}:
        return _("Its policy p= is not one of none, quarantine, reject.")
    return ""


def _tags(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _sign, value in parts}


_JUDGES: dict[str, Any] = {"dkim": _judge_dkim, "spf": _judge_spf, "dmarc": _judge_dmarc}
