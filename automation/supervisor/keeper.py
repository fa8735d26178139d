"""Ends every group if the supervisor dies without doing so itself (kill -9).

It reads lines `+GROUP SIGNAL PATIENCE` and `-GROUP` from the supervisor. When the pipe closes
it asks the groups still there to end, the youngest first, and kills what does not.
It also inherits the folder's lock, so nobody starts on the data before all have ended.
"""

import os
import signal
import sys
import time

GRACE = 5.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, tuple[int, float]] = {}
    for line in sys.stdin:
        words = line.split()
        if line.startswith("+"):
            groups[int(words[0])] = (int(words[1]), float(words[2]))
        else:
            groups.pop(-int(words[0]), None)
    for group, (number, patience) in reversed(groups.items()):
        end(group, number, min(patience, GRACE) if number == signal.SIGTERM else patience)


def end(group: int, number: int, patience: float) -> None:
    until = time.monotonic() + patience
    tell(group, number)
    while time.monotonic() < until and tell(group, 0):
        time.sleep(0.05)
    # PostgreSQL answers SIGQUIT at once and recovers at its next start.
    if number != signal.SIGTERM and tell(group, signal.SIGQUIT):
        time.sleep(1)
    tell(group, signal.SIGKILL)


def tell(group: int, number: int) -> bool:
    """Signal a group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
