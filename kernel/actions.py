"""Actions: something done to a batch of contacts, and the runner that makes it happen once."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import clock, settings_forms, subjects, withholding
from kernel.exchanging import Exchange
from kernel.permissions import Actor
from kernel.registry import ConfigProblem, Plugin, Problem, Registry
from kernel.rehearsals import Effect, Hindrance, People, Rehearsal
from kernel.settings_forms import picked

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Contacts an action is run for, ascending and distinct, each with the cause that led here.

    Causes are the ledger's: `step:VISIT:NODE:PASS`, `form:SUBMISSION:ACTION`,
    `trigger:ID:ACTION`, `bulk:JOB:ACTION`, `api:KEY`. `context` is what led here, for tokens.
    """

    contacts: list[int]
    causes: list[str]
    depth: int = 0
    context: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    # The campaign whose step this is, if it is one.
    campaign: int | None = None
    # Whether the changes may wait behind what people do one by one.
    bulk: bool = False

    def only(self, contacts: set[int]) -> "Batch":
        """Return the part of the batch that concerns these contacts."""
        pairs = [
            pair for pair in zip(self.contacts, self.causes, strict=True) if pair[0] in contacts
        ]
        mine, causes = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        return replace(self, contacts=mine, causes=causes)


@dataclass
class Outcomes:
    """What came of it for each contact: whoever is named nowhere was done."""

    skipped: dict[int, str] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    # Were so already: nothing of them had to be changed. As far as the action knows.
    same: set[int] = field(default_factory=set)
    # Already done for this cause by an earlier run.
    repeated: set[int] = field(default_factory=set)
    # Under way, and not known yet: whoever follows the effect asks again then, by the same cause.
    pending: dict[int, datetime] = field(default_factory=dict)
    # Failed for good: trying again by itself is vain.
    refused: dict[int, str] = field(default_factory=dict)
    # Queues that have new rows to look at, once the transaction is committed.
    wake: set[str] = field(default_factory=set)

    def add(self, other: "Outcomes") -> None:
        """Take in what came of another part of the batch."""
        self.skipped |= other.skipped
        self.failed |= other.failed
        self.same |= other.same
        self.repeated |= other.repeated
        self.pending |= other.pending
        self.refused |= other.refused
        self.wake |= other.wake


class ContactAction(Plugin):
    """Something done to contacts. Set-based, in the caller's transaction; the runner owns once.

    An action whose effect leaves the database writes a row for its queue instead.
    """

    # Where it is offered; empty = everywhere. (`campaign`, `form`, `trigger`, `bulk`, `api`)
    places: frozenset[str] = frozenset()
    # What whoever chooses it must know, such as that nothing takes it back.
    warning: ClassVar[Any] = ""
    # Whether the message it names goes to the contacts, so that decisions count from its sending.
    reaches_contacts: ClassVar[bool] = True
    # Whether nothing can follow it in a campaign: the contact is there no more.
    final: ClassVar[bool] = False
    # The right to the objects its settings name without which nobody has it done.
    needs: ClassVar[str] = "view"
    # Whether it concludes something about people, or leads them: not who objects to profiling.
    profiles: ClassVar[bool] = False
    # Whether all it does is rows about contacts, so that a simulation may do it and take it back.
    reversible: ClassVar[bool] = False
    # Whether `before` may know what takes it back once it is done.
    undoable: ClassVar[bool] = False

    def done(self, count: int, shown: str) -> str:
        """Say what was done to so many contacts; `shown` is that number as it is written."""
        words = ngettext("%(count)s contact: %(what)s", "%(count)s contacts: %(what)s", count)
        return words % {"count": shown, "what": self.describe()}

    def told(self, contacts: Collection[int], shown: str, kept: Any) -> str:
        """Say what was done to these contacts; `kept` is what `before` knew of them, if anything.

        Where the settings ask for more than there was to do, what was done is said.
        """
        return self.done(len(contacts), shown)

    def told_to(self, user: Actor) -> str:
        """Say to whoever reads the history of a contact what was done: nothing beyond their reach.

        Values are not told there either: an action that sets some says less here.
        """
        named = picked(self.form, self.config)
        beyond = any(subjects.beyond(kind, [number], user) for kind, number in named)
        return str(self.label) if beyond else self.describe()

    def before(self, contacts: Sequence[int]) -> Any:
        """Return as JSON what takes back what `run` is about to do to a few; None: nothing can."""
        return None

    def concerned(self, kept: Any) -> set[int]:
        """Return whom `run` changed, by what `before` knew: some had nothing to be changed."""
        raise NotImplementedError

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Put these contacts back, those that nobody changed since; return those that were."""
        raise NotImplementedError

    def remarks(self) -> list[str]:
        """Say what whoever chooses it should know and may not expect."""
        return []

    @classmethod
    def hindrances(cls, configs: Sequence[Mapping[str, Any]]) -> list[list[str]]:
        """Say of each of some settings what would keep it from doing anything.

        Such as an email nobody has published; in no more statements for many than for one.
        """
        return [[] for _config in configs]

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Exchange what the form says is picked; secrets stay behind."""
        return settings_forms.exchanged(cls.form, config, exchange)

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse settings that name what the user may not see, or not use like this."""
        found = (self._unreached(kind, number, user, verb) for kind, number in self.uses())
        if problems := [problem for problem in found if problem]:
            raise ConfigProblem(problems)

    def _unreached(self, kind: str, number: int, user: Actor, verb: str) -> Problem | None:
        if not subjects.beyond(kind, [number], user, verb):
            return None
        place = next((name for name, value in self.config.items() if _names(value, number)), "")
        if subjects.beyond(kind, [number], user):
            return {"field": place, "code": "not_found", "message": _("There is no such object.")}
        return {"field": place, "code": "not_allowed", "message": _("This is not allowed.")}

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Act on the whole batch; raising fails it, and the runner finds out for whom."""
        raise NotImplementedError

    def rehearse(self, batch: Batch, now: datetime) -> Rehearsal:
        """Say what would come of it then, inside a transaction that is taken back.

        What is not `reversible` does nothing here, unless it knows more to say.
        """
        if not self.reversible:
            return Rehearsal()
        # No later than now: the log has no room yet for what happens in some years.
        outcomes = self.run(batch, min(now, clock.now()))
        return Rehearsal(skipped=outcomes.skipped, failed=outcomes.failed)

    def foresee(self, people: People, now: datetime) -> dict[Hindrance, int] | None:
        """Count whom it would not reach now, and why; None where nothing could hinder it."""
        return None

    def effects(self, causes: str, owner: int | None = None) -> list[Effect]:
        """Count what came of it for causes like this (`step:%:NODE:%`).

        `owner`: of this user's contacts only.
        """
        return []


