"""What an import does to the people it met beside writing their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contacts.models import Import
from contacts.models.consent import Channel, Reason
from contacts.services import consent
from contacts.services.imports.convert import Converted
from contacts.services.imports.optin import Answers, apply_answers
from contacts.services.tags import change_tags
from kernel.actions import Batch, contact_actions, run_action

# The reason under which a bounce column closes the channel.
BOUNCES = {"hard": Reason.HARD_BOUNCE, "soft": Reason.SOFT_BOUNCE}


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
    tags: tuple[str, ...]
    segment: int | None
    opt_in: Mapping[str, Any] | None
    bulk: bool

    @classmethod
    def of(cls, imported: Import, *, bulk: bool) -> "Effects":
        """Read them from the import's settings."""
        options = imported.options
        return cls(
            source=f"import:{imported.pk}",
            name=imported.name,
            tags=tuple(options.get("tags", ())),
            segment=options.get("segment"),
            opt_in=options.get("opt_in"),
            bulk=bulk,
        )

    def apply(self, met: Sequence[Met], now: datetime) -> None:
        """Carry them out, in the transaction that wrote the values."""
        if not met:
            return
        self._tag(met, now)
        self._enter_segment(met, now)
        if self.opt_in is not None:
            answers = Answers(self.source, self.name, self.opt_in)
            apply_answers([(one.contact, one.row.opted_in) for one in met], answers, now)
        self._note_bounces(met, now)

    def _tag(self, met: Sequence[Met], now: datetime) -> None:
        wearers: dict[str, set[int]] = {tag: {one.contact for one in met} for tag in self.tags}
        for one in met:
            for tag in one.row.tags:
                wearers.setdefault(tag, set()).add(one.contact)
        for tag, contacts in wearers.items():
            change_tags(sorted(contacts), add=[tag], now=now, bulk=self.bulk)

    def _enter_segment(self, met: Sequence[Met], now: datetime) -> None:
        action = contact_actions.get("segments.change") if self.segment else None
        if action is None:
            return
        contacts = sorted({one.contact for one in met})
        batch = Batch(contacts, [self.source] * len(contacts))
        # The import's own position proves that this happens once.
        run_action(action({"add": [self.segment]}), batch, now, claimed=True)

    def _note_bounces(self, met: Sequence[Met], now: datetime) -> None:
        state = {one.contact: one.row.bounce for one in met if one.row.bounce}
        for word, reason in BOUNCES.items():
            contacts = sorted(contact for contact, said in state.items() if said == word)
            if contacts:
                consent.close(contacts, Channel.EMAIL, reason, self.name, now)
        valid = sorted(contact for contact, said in state.items() if said == "valid")
        if valid:
            consent.reopen(valid, Channel.EMAIL, tuple(BOUNCES.values()), now)
