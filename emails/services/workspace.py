"""The workspace's settings that sending needs, read once a batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from contacts.models import Suppression
from emails.dkim import Signer
from emails.services import footers, identity, signing
from emails.services.senders import Senders
from kernel import preferences
from kernel.zone import workspace_zone


@dataclass(frozen=True, slots=True)
class Workspace:
    """Settings in force."""

    zone: ZoneInfo
    # The sender of emails that name none.
    name: str
    address: str
    # Whether people who were never asked are measured.
    measures_unasked: bool
    # Whether addresses of erased people are suppressed at all.
    suppresses_hashes: bool
    # What stands at the foot of marketing mail, by its tokens.
    footer: dict[str, str]
    # Where bounces come back to, each to an address of its own; empty: to the sender.
    return_path: str
    # Whoever wants to leave may also write here.
    unsubscribe_address: str
    signers: Mapping[str, Signer]
    senders: Senders

    @classmethod
    def read(cls) -> "Workspace":
        """Read the settings."""
        return cls(
            zone=workspace_zone(),
            name=str(preferences.get("emails.from_name")),
            address=identity.default_address(),
            measures_unasked=bool(preferences.get("tracking.measure_unasked")),
            suppresses_hashes=Suppression.objects.filter(kind="hash").exists(),
            footer=footers.values(),
            return_path=str(preferences.get("emails.return_path_domain")),
            unsubscribe_address=str(preferences.get("emails.unsubscribe_address")),
            signers=signing.signers(),
            senders=Senders.read(),
        )

    def may_measure(self, consent: str | None) -> bool:
        """Say whether opens or clicks may be measured: a refusal is always obeyed."""
        return self.measures_unasked if consent is None else consent == "granted"
