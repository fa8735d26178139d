"""REL-02, REL-03, REL-04: a server that cuts, refuses and postpones, while workers die."""

from collections import Counter
from datetime import timedelta

import pytest

from contacts.models import Contact
from emails.models import Delivery, Send, State
from kernel import clock
from kernel.invariants import broken
from tests.faults.senders import arrived, broadcast, rest, sending, until
from tests.faults.size import FULL, size
from tests.smtp_sink import Rule

RECIPIENTS, KILLS = size(1_000, 10_000), size(2, 20)
IN_DOUBT = 25
SHARE = 0.02 if not FULL else 0.01
RULES = [
    Rule("", "cut_late", share=SHARE, seed=1),  # taken, but never answered
    Rule("", "cut_early", share=SHARE, times=1, seed=2),  # cut before the final dot
    Rule("", "reject", "451 4.7.1 later", share=SHARE, times=1, seed=3),
    Rule("", "reject", "421 4.3.2 closing", share=SHARE, times=1, seed=4),
    Rule("", "reject", "550 5.1.1 nobody here", share=SHARE, seed=5),
    # A mail's whole time must pass before we give up on it: at full size only.
    *([Rule("", "hang", share=0.001, seed=6)] if FULL else []),
    Rule("", "slow", "0.02"),
]
pytestmark = pytest.mark.django_db(transaction=True)


def chosen(action: str) -> list[Rule]:
    return [rule for rule in RULES if rule.action == action]


def test_each_gets_one_mail_or_a_reason(test_clock):
    with sending(RULES) as (workers, sink):
        run = broadcast(RECIPIENTS)
        for _worker in range(2):
            workers.start()
        for _kill in range(KILLS):
            until(sink, len(sink.mails) + RECIPIENTS // (2 * KILLS), run, seconds=60)
            workers.kill_the_oldest()
            workers.start()
        for _round in range(12):
            rest(sink, run, still=size(3, 70))
            if run.finished_at:
                break
            workers.replace()
            clock.move(timedelta(hours=1))
        run.refresh_from_db()
    assert run.state == Send.State.DONE
    judge(arrived(sink))


def judge(got: Counter[str]) -> None:
    """Hold the ledger against what arrived and what the server did to whom."""
    assert [address for address, times in got.items() if times > 1] == []
    addresses = dict(Contact.objects.values_list("id", "email"))
    ledger = Delivery.objects.values_list("contact_id", "state")
    by_state = {addresses[contact]: state for contact, state in ledger}
    states = Counter(by_state.values())
    assert len(by_state) == RECIPIENTS
    assert set(states) <= {State.SENT, State.UNCERTAIN, State.FAILED}
    assert {address for address, state in by_state.items() if state == State.SENT} <= set(got)
    [refused] = [rule for rule in chosen("reject") if rule.argument.startswith("550")]
    failed = {address for address, state in by_state.items() if state == State.FAILED}
    assert failed <= set(refused.tries)
    assert not failed & set(got)
    [late] = chosen("cut_late")
    assert all(by_state[address] == State.UNCERTAIN for address in late.tries)
    # On a busy machine the dot has arrived before the server cuts: a cut before it can be in doubt.
    cuts = {address for action in ("cut_late", "cut_early", "hang") for rule in chosen(action)
            for address in rule.tries}  # fmt: skip
    uncertain = {address for address, state in by_state.items() if state == State.UNCERTAIN}
    assert len(uncertain - cuts) <= KILLS * IN_DOUBT
    assert broken(lambda name: name.startswith("emails.")) == []
