"""Reads the flat contact of a request: values, tags, and every fault with its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from contacts.api.staging import StageChange, StageReader
from contacts.catalogue import RESERVED
from contacts.services.tags import clean_name
from contacts.services.writing import Cleaner
from contacts.values import ValueProblem
from kernel.permissions import Actor, Reach
from kernel.registry import Problem

MOST_TAGS = 100
# What is no value of a field, and is written beside them.
BESIDE = ("tags", "stage")
Json = Mapping[str, Any]
Read = TypeVar("Read")


@dataclass
class TagChange:
    """What is to happen to a contact's tags."""

    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    # A plain list: these and no others.
    only: bool = False


@dataclass
class Body:
    """A contact as a request has it."""

    values: dict[str, Any]
    tags: TagChange | None
    problems: list[Problem]
    # None: the request does not say.
    stage: StageChange | None = None


class BodyReader:
    """Reads the contacts of one request, for one caller."""

    def __init__(self, cleaner: Cleaner, caller: Actor) -> None:
        self._cleaner = cleaner
        self._stages = StageReader(caller)
        # Who reaches only their own contacts cannot give one to somebody else, nor to nobody.
        self._owner = None if caller.reach("contacts", "edit") is Reach.ALL else caller.pk

    def read(self, body: Any, current: Mapping[str, Any] | None = None) -> Body:
        """Read one contact; read-only keys may repeat what `current` says."""
        if not isinstance(body, Mapping):
            return Body({}, None, [_fault("", "invalid", _("An object is expected."))])
        given = {key: value for key, value in body.items() if key not in BESIDE}
        fixed = {key for key in given if self._is_read_only(key)}
        values, problems = self._cleaner.row({k: v for k, v in given.items() if k not in fixed})
        problems += [
            _fault(key, "read_only", _("This field cannot be written."))
            for key in sorted(fixed)
            if key != "version" and not _repeats(key, given[key], current)
        ]
        if self._owner is not None and values.get("owner", self._owner) != self._owner:
            problems.append(_fault("owner", "not_allowed", _("This can only be you.")))
        tags = self._beside("tags", read_tags, body, problems)
        stage = None
        if not _repeats("stage", body.get("stage"), current):
            stage = self._beside("stage", self._stages.read, body, problems)
        return Body(values, tags, problems, stage)

    def _beside(
        self, key: str, read: Callable[[Any], Read], body: Json, problems: list[Problem]
    ) -> Read | None:
        try:
            return read(body[key]) if key in body else None
        except ValueProblem as problem:
            problems.append(_fault(key, problem.code, problem.message))
            return None

    def _is_read_only(self, key: str) -> bool:
        """Say whether a key is part of a contact, but not to be written like this."""
        spec = self._cleaner.fields.get(key)
        if spec is not None:
            return not spec.writable
        return key in RESERVED and key != "owner"


def _repeats(key: str, value: Any, current: Mapping[str, Any] | None) -> bool:
    """Say whether a client only sends back what it was given."""
    if current is None:
        return False
    if key == "id" and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return bool(current.get(key) == value)


def read_tags(raw: Any) -> TagChange:
    """Read `["a"]` or `{"add": [], "remove": []}`."""
    if isinstance(raw, Mapping):
        if not set(raw) <= {"add", "remove"}:
            raise ValueProblem("unknown_field", _("Tags are added and removed: add, remove."))
        return TagChange(_names(raw.get("add")), _names(raw.get("remove")))
    return TagChange(_names(raw), only=True)


def _names(raw: Any) -> list[str]:
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > MOST_TAGS:
        raise ValueProblem("invalid", _("A list of at most 100 names is expected."))
    return [clean_name(name) for name in raw]


def _fault(key: str, code: str, message: str) -> Problem:
    return {"field": key, "code": code, "message": message}
