"""What is done with personal data here, as apps declare it: the register of processing (GDPR 30).

Declared beside the code that does it; whether it happens, on what, for how long and who receives
it is asked of the installation when somebody reads the register.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# What is told of data or recipients, in words.
Told = Callable[[], Sequence[str]]


def nothing() -> Sequence[str]:
    """Tell nothing."""
    return ()


def always() -> bool:
    """Say that it happens in every installation."""
    return True


@dataclass(frozen=True)
class Processing:
    """One thing that is done with personal data."""

    key: str
    label: Any
    purpose: Any
    # Whose data: people, visitors, users.
    whose: Any
    # Why it may be done, as far as the product knows; the controller decides.
    basis: Any
    data: Told
    # The `ContactData` it keeps; a test fails on one that nothing names.
    covers: tuple[str, ...] = ()
    # What grows old of it: keys of `kernel.retention`.
    kept: tuple[str, ...] = ()
    recipients: Told = nothing
    happens: Callable[[], bool] = always


_declared: dict[str, Processing] = {}


def declare(processing: Processing) -> None:
    """Let an app say what it does; called from `plugins`."""
    _declared[processing.key] = processing


def declared() -> Iterator[Processing]:
    """Walk all of it, in the order of the apps."""
    yield from _declared.values()
