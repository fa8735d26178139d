"""REL-02, REL-03 at the wire: a mail cut before its final dot is passing, after it unknown."""

import pytest

from emails.smtp import Answer
from tests.emails.letters import RAW
from tests.smtp_sink import Rule, Sink

LONG = RAW + b"0123456789abcdef\r\n" * 1_000
# More than the systems between keep: the dot is not there before the server reads.
HUGE = RAW + b"0123456789abcdef\r\n" * 60_000
TRIES = 25


@pytest.mark.parametrize("how", ["", "rst"])
@pytest.mark.parametrize("where", ["cut_envelope", "cut_data", "cut_early"])
def test_before_the_dot_it_is_passing(deliver, where: str, how: str):
    with Sink([Rule("bad@", where, how)]) as sink:
        replies = [deliver(sink, "bad@y.example", raw=HUGE, tls="off") for _ in range(TRIES)]
        cut = [(reply.answer, reply.cut) for reply in replies]
        # A reset may come before what tells: then it is doubt, which is never wrong.
        assert set(cut) <= {(Answer.PASSING, True), (Answer.UNKNOWN, False)}
        assert cut.count((Answer.PASSING, True)) >= (1 if where == "cut_early" else TRIES)
        assert not sink.mails


@pytest.mark.parametrize("how", ["", "rst"])
@pytest.mark.parametrize("where", ["cut_late", "cut_unread"])
def test_after_the_dot_it_is_unknown_every_time(deliver, where: str, how: str):
    with Sink([Rule("bad@", where, how)]) as sink:
        answers = {deliver(sink, "bad@y.example", raw=LONG).answer for _ in range(TRIES)}
        assert answers == {Answer.UNKNOWN}


def test_without_a_pause_the_farewell_itself_tells(deliver, monkeypatch):
    """The server's system acknowledges with its farewell what it has; the dot was not there."""
    monkeypatch.setattr("emails.wire.Wire.interrupted", lambda *_: False)
    with Sink([Rule("bad@", "cut_early")]) as sink:
        answers = [deliver(sink, "bad@y.example", raw=HUGE).answer for _ in range(TRIES)]
        assert set(answers) <= {Answer.PASSING, Answer.UNKNOWN}
        assert answers.count(Answer.PASSING) > 0
        assert not sink.mails


def test_a_server_that_interrupts_the_text_has_its_words_kept(deliver):
    with Sink([Rule("bad@", "interrupt", "552 5.3.4 too large")]) as sink:
        reply = deliver(sink, "bad@y.example", raw=LONG)
        assert (reply.answer, reply.words) == (Answer.PERMANENT, "552 5.3.4 too large")
        assert deliver(sink).answer == Answer.ACCEPTED
