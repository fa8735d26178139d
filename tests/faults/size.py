"""How much the fault tests do: a little in ordinary runs, everything with ./dev faults."""

import os

FULL = bool(os.environ.get("RELAIS_FULL_SIZE"))


def size(small: int, full: int) -> int:
    """Return the number for this run."""
    return full if FULL else small
