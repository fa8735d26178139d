"""Senders of emails: an address is checked when it is written, unless tokens make it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contacts.values import ValueProblem, addresses
from emails.models import Email
from kernel import preferences
from kernel.registry import ConfigProblem

LONGEST_NAME = 200


class SenderRefused(Exception):  # noqa: N818 - it says what happened to the mail
    """The workspace allows other senders only."""


@dataclass(frozen=True, slots=True)
class Senders:
    """Who may be named as sender: addresses, or whole domains; for all roles or some."""

    # Address or domain → ids of roles; nobody listed is everybody.
    allowed: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls) -> "Senders":
        """Read the setting."""
        entries = preferences.get("emails.senders")
        return cls({entry["sender"]: frozenset(entry.get("roles", [])) for entry in entries})

    def permit(self, address: str, role: str | None = None) -> bool:
        """Say whether an address may be used, by this role; without a list all may."""
        if not self.allowed:
            return True
        domain = address.rpartition("@")[2]
        found = [self.allowed[key] for key in (address, domain) if key in self.allowed]
        return any(role is None or not roles or role in roles for roles in found)


def checked_senders(raw: Any) -> list[dict[str, Any]]:
    """Check `[{"sender": "example.com" or "news@example.com", "roles": ["3"]}]`."""
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise ValueError(_("A list of senders is expected."))
    return [_sender(entry) for entry in raw]


def _sender(entry: dict[str, Any]) -> dict[str, Any]:
    if set(entry) - {"sender", "roles"} or not isinstance(entry.get("sender"), str):
        raise ValueError(_("A sender has the keys sender and roles."))
    roles = entry.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str | int) for role in roles):
        raise ValueError(_("Roles are a list of ids."))
    name = entry["sender"]
    try:
        known = addresses.email(name) if "@" in name else addresses.domain(name)
    except ValueProblem as problem:
        raise ValueError(problem.message) from problem
    return {"sender": known, "roles": [str(role) for role in roles]}


def checked_domain(raw: Any) -> str:
    """Check a domain, or nothing."""
    if raw == "":
        return ""
    if not isinstance(raw, str):
        raise ValueError(_("Text is expected."))
    try:
        return addresses.domain(raw)
    except ValueProblem as problem:
        raise ValueError(problem.message) from problem


def checked(address: Any) -> str:
    """Check one address, or nothing; `ValueError` says what is wrong with it."""
    if address == "":
        return ""
    try:
        return addresses.email(address)
    except ValueProblem as problem:
        raise ValueError(problem.message) from problem


def checked_name(name: Any) -> str:
    """Check a sender's name: one line; `ValueError` says what is wrong with it."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not name.isprintable():
        raise ValueError(_("A name of one line is expected."))
    return name.strip()


def check_of(email: Email) -> None:
    """Refuse an email whose sender or answer address cannot be one."""
    problems = []
    for field in ("from_address", "reply_to"):
        address: str = getattr(email, field)
        if "{{" in address:
            continue
        try:
            setattr(email, field, checked(address.strip()))
        except ValueError as error:
            problems.append({"field": field, "code": "invalid_email", "message": str(error)})
    if problems:
        raise ConfigProblem(problems)
