"""What every test may use."""

import contextlib
from collections.abc import Iterator
from typing import Any

import hypothesis
import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from rest_framework.test import APIClient

from accounts.models import BuiltIn, Role, User
from automation.embedded.image import TEST_DATABASE
from tests.browser import open_page, picture
from tests.cast import client_of, make_user
from tests.chromium import chromium_ends
from tests.flushing import only_what_is_filled
from tracking import spool, terms

__all__ = ["chromium_ends", "only_what_is_filled", "open_page", "picture"]
# How long an example takes depends on whoever else is at work.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")
# All tests come from one address; those of the limit set it.
settings.API_STRANGERS_PER_MINUTE = 0
# Every client of a test loads the middleware anew, which would look at every static file anew.
settings.WHITENOISE_AUTOREFRESH = True
# Nobody asks the world; who wants answers has a name server of their own.
settings.DNS_SERVERS = ["127.0.0.1:9"]
LONGEST = (
    "tests/backoffice/test_every_screen_in_a_browser.py",
    "tests/faults",
    "tests/journeys",
    "tests/automation",
)
# After those, files with tests that ask for one of these.
LONGER = {"open_page", "desk", "installation"}
COMMITS = {"transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let journeys write the pictures of the docs."""
    parser.addoption("--pictures", action="store_true", help="write docs/pictures anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: at the end one process would wait for the other."""
    turns: dict[object, int] = {}
    for item in items:
        turns[item.path] = min(turns.get(item.path, 3), _turn(item))
    items.sort(key=lambda item: turns[item.path])


def _turn(item: Any) -> int:
    if item.nodeid.startswith(LONGEST):
        return 0
    if LONGER & set(item.fixturenames):
        return 1
    return 2 if _commits(item) else 3


def _commits(item: Any) -> bool:
    """Say whether a test commits what it writes."""
    marker = item.get_closest_marker("django_db")
    return bool(COMMITS & set(item.fixturenames) or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Give each process of a parallel run a copy of the migrated database."""
    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"] or TEST_DATABASE
    if name == TEST_DATABASE:
        return
    connection = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    connection.autocommit = True
    known = contextlib.suppress(psycopg2.errors.DuplicateDatabase)
    with contextlib.closing(connection), connection.cursor() as cursor, known:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEST_DATABASE}"')


@pytest.fixture(autouse=True)
def _no_events_stay(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Empty the tables Django does not know, and so does not flush after a test that commits."""
    yield
    if _commits(request.node):
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE event, change")
            connection.close()


@pytest.fixture(autouse=True)
def _terms_are_read_again() -> None:
    """Let no test see which sites another one allowed."""
    terms.forget()


@pytest.fixture(autouse=True)
def _nobodys_language_stays() -> None:
    """Forget the language and the zone of whom the last request came from: a server does so too."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _no_hits_stay() -> Iterator[None]:
    """Empty the spool: a hit left over holds back every decision that comes after it."""
    yield
    spool.flush()
    for file in spool.waiting():
        file.unlink(missing_ok=True)


@pytest.fixture
def alice(db: None) -> User:
    """Alice administers."""
    return make_user("Alice", Role.objects.get(built_in=BuiltIn.ADMINISTRATOR))


@pytest.fixture
def bob(db: None) -> User:
    """Bob may view."""
    return make_user("Bob", Role.objects.get(built_in=BuiltIn.VIEWER))


@pytest.fixture
def charlie(db: None) -> User:
    """Charlie may nothing."""
    return make_user("Charlie", Role.objects.create(name="Nothing"))


@pytest.fixture
def dora(db: None) -> User:
    """Dora may do everything with what is hers, and nothing with what is not."""
    rights = {"*": {"*": "own", "create": "all"}}
    return make_user("Dora", Role.objects.create(name="Own things", rights=rights))


@pytest.fixture
def api(alice: User) -> APIClient:
    """The REST API as Alice uses it."""
    return client_of(alice)


@pytest.fixture
def api_bob(bob: User) -> APIClient:
    """The REST API as Bob uses it."""
    return client_of(bob)


@pytest.fixture
def api_charlie(charlie: User) -> APIClient:
    """The REST API as Charlie uses it."""
    return client_of(charlie)


@pytest.fixture
def api_dora(dora: User) -> APIClient:
    """The REST API as Dora uses it."""
    return client_of(dora)


@pytest.fixture
def stranger() -> APIClient:
    """The REST API without a token."""
    return APIClient(raise_request_exception=False)
