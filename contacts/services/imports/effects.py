"""What an import does to the people it met beside writing their values."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import translation

from contacts.models import Import
from contacts.services import consent
from contacts.services.imports import standing
from contacts.services.imports.convert import Converted
from contacts.services.imports.optin import Answers, apply_answers
from contacts.services.imports.options import Options, read_options
from contacts.services.imports.standing import POINTS, STAGE
from contacts.services.tags import change_pairs, find_or_make
from contacts.words import Channel, Reason
from kernel.actions import Batch, contact_actions, run_action
from kernel.models import Event

SEGMENT = "segment"
# Of whose values were written: what else was not done for them, and why (`standing.WHY`).
Unplaced = dict[int, list[tuple[str, str]]]


@dataclass(frozen=True)
class Done:
    """What became of the effects of a batch."""

    unplaced: Unplaced = field(default_factory=dict)
    # For how many an unsubscribe was lifted.
    reopened: int = 0


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
    options: Options
    bulk: bool
    # Of who imports: in it the proof of their consent is kept.
    language: str = "en"

    @classmethod
    def of(cls, imported: Import, *, bulk: bool) -> "Effects":
        """Read them from the import's settings."""
        options = read_options(imported.options)
        language = imported.plan["language"]
        return cls(f"import:{imported.pk}", imported.name, options, bulk, language)

    def apply(self, met: Sequence[Met], now: datetime) -> Done:
        """Carry them out, in the transaction that wrote the values; return what came of it."""
        if not met:
            return Done()
        self._tag(met, now)
        outside = self._enter_segment(met, now)
        reopened = 0
        if self.options.opt_in is not None:
            answers = Answers(self.options.opt_in, self.source, self.name)
            with translation.override(self.language):
                reopened = apply_answers(
                    [(one.contact, one.row.opted_in) for one in met], answers, now
                )
        self._note_bounces(met, now)
        left: Unplaced = defaultdict(list)
        for part, contacts in ((SEGMENT, outside), *self._place(met, now).items()):
            for contact, why in contacts.items():
                left[contact].append((part, why))
        return Done(left, reopened)

    def touched(self, met: Sequence[Met], now: datetime) -> set[int]:
        """Return to whom something was done although their values stayed: a tag, a consent.

        Whatever was, was told as an event of this very moment.
        """
        same = sorted({one.contact for one in met if one.outcome == "unchanged"})
        if not same:
            return set()
        found = Event.objects.filter(contact_id__in=same, occurred_at=now)
        return set(found.values_list("contact_id", flat=True))

    def _tag(self, met: Sequence[Met], now: datetime) -> None:
        names = {*self.options.tags, *(tag for one in met for tag in one.row.tags)}
        if not names:
            return
        tags = find_or_make(names, now)
        pairs = {
            (one.contact, tags[name]) for one in met for name in (*self.options.tags, *one.row.tags)
        }
        change_pairs(sorted(pairs), [], now, bulk=self.bulk)

    def _note_bounces(self, met: Sequence[Met], now: datetime) -> None:
        """Close and open by the bounce column; a bounce stands beside the word of a person."""
        states = {one.contact: one.row.bounce for one in met if one.row.bounce}
        if not states:
            return
        for state, reason in BOUNCES.items():
            bounced = [contact for contact, said in states.items() if said == state]
            consent.close(bounced, Channel.EMAIL, reason, self.name, now)
        valid = [contact for contact, said in states.items() if said == "valid"]
        consent.reopen(valid, Channel.EMAIL, self.name, now, list(BOUNCES.values()))

    def _place(self, met: Sequence[Met], now: datetime) -> dict[str, dict[int, str]]:
        """Move people to the stages their rows name; who is new begins with the points given.

        Returns, by part, for whom that was not done, and why.
        """
        fills = self.options.mode == "fill"
        stages = {
            one.contact: one.row.standing[STAGE]
            for one in met
            if STAGE in one.row.standing and (one.outcome == "created" or not fills)
        }
        points = {
            one.contact: one.row.standing[POINTS]
            for one in met
            if one.outcome == "created" and one.row.standing.get(POINTS)
        }
        contacts = sorted({*stages, *points})
        batch = Batch(contacts, [self.source] * len(contacts), bulk=self.bulk)
        return {
            STAGE: standing.apply(stages, standing.MOVE, STAGE, batch, now),
            POINTS: standing.apply(points, standing.ADJUST, "delta", batch, now),
        }

    def _enter_segment(self, met: Sequence[Met], now: datetime) -> dict[int, str]:
        segment = self.options.segment
        action = contact_actions.get("segments.change") if segment else None
        if action is None or segment is None:
            return {}
        contacts = sorted({one.contact for one in met})
        if not standing.known(SEGMENT, [segment]):
            return dict.fromkeys(contacts, standing.GONE)
        batch = Batch(contacts, [self.source] * len(contacts), bulk=self.bulk)
        # The import's own position proves that this happens once.
        return standing.unplaced(run_action(action({"add": [segment]}), batch, now, claimed=True))