def _names(value: Any, number: int) -> bool:
    return bool(number in value if isinstance(value, list) else value == number)


contact_actions: Registry[ContactAction] = Registry(ContactAction)

CLAIM = """
INSERT INTO action_done (cause, contact_id, done_at, outcome)
SELECT cause, contact, %s, 'done' FROM unnest(%s::text[], %s::bigint[]) b(cause, contact)
ORDER BY cause, contact ON CONFLICT DO NOTHING RETURNING contact_id"""


def run_action(
    action: ContactAction, batch: Batch, now: datetime, *, claimed: bool = False
) -> Outcomes:
    """Run an action for whoever it was not run for yet, in the caller's transaction.

    `claimed` says that the caller holds its own proof of once (a campaign step's row), so that
    none is written here. A batch that raises is halved down to the single contact, which fails
    alone; a deadlock or a serialisation error is raised, for the whole transaction to be retried.
    """
    outcomes = Outcomes()
    if not batch.contacts:
        return outcomes
    try:
        with transaction.atomic():
            batch = _allowed(action, batch, outcomes)
            fresh = batch if claimed else _claim(batch, now)
            outcomes.repeated = set(batch.contacts) - set(fresh.contacts)
            if fresh.contacts:
                outcomes.add(action.run(fresh, now))
    except OperationalError:
        raise
    except Exception as error:
        outcomes = Outcomes()
        if len(batch.contacts) == 1:
            logger.exception("%s failed for contact %s", action.key, batch.contacts[0])
            outcomes.failed = {batch.contacts[0]: f"{type(error).__name__}: {error}"[:500]}
            return outcomes
        middle = len(batch.contacts) // 2
        for half in (batch.contacts[:middle], batch.contacts[middle:]):
            outcomes.add(run_action(action, batch.only(set(half)), now, claimed=claimed))
    return outcomes


def _allowed(action: ContactAction, batch: Batch, outcomes: Outcomes) -> Batch:
    """Leave out whom the law keeps from being worked on, whoever asks."""
    why = {withholding.RESTRICTED: "restricted"}
    if action.profiles:
        why[withholding.PROFILING] = "profiling_refused"
    found = withholding.withheld(batch.contacts)
    held = {contact: why[what] for contact, what in found.items() if what in why}
    outcomes.skipped |= held
    return batch.only(set(batch.contacts) - held.keys()) if held else batch


def _claim(batch: Batch, now: datetime) -> Batch:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, batch.causes, batch.contacts])
        return batch.only({row[0] for row in cursor.fetchall()})
