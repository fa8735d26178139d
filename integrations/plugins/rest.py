"""The generic connector: any system with a REST API that speaks JSON."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from integrations.forms import RestForm
from integrations.services import rest
from integrations.services.rest_calls import Caller
from kernel.connectors import Connector, Pushed, Record, RemoteField, Tested, connectors

_VERSION = re.compile(r"v[0-9]+(\.[0-9]+)*")


@connectors.register
class Rest(Connector):
    """Finds, makes and changes records as its settings say."""

    key = "integrations.rest"
    label = _("System with a REST API")
    form = RestForm
    icon = "api"

    @classmethod
    def servers(cls, config: Mapping[str, Any]) -> list[str]:
        """Name the one server of the address."""
        found = urlsplit(str(config.get("base_url") or ""))
        return [f"{found.scheme}://{found.hostname}:{found.port or ''}"]

    @classmethod
    def realm(cls, config: Mapping[str, Any]) -> list[str]:
        """Take the path in, but for versions: a sandbox may be on the same server."""
        found = urlsplit(str(config.get("base_url") or ""))
        parts = [part for part in found.path.split("/") if part and not _VERSION.fullmatch(part)]
        port = "" if found.port in {None, 80, 443} else str(found.port)
        return [str(found.hostname), port, *parts]

    @classmethod
    def secrets_needed(cls, config: Mapping[str, Any]) -> frozenset[str]:
        """Need none where nothing is authenticated."""
        return frozenset() if config.get("auth", "none") == "none" else frozenset({"secret"})

    @property
    def _caller(self) -> Caller:
        return Caller(self.config, self.secrets.get("secret", ""))

    @property
    def finds(self) -> bool:
        """Say whether a path to look for records is set."""
        return bool(self.config.get("find_path"))

    def test(self) -> Tested:
        """Read a sample."""
        return rest.test(self._caller)

    def remote_fields(self) -> list[RemoteField]:
        """Name the keys of a sample."""
        return rest.remote_fields(self._caller)

    def push(self, records: Sequence[Record]) -> list[Pushed]:
        """Bring each record there."""
        return [rest.push(self._caller, record) for record in records]
