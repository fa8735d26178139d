"""Creates and changes where returned mail comes from: checked, its secret sealed and kept apart."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from emails.models import MailSource
from emails.services import maildirs
from emails.services.mailboxes import SEALED, LookFailed
from kernel import clock
from kernel.registry import ConfigProblem, Problem, problem
from kernel.sealing import seal

SHORTEST_SECRET = 16
FIELDS = ("name", "way", "active", "host", "port", "security", "user", "folder", "after")
# With another of these, the password would go to somebody else.
PLACE = ("way", "host", "port", "security", "user")
Way = MailSource.Way


def take(row: MailSource, values: Mapping[str, Any]) -> None:
    """Give a source new values; `ConfigProblem` names every place that is wrong.

    An empty or missing `secret` keeps the one there is, unless another server would get it.
    """
    before = {name: getattr(row, name) for name in (*PLACE, "folder")} if row.pk else {}
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    problems = list(_wrong(row))
    secret = values.get("secret") or ""
    moved = bool(before) and any(getattr(row, name) != before[name] for name in PLACE)
    if secret:
        problems += _of_secret(row, secret)
        row.sealed, row.secret_at = seal(secret, SEALED), clock.now()
    elif row.way == Way.FOLDER:
        row.sealed, row.secret_at = "", None
    elif not row.sealed or moved:
        words = (
            _("The address has changed: enter the secret again.")
            if moved
            else _("This field is required.")
        )
        problems.append(problem("secret", "required", words))
    if problems:
        raise ConfigProblem(problems)
    if moved or (before and row.folder != before["folder"]):
        # Numbers of another mailbox say nothing about this one.
        row.validity = row.last_uid = 0
        # Whoever reads the former one just now notes no more how far they came.
        row.lease_until = None
    row.trouble = ""


def _wrong(row: MailSource) -> list[Problem]:
    found = [
        problem(name, "invalid", _("Signs that cannot be seen are not allowed here."))
        for name in ("host", "user", "folder")
        if any(not sign.isprintable() for sign in getattr(row, name))
    ]
    if row.way == Way.IMAP:
        found += [
            problem(name, "required", _("This field is required."))
            for name in ("host", "user")
            if not getattr(row, name).strip()
        ]
        if not 1 <= row.port <= 65_535:
            found.append(problem("port", "invalid", _("A number from 1 to 65535 is expected.")))
    if row.way == Way.FOLDER:
        try:
            maildirs.place_of(row.folder)
        except LookFailed as failed:
            found.append(problem("folder", "invalid", str(failed)))
    return found


def _of_secret(row: MailSource, secret: str) -> list[Problem]:
    if row.way == Way.WEBHOOK and len(secret) < SHORTEST_SECRET:
        words = _("At least %(least)d signs are needed.") % {"least": SHORTEST_SECRET}
        return [problem("secret", "too_short", words)]
    return []
