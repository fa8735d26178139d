"""Senders of emails: an address is checked when it is written, unless tokens make it."""

from typing import Any

from django.utils.translation import gettext as _

from contacts.values import ValueProblem, addresses
from emails.models import Email
from kernel.registry import ConfigProblem

LONGEST_NAME = 200


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
