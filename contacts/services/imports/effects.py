"""What an import does to the people it met beside writing their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.models import Import
from contacts.services.imports.convert import Converted
from contacts.services.imports.options import Options, read_options
from kernel.actions import Batch, contact_actions, run_action


@dataclass(frozen=True, slots=True)
class Met:
    """A contact that a row led to: what was done to it, and what else the row says."""

    contact: int
    outcome: str
    row: Converted


@dataclass(frozen=True)
class Effects:
    """Tags, segment, opt-in and bounce state, set-based for a batch at a time."""

    source: str
    name: str
    options: Options
    bulk: bool

    @classmethod
    def of(cls, imported: Import, *, bulk: bool) -> "Effects":
        """Read them from the import's settings."""
        options = read_options(imported.options)
        return cls(f"import:{imported.pk}", imported.name, options, bulk)

    def apply(self, met: Sequence[Met], now: datetime) -> None:
        """Carry them out, in the transaction that wrote the values."""
        if met:
            self._enter_segment(met, now)

    def _enter_segment(self, met: Sequence[Met], now: datetime) -> None:
        segment = self.options.segment
        action = contact_actions.get("segments.change") if segment else None
        if action is None:
            return
        contacts = sorted({one.contact for one in met})
        batch = Batch(contacts, [self.source] * len(contacts))
        # The import's own position proves that this happens once.
        run_action(action({"add": [segment]}), batch, now, claimed=True)
