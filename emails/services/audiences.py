"""Audiences of an email: filters by name, which its conditions ask for as `audience.KEY`.

Stored as `[{"key": "lyon", "name": "Around Lyon", "filter": tree or None}]`; without a filter an
audience is nobody. Who belongs to which is found for a whole batch of readers by one statement an
audience, and only for those the message asks for.
"""

import json
import re
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from emails.models import Email
from kernel import documents, filters, masking
from kernel.filters import FilterProblem, questions
from kernel.registry import ConfigProblem

NAMESPACE = "audience"
MOST = 20
# For all audiences of a batch together: the mails are leased meanwhile.
PATIENCE_SECONDS = 20.0
LONGEST_NAME = 100
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
PARTS = {"key", "name", "filter"}
EMPTY: tuple[Any, ...] = (None, {}, {"all": []}, {"any": []}, {"none": []})

Trees = Mapping[str, Any]


def keys(email: Email) -> list[str]:
    """Return what its conditions may ask for."""
    return [audience["key"] for audience in email.audiences]


def asked(uses: Iterable[str]) -> set[str]:
    """Return the audiences among the tokens a message uses."""
    paths = (path.partition(".") for path in uses)
    return {key for namespace, _dot, key in paths if namespace == NAMESPACE}


def trees(email: Email, uses: Iterable[str]) -> dict[str, Any]:
    """Return the filters a version asks for, by key."""
    wanted = asked(uses)
    return {one["key"]: one["filter"] for one in email.audiences if one["key"] in wanted}


def belonging(
    asked_for: Trees, contacts: Collection[int], now: datetime
) -> dict[int, dict[str, bool]]:
    """Say of each contact to which audiences they belong; of a filter that is no more, to none.

    A field or segment may be gone since the email was compiled: its readers then get what
    everybody else gets. A busy database tells nobody the wrong words: it raises its error, and the
    mails are begun again.
    """
    ends = time.monotonic() + PATIENCE_SECONDS
    found = {key: _members(tree, contacts, now, ends) for key, tree in asked_for.items()}
    return {
        contact: {key: contact in members for key, members in found.items()} for contact in contacts
    }


def _members(tree: Any, contacts: Collection[int], now: datetime, ends: float) -> set[int]:
    if tree in EMPTY or not contacts:
        return set()
    try:
        found = filters.compile(tree, now=now, mode="batch")
    except FilterProblem:
        return set()
    left = max(int((ends - time.monotonic()) * 1_000), 1)
    return questions.chosen(found, contacts, patience=left)


def seen(asked_for: Trees, answers: Mapping[str, bool]) -> dict[str, bool]:
    """Return the answers without those of filters that are kept from whoever reads now.

    Whoever may not see a field is not told, by words meant for some, what stands in it.
    """
    return {
        key: answer and not masking.hides_any(asked_for.get(key)) for key, answer in answers.items()
    }


def as_if(asked_for: Trees, key: str) -> dict[str, bool]:
    """Return the answers for somebody who belongs to one audience alone, or to none."""
    return {each: each == key for each in asked_for}


def checked(
    given: Any, stored: Sequence[Mapping[str, Any]] = (), user: Any = None
) -> list[dict[str, Any]]:
    """Return audiences as they are kept; `ConfigProblem` names every place that is wrong.

    `user` narrows what filters may name, but for filters that stay as they are `stored`.
    """
    if not isinstance(given, list) or len(given) > MOST:
        message = _("A list of at most %(most)s audiences is expected.") % {"most": MOST}
        raise ConfigProblem([_problem("audiences", "invalid", message)])
    kept = {one["key"]: one["filter"] for one in stored}
    problems: list[Any] = []
    seen: set[str] = set()
    for index, one in enumerate(given):
        at = f"audiences.{index}"
        found = _shape_faults(one, at, seen)
        if not found and one.get("filter") not in EMPTY:
            same = kept.get(one["key"]) == one["filter"]
            found = [] if same else _filter_faults(one["filter"], f"{at}.filter", user)
        problems += found
    if problems:
        raise ConfigProblem(problems)
    return [_kept(one) for one in given]


def _kept(one: Mapping[str, Any]) -> dict[str, Any]:
    tree = None if one.get("filter") in EMPTY else json.loads(documents.dumps(one["filter"]))
    return {"key": one["key"], "name": one["name"].strip(), "filter": tree}


def _shape_faults(one: Any, at: str, seen: set[str]) -> list[Any]:
    if not isinstance(one, dict) or set(one) - PARTS:
        message = _("An audience has a key, a name and a filter.")
        return [_problem(at, "invalid", message)]
    key, name = one.get("key"), one.get("name")
    if not is_key(key):
        message = _("A key begins with a small letter and holds small letters, digits and _.")
        return [_problem(f"{at}.key", "invalid", message)]
    if key in seen:
        message = _("Another audience has this key.")
        return [_problem(f"{at}.key", "duplicate", message)]
    seen.add(key)
    if not isinstance(name, str) or not name.strip().isprintable() or not _fits(name):
        message = _("A name of one line and at most %(most)s characters is expected.")
        return [_problem(f"{at}.name", "invalid", message % {"most": LONGEST_NAME})]
    return []


def is_key(text: Any) -> TypeGuard[str]:
    """Say whether conditions can ask for it."""
    return isinstance(text, str) and KEY.fullmatch(text) is not None


def _fits(name: str) -> bool:
    return 0 < len(name.strip()) <= LONGEST_NAME


def _filter_faults(tree: Any, at: str, user: Any) -> list[Any]:
    try:
        filters.check(tree, user=user, at=at)
    except (FilterProblem, ConfigProblem) as refused:
        return list(refused.problems)
    return []


def _problem(field: str, code: str, message: str) -> Any:
    return {"field": field, "code": code, "message": message}


def named(email: Email) -> set[tuple[str, int]]:
    """Return the objects its filters name, as (kind, id)."""
    found: set[tuple[str, int]] = set()
    for one in email.audiences:
        try:
            found |= filters.uses(one["filter"]) if one["filter"] else set()
        except FilterProblem:
            # What it named is gone already.
            continue
    return found
