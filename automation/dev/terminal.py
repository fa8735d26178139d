"""Lines for the person at the terminal."""

import contextlib
import time
from collections.abc import Iterator

_open_step: list[str] = []


def say(line: str) -> None:
    """Print a line of its own, also in the middle of a step."""
    # Whoever read our output may be gone (`| head`); that is no reason to end.
    with contextlib.suppress(BrokenPipeError):
        if _open_step:
            print(flush=True)
            _open_step.clear()
        print(line, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Show what is being done, then how long it took."""
    began = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    _open_step[:] = [name]
    try:
        yield
    except BaseException:
        print(flush=True)
        _open_step.clear()
        raise
    took = f"{time.monotonic() - began:.1f} s"
    print(f" {took}" if _open_step else f"  {name}: {took}", flush=True)
    _open_step.clear()
