"""Connectors: how contacts are brought to another system, such as a CRM; one class a kind of it.

    @connectors.register
    class Espo(Connector):
        key = "espo.contacts"
        label = _("EspoCRM")
        form = EspoForm                      # its settings; a `SecretField` is kept sealed

        def push(self, records): return [self._one(record) for record in records]

Whoever calls a connector holds no lock and no transaction, and may call from a thread: a connector
calls other systems through `kernel.http.fetch` alone, never asks the database, and comes back
within a minute: who holds its pushes after two may be another worker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar

from kernel.registry import Plugin, Registry
from kernel.settings_forms import SecretField


@dataclass(frozen=True)
class Record:
    """One contact as it is to stand in the other system."""

    # Ready for JSON, nested as the mapping says.
    body: Mapping[str, Any]
    # The id it has there; empty: it is looked for by `match`, and made where nobody finds it.
    remote_id: str = ""
    # What tells it from others there; empty: the contact has no such value.
    match: str = ""
    # Where in `body` that stands, as a path; empty: it is not sent.
    match_field: str = ""
    # The same until an answer comes, so that the other system may know a making again.
    key: str = ""
    # An earlier try may have made it, and nobody knows: it is never made without looking first.
    doubtful: bool = False
    # By what that try may have made it, each as (`match`, `match_field`): looked for by these
    # first, since the contact may have another value by now.
    earlier: Sequence[tuple[str, str]] = ()


class How(Enum):
    """How a push ended."""

    # It stands there, under `remote_id`.
    SENT = auto()
    # It is there, under `remote_id`, and was not changed yet: it is pushed at once under this id,
    # unless the record is another contact's.
    FOUND = auto()
    # Refused because of what it holds: trying again is vain.
    FAILED = auto()
    # Not now; `after` says when the other system wants to be asked again, if it said so.
    LATER = auto()
    # It may have been made, and the answer never came.
    UNCERTAIN = auto()
    # Nobody's push would be taken: the settings, or the rights of the secret, are wrong.
    REFUSED = auto()


@dataclass(frozen=True)
class Pushed:
    """What came of pushing one record."""

    how: How
    remote_id: str = ""
    # Why, as `integrations.services.saying` knows it (`status:503`), or in words.
    problem: str = ""
    # The beginning of what the other system said; it holds no secret.
    answer: str = ""
    # Seconds.
    after: float | None = None
    # Whether it was made, not found.
    made: bool = False
    # There is none by this try's answers, nor did an earlier one make any: a doubt ends with it.
    unmade: bool = False
    # The record of the id it was known under is no longer there: an answer said so.
    gone: bool = False


@dataclass(frozen=True)
class Tested:
    """What came of a try that writes nothing: `problem` is empty where it works."""

    problem: str = ""
    status: int | None = None
    answer: str = ""


@dataclass(frozen=True)
class RemoteField:
    """A field of the other system: its name as mappings write it, and what it held in a sample."""

    name: str
    label: str = ""
    sample: str = ""


class Connector(Plugin):
    """One kind of other system, with the settings of one connection to it."""

    # How many records one call of `push` may take.
    together: ClassVar[int] = 1

    def __init__(
        self, config: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(config)
        # What the secret fields of the form hold, readable.
        self.secrets = dict(secrets or {})

    @classmethod
    def servers(cls, config: Mapping[str, Any]) -> list[str]:
        """Name the servers that are called: a secret is given to no others without being typed."""
        raise NotImplementedError

    @classmethod
    def realm(cls, config: Mapping[str, Any]) -> list[str]:
        """Say where an id means the same record: elsewhere nobody is known under theirs."""
        return cls.servers(config)

    @classmethod
    def secrets_needed(cls, config: Mapping[str, Any]) -> frozenset[str]:
        """Name the secret settings these settings use: others are not kept. By default all."""
        fields = cls.form.base_fields.items()
        return frozenset(name for name, field in fields if isinstance(field, SecretField))

    @property
    def finds(self) -> bool:
        """Say whether it can look for a record by its match before it makes one."""
        raise NotImplementedError

    def test(self) -> Tested:
        """Call the other system without changing anything."""
        raise NotImplementedError

    def remote_fields(self) -> list[RemoteField]:
        """Ask the other system which fields it has; raises `kernel.http.OutboundError`."""
        raise NotImplementedError

    def push(self, records: Sequence[Record]) -> list[Pushed]:
        """Bring each record there, changing the one that is there already; in the order given."""
        raise NotImplementedError


connectors: Registry[Connector] = Registry(Connector)
