"""Ends every group if the supervisor dies without doing so itself (kill -9).

It reads lines `+GROUP SIGNAL` and `-GROUP` from the supervisor. When the pipe closes it asks the
groups still there to end, servers last, and kills what does not. It inherits the folder's lock,
so nobody starts on the data before all have ended.
"""

import os
import signal
import sys
import time

GRACE = 3.0
# PostgreSQL writes what it holds before it ends; killed, it recovers at its next start.
SERVER_GRACE = 60.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if line.startswith("+"):
            groups[int(words[0])] = int(words[1])
        else:
            groups.pop(-int(words[0]), None)
    servers = [group for group, number in groups.items() if number == signal.SIGINT]
    end([group for group in groups if group not in servers], signal.SIGTERM, GRACE)
    end(servers, signal.SIGINT, SERVER_GRACE)


def end(groups: list[int], number: int, patience: float) -> None:
    until = time.monotonic() + patience
    living = [group for group in groups if tell(group, number)]
    while living and time.monotonic() < until:
        time.sleep(0.05)
        living = [group for group in living if tell(group, 0)]
    for group in living:
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
