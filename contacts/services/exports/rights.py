"""Who may have rows exported and fetch the file: asked when it begins, runs and is fetched."""

from typing import Any

from kernel.permissions import Reach
from kernel.sources import Source


def may_export(source: type[Source] | None, user: Any) -> bool:
    """Say whether a user may export rows of a source now."""
    if source is None or not source.exports:
        return False
    return Reach.NONE not in {user.reach(source.exports, verb) for verb in ("view", "export")}


def only_own(source: type[Source], user: Any) -> bool:
    """Say whether only rows of their own may be in the file."""
    return bool(user.reach(source.exports, "view") is not Reach.ALL)
