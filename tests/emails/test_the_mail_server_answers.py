"""What the ledger may conclude from each answer of a mail server, and from its silence."""

import threading

import pytest

from emails.smtp import Answer, Mailer, Server
from tests.emails.letters import RAW
from tests.smtp_sink import Rule, Sink


def test_an_accepted_mail_arrives_byte_for_byte_on_a_kept_connection(deliver):
    with Sink() as sink:
        for _ in range(5):
            assert deliver(sink).answer == Answer.ACCEPTED
        assert [mail.raw for mail in sink.mails] == [RAW] * 5
        assert sink.mails[0].recipients == ("zoe@y.example",)
        assert sink.book.connections == 1


@pytest.mark.parametrize(
    ("action", "argument", "answer", "words"),
    [
        ("reject", "550 5.1.1 no such user", Answer.PERMANENT, "550 5.1.1 no such user"),
        ("reject", "450 4.2.0 later", Answer.PASSING, "450 4.2.0 later"),
        ("reject", "421 closing", Answer.PASSING, "421 closing"),
        ("fail", "554 5.7.1 spam", Answer.PERMANENT, "554 5.7.1 spam"),
        ("fail", "451 busy", Answer.PASSING, "451 busy"),
        ("fail", "what?", Answer.UNKNOWN, "?"),
        ("hang_early", "", Answer.PASSING, "connection lost"),
        ("hang", "", Answer.UNKNOWN, "TimeoutError"),
        ("cut_late", "", Answer.UNKNOWN, "closed"),
    ],
)
def test_each_answer_says_whether_the_mail_may_have_arrived(
    deliver, action, argument, answer, words
):
    with Sink([Rule("^bad@", action, argument)]) as sink:
        assert deliver(sink, mail_seconds=1).answer == Answer.ACCEPTED
        assert deliver(sink, "bad@y.example").answer == answer
        reply = deliver(sink, "bad@y.example")
        assert reply.answer == answer
        assert words in reply.words or "reset" in reply.words
        # Whatever happened, the next mail is not troubled by it.
        assert deliver(sink).answer == Answer.ACCEPTED
        assert len(sink.mails) == (4 if action == "cut_late" else 2)


def test_a_connection_cut_while_the_text_goes_out_is_passing(deliver):
    with Sink([Rule("^bad@", "cut_early")]) as sink:
        reply = deliver(sink, "bad@y.example", raw=b"Subject: x\r\n\r\n" + b"x" * 20_000_000)
        assert reply.answer == Answer.PASSING
        assert not sink.mails
        assert deliver(sink).answer == Answer.ACCEPTED


def test_a_server_that_is_not_there_or_lets_nobody_in_is_down(deliver):
    with Sink() as sink:
        assert deliver(sink, user="bad", password="bad").answer == Answer.DOWN
        assert "535" in deliver(sink, user="bad", password="bad").words
        assert deliver(sink, user="good", password="good").answer == Answer.ACCEPTED
    assert deliver(sink, mails_per_connection=1).answer == Answer.DOWN


def test_a_kept_connection_that_the_server_closed_is_replaced_unnoticed(deliver):
    with Sink([Rule("^last@", "fail", "421 bye")]) as sink:
        deliver(sink)
        port = sink.port
    with Sink(port=port) as sink:
        assert deliver(sink).answer == Answer.ACCEPTED
        assert len(sink.mails) == 1


def test_a_connection_is_left_after_its_number_of_mails(deliver):
    with Sink() as sink:
        for _ in range(6):
            deliver(sink, mails_per_connection=2) if _ == 0 else deliver(sink)
        assert sink.book.connections == 3


def test_an_address_with_accents_needs_a_server_that_takes_them(deliver):
    accented = "stanisław.wójcik@wp.example"
    with Sink() as sink:
        assert deliver(sink, accented).answer == Answer.ACCEPTED
        assert sink.mails[0].recipients == (accented,)
    with Sink() as sink:
        sink.book.extensions = ()
        refused = deliver(sink, accented, mail_seconds=2.5)
        assert refused.answer == Answer.PERMANENT
        assert "5.6.7" in refused.words
        assert deliver(sink).answer == Answer.ACCEPTED


def test_threads_have_connections_of_their_own():
    with Sink() as sink:
        mailer = Mailer(Server("127.0.0.1", sink.port))
        together = threading.Barrier(4)

        def send():
            mailer.deliver("a@x.example", "b@y.example", RAW)
            together.wait()
            mailer.deliver("a@x.example", "b@y.example", RAW)

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        mailer.close()
        assert sink.book.connections == 4
        assert len(sink.mails) == 8


@pytest.mark.parametrize("recipient", ["a@x.fr>\r\nRCPT TO:<b@y.fr", "a b@x.fr", "a\x00@x.fr", ""])
def test_an_address_that_would_speak_smtp_is_never_sent(deliver, recipient):
    with Sink() as sink:
        assert deliver(sink, recipient).answer == Answer.PERMANENT
        assert sink.book.connections == 0


@pytest.mark.parametrize("ending", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r\n"])
def test_no_line_end_smuggles_a_second_mail(deliver, ending):
    smuggled = b"MAIL FROM:<evil@x.example>\r\nRCPT TO:<v@x.example>\r\nDATA\r\nSubject: two\r\n"
    with Sink() as sink:
        deliver(sink, raw=b"Subject: one\r\n\r\nx" + ending + smuggled)
        assert len(sink.mails) == 1
        assert b"Subject: two" in sink.mails[0].raw
