"""What of a call goes into the audit trail: every write of every view, unless it says otherwise."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from kernel import clock
from kernel.ids import read_id
from kernel.permissions import permission_kinds
from kernel.trail import Deed, amend, difference, note

PREFIX = "/api/v1/"
_WORDS = {"POST": "create", "PUT": "set", "PATCH": "change", "DELETE": "delete"}


class Trail(Enum):
    """How much is kept of what a view does."""

    VALUES = auto()
    # Names of what changed and figures: for people's data, which must be forgotten with them.
    NAMES = auto()
    NOTHING = auto()
    # As `VALUES`, in the latest entry of the thing: the same hand goes on with the same work.
    GOES_ON = auto()


def leave(request: Request, response: Response, keep: Trail, seen: Mapping[str, Any]) -> None:
    """Note a call that succeeded; `seen` is what there was before."""
    if keep is Trail.NOTHING:
        return
    kind, number, verb = _words(request)
    answer: Mapping[str, Any] = response.data if isinstance(response.data, Mapping) else {}
    before, after = difference(seen, answer)
    if request.method == "POST":
        before, after = {}, {key: value for key, value in after.items() if value not in _EMPTY}
    named = {**seen, **answer}
    name = named.get("name") or named.get("email") or ""
    if keep is Trail.NAMES:
        before, after, name = {}, _names(before, after, request.method), ""
    deed = Deed(
        kind=kind,
        verb=verb,
        user=request.user.pk,
        token=getattr(request.auth, "pk", None),
        object=number or read_id(answer.get("id")),
        name=str(name),
        path=request.path.removeprefix(PREFIX),
        address=request.META.get("REMOTE_ADDR", ""),
        before=before,
        after=after,
    )
    if keep is Trail.GOES_ON:
        amend(deed)
    else:
        note(deed, clock.now())


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def kept_as(first: str) -> str:
    """Return the kind under which deeds to `/api/v1/{first}` are kept.

    Screens keep theirs under the name of the right (`point_rules`): a thing has one history.
    """
    named = first.replace("-", "_")
    return named if named in permission_kinds else first


def _words(request: Request) -> tuple[str, int | None, str]:
    """Read kind, number and verb from the path: `emails/3/send` is to send email 3."""
    first, *rest = request.path.removeprefix(PREFIX).split("/")
    kind = kept_as(first)
    number = next((read_id(part) for part in rest if part.isdigit()), None)
    words = "/".join(part for part in rest if not part.isdigit())
    method = _WORDS.get(request.method or "", "")
    if not words:
        return kind, number, method
    return kind, number, words if request.method in {"POST", "GET"} else f"{method} {words}"


def _names(before: Mapping[str, Any], after: Mapping[str, Any], method: str | None) -> Any:
    if method == "PATCH":
        ours = {"version", "updated_at"}
        return {"changed": sorted({*before, *after} - ours)}
    return {k: v for k, v in after.items() if isinstance(v, int) and not isinstance(v, bool)}
