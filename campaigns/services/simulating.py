"""Simulating a way: the engine's own statements for one contact, on a clock of its own.

It all happens in a transaction that is taken back: nothing is kept, nothing is sent. What the
engine cannot know, whoever simulates answers: what happens at decisions, when a goal is reached.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from django.db import OperationalError, connection, transaction

from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor, Outcome, Reentry, StepState
from campaigns.services import deciding, goals, parking
from campaigns.services.entering import enter
from campaigns.services.held import Held, live
from campaigns.services.leaving import active_visits
from campaigns.services.measuring import unmeasurable
from campaigns.services.moving import Done, step_on
from campaigns.services.returning import Arrival
from campaigns.services.ruling import Ruling, rule
from campaigns.services.simulated import Answer, Moment, Way
from campaigns.services.taking import take
from kernel.actions import Batch, contact_actions
from kernel.masking import hides_any
from kernel.partitions import NoRoom, none_made

MOST_STEPS = 200
# The contact is locked meanwhile, for whoever else writes to it.
PATIENCE_S = 3.0
LONGEST = timedelta(days=3 * 366)
OPEN_ENDS = ("waiting", "parked", "cut")
LIMITS = "SET LOCAL lock_timeout = '3s'; SET LOCAL statement_timeout = '15s'"
HAPPENS = f"""
UPDATE step SET state = {int(StepState.DUE)}, outcome = {int(Outcome.YES)}, due_at = %s
WHERE ctid = %s::tid"""  # noqa: S608 - numbers of ours


@contextmanager
def taken_back() -> Iterator[None]:
    """Run something for real, as if it never happened; nobody is kept waiting for long."""
    with none_made(), transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute(LIMITS)
            yield
        finally:
            transaction.set_rollback(True)


def walk(plan: Plan, contact: int, start: datetime, answers: Mapping[str, Answer]) -> Way:
    """Send a contact through a plan; the caller takes the transaction back.

    Rules of entry are left aside: who is on the way already begins anew.
    """
    open_plan = replace(
        plan,
        reentry=Reentry.ALWAYS,
        cooldown=None,
        holdout=0,
        start_at=None,
        end_at=None,
        only_owner=None,
    )
    if not enter(open_plan, [Arrival(contact)], start):
        return Way()
    return _Walk(open_plan, contact, start, answers).go()


class _Walk:
    def __init__(
        self, plan: Plan, contact: int, start: datetime, answers: Mapping[str, Answer]
    ) -> None:
        self.plan, self.contact, self.answers = plan, contact, answers
        [self.visit] = active_visits(plan.campaign, [contact])
        self.now, self.start = start, start
        self.way = Way()
        self.known: dict[tuple[int, int], Moment] = {}
        self.parked = False
        # Goals that are reached by answer, each once.
        self.ahead = sorted(
            (start + answers[node.name].after, node.id)
            for node in plan.goals
            if node.name in answers and answers[node.name].way == "yes"
        )

    def go(self) -> Way:
        """Take one step after the other until nothing more happens."""
        with suppress(NoRoom):
            self._go()
        if not self.way.ended:
            self._end("cut")
        return self.way

    def _is_far(self, at: datetime) -> bool:
        return at - self.start > LONGEST or len(self.known) > MOST_STEPS

    def _go(self) -> None:
        began = monotonic()
        while not self.way.ended:
            self._meet()
            step, at = self._next()
            if self.ahead and (at is None or self.ahead[0][0] <= at):
                self._reach(*self.ahead.pop(0))
            elif step is None or at is None:
                self._end("parked" if self.parked else "waiting")
            elif monotonic() - began > PATIENCE_S or self._is_far(at):
                self._end("cut")
            else:
                self.now = max(self.now, at)
                self._take(*step)

    def _meet(self) -> list[str]:
        """Note the steps the contact has just come to; return their names."""
        fresh = [
            (self.plan.nodes[node].name, (node, held.number))
            for node, held in live(self.visit)
            if (node, held.number) not in self.known
        ]
        for name, key in fresh:
            self.known[key] = Moment(name, key[1], self.now)
            self.way.moments.append(self.known[key])
        return [name for name, _key in fresh]

    def _next(self) -> tuple[tuple[Node, Held] | None, datetime | None]:
        """Find the step whose turn is next, and when that is."""
        found = [
            ((self.plan.nodes[node], held), self._turn(held))
            for node, held in live(self.visit)
            if held.state != StepState.PARKED and not self._is_untold(node)
        ]
        timed = [(step, at) for step, at in found if at is not None]
        return min(timed, key=lambda pair: pair[1]) if timed else (None, None)

    def _is_untold(self, number: int) -> bool:
        """Say whether going on would tell a date that whoever simulates may not see."""
        node = self.plan.nodes[number]
        return node.kind == "wait" and hides_any(node.config)

    def _turn(self, held: Held) -> datetime | None:
        # Whoever has just come to a decision looks back at once.
        return self.now if held.state == StepState.REGISTERING else held.due_at

    def _take(self, node: Node, held: Held) -> None:
        if held.state == StepState.REGISTERING:
            deciding.register(node, [held], self.now)
            self._hope(node)
            return
        moment = self.known[node.id, held.number]
        ruling = self._rule(node, held, moment)
        parking.postpone(ruling.later)
        for _step, error in (*ruling.failed, *ruling.hopeless):
            parking.fail(node.id, [(held, error)], self.now, hopeless=True)
            moment.outcome, moment.reason, moment.at = "parked", error, self.now
            self.parked = True
        for done in ruling.done:
            self._done(node, done, moment)

    def _done(self, node: Node, done: Done, moment: Moment) -> None:
        ends = step_on(self.plan, node, [done], self.now)
        moment.at = self.now
        moment.reason = done.reason or moment.reason
        moment.outcome, moment.branch = _told(node, done.outcome)
        moment.to = self._meet()
        reasons = [reason for visits, reason in ends if visits]
        if reasons:
            self._end(LeftFor(reasons[0]).name.lower())
        elif node.kind == "action":
            # What the dispatcher would find out after every change.
            true = [goal for goal in self.plan.goals if not goal.key]
            goals.seek(self.plan, [self.contact], self.now, goals=true)

    def _rule(self, node: Node, held: Held, moment: Moment) -> Ruling:
        """Have the engine rule, unless an answer does, or the action must not run."""
        answer = self.answers.get(node.name)
        if node.kind == "action":
            return self._act(node, held, moment)
        if node.kind == "decision" and held.outcome is None:
            blind = unmeasurable(node, [self.contact])
            outcome = Outcome.NOT_MEASURABLE if blind else Outcome.NO
            return Ruling([Done(held, outcome)])
        if answer and answer.way in ("yes", "no") and node.kind == "condition":
            return Ruling([Done(held, Outcome.YES if answer.way == "yes" else Outcome.NO)])
        if answer and node.kind == "split" and answer.way in node.labels():
            return Ruling([Done(held, node.outcome(answer.way))])
        return rule(self.plan, node, [held], self.now)

    def _act(self, node: Node, held: Held, moment: Moment) -> Ruling:
        kind = contact_actions.get(node.key)
        if kind is None:
            return rule(self.plan, node, [held], self.now)
        batch = Batch([self.contact], [held.cause(node)], held.depth)
        try:
            with transaction.atomic():
                told = kind(node.config).rehearse(batch, self.now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - what fails is parked, as the engine does
            return Ruling(hopeless=[(held, f"{type(error).__name__}: {error}"[:500])])
        moment.hindrance = told.hindered.get(self.contact)
        if self.contact in told.failed:
            return Ruling(hopeless=[(held, told.failed[self.contact])])
        if self.contact in told.skipped:
            return Ruling([Done(held, Outcome.SKIPPED, told.skipped[self.contact][:200])])
        return Ruling([Done(held, Outcome.DONE)])

    def _hope(self, node: Node) -> None:
        """Let happen what a decision waits for, if that is the answer and can be seen in time."""
        answer = self.answers.get(node.name)
        if answer is None or answer.way != "yes" or unmeasurable(node, [self.contact]):
            return
        for number, held in live(self.visit):
            if number != node.id or held.state != StepState.WAITING:
                continue
            at, last = self.now + answer.after, deciding.until(held)
            if last is None or at < last:
                with connection.cursor() as cursor:
                    cursor.execute(HAPPENS, [at, held.place])

    def _reach(self, at: datetime, goal: int) -> None:
        """Take the contact to a goal, as the dispatcher would."""
        self.now = max(self.now, at)
        take(self.plan, self.plan.nodes[goal], {self.visit: (None, None)}, self.now)

    def _end(self, why: str) -> None:
        self.way.ended, self.way.ended_at = why, self.now
        on = {(node, held.number) for node, held in live(self.visit)}
        for key, moment in self.known.items():
            # The end of the way is the end of its other branches.
            if moment.outcome == "waiting" and (key not in on or why not in OPEN_ENDS):
                moment.outcome = "stopped"


def _told(node: Node, outcome: int) -> tuple[str, str]:
    """Name an outcome, and the branch it takes."""
    if outcome < Outcome.BRANCH:
        return Outcome(outcome).name.lower(), node.branch(outcome)
    return "branch", node.branch(outcome)
