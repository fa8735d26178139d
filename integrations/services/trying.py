"""Tries a connection out: does it answer, which fields it has, what would go there."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations.models import Connection
from integrations.services import connecting, mapping, reading
from integrations.services.saying import said
from kernel import clock
from kernel.connectors import RemoteField, Tested
from kernel.counting import Counter
from kernel.documents import dumps
from kernel.http import OutboundError
from kernel.permissions import Actor
from kernel.sealing import Unreadable

logger = logging.getLogger(__name__)
VEILED = "•••"
# Calls of other systems a minute and user, through whichever door.
PER_MINUTE = 20
MOST_FIELDS = 300
_calls = Counter("connection-tests")


@dataclass(frozen=True)
class Shown:
    """What came of a test, for people."""

    works: bool
    words: str
    status: int | None = None
    answer: str = ""


class TooOften(Exception):  # noqa: N818 - an answer to whoever asked, not a fault
    """Somebody called other systems often enough for this minute."""


def test(row: Connection, user: Actor) -> Shown:
    """Call the other system without changing anything; no lock may be held.

    What it said is shown to whoever may read all it may have told. Raises `TooOften`.
    """
    _count(user)
    try:
        came = connecting.opened(row).test()
    except LookupError:
        came = Tested("no_connector")
    except Unreadable:
        came = Tested("unreadable")
    except Exception:  # A connector of somebody else's: its fault is told, not raised.
        logger.exception("Connection %s cannot be tested.", row.pk)
        came = Tested("broken")
    answer = came.answer if connecting.may_read_answers(user) else ""
    words = said(came.problem)
    if not came.problem:
        words = _("It works: the system answered with status %(status)s.")
        words %= {"status": came.status}
    return Shown(works=not came.problem, words=words, status=came.status, answer=answer)


def _count(user: Actor) -> None:
    if _calls.is_over(str(user.pk), PER_MINUTE, _now()):
        raise TooOften


def _now() -> float:
    return clock.now().timestamp()


def learn(row: Connection, user: Actor) -> str:
    """Ask which fields there are and keep them; return what kept it from that, in words.

    No lock may be held. Raises `TooOften`.
    """
    _count(user)
    try:
        found = connecting.opened(row).remote_fields()
    except LookupError:
        return said("no_connector")
    except Unreadable:
        return said("unreadable")
    except OutboundError as error:
        return said(error.code)
    except Exception:  # As above.
        logger.exception("The fields of connection %s cannot be read.", row.pk)
        return said("broken")
    if not found:
        return _("No record was found in the answer: look at the settings of the test.")
    told = [_told(one) for one in found[:MOST_FIELDS] if mapping.is_path(one.name)]
    Connection.objects.filter(pk=row.pk).update(remote_fields=told)
    row.remote_fields = told
    return ""


def _told(one: RemoteField) -> dict[str, str]:
    """Keep what can be kept of a field, whoever wrote the connector."""
    return {"name": one.name, "label": _short(one.label), "sample": _short(one.sample)}


def _short(text: object) -> str:
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()[: mapping.LONGEST]


def preview(row: Connection, contact: int) -> dict[str, Any] | None:
    """Return what would be sent of a contact; what the reader may not see is veiled."""
    kept = mapping.kept_from_reader(row.mapping, row.match)
    known = reading.known([contact], mapping.wanted(row.mapping, row.match) - kept).get(contact)
    if known is None:
        return None
    return mapping.body(row.mapping, known.values | dict.fromkeys(kept, VEILED))


def as_text(body: Any) -> str:
    """Write a body for people."""
    return json.dumps(json.loads(dumps(body)), indent=2, ensure_ascii=False)
