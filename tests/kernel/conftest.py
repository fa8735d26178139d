"""What the kernel's tests share."""

import pytest

from tests.web_server import WebServer


@pytest.fixture
def server():
    made = []

    def make(*args, **options):
        made.append(WebServer(*args, **options))
        return made[-1]

    yield make
    for each in made:
        each.socket.close()


@pytest.fixture
def canary(server):
    return server()
