"""What the tests of emails share."""

import pytest

from emails.smtp import Mailer, Server
from tests.emails.letters import RAW


@pytest.fixture
def deliver():
    mailers = []

    def through(sink, to="zoe@y.example", raw=RAW, **server):
        if not mailers or server:
            values = {"mail_seconds": 2.0, "connect_seconds": 2.0, **server}
            mailers.append(Mailer(Server("127.0.0.1", sink.port, **values)))
        return mailers[-1].deliver("a@x.example", to, raw)

    yield through
    for mailer in mailers:
        mailer.close()
